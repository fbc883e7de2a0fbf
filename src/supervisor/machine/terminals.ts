/** Terminals and commands of the VM, for the control API's streams: its console and new sessions. */
import type { Duplex } from 'node:stream'
import type { Channel } from '../network/channel.ts'
import type { Log } from '../process/log.ts'
import type { MachineSlot } from './machine-slot.ts'
import { joinShell, joinStream } from './shell.ts'

export class Terminals {
  readonly #held: MachineSlot
  readonly #channel: Channel
  readonly #log: Log

  constructor(held: MachineSlot, channel: Channel, log: Log) {
    this.#held = held
    this.#channel = channel
    this.#log = log
  }

  /** The VM's console. Throws if no VM is running. */
  console(): (viewer: Duplex) => void {
    const machine = this.#held.running()
    return (viewer) => machine.console.attach(viewer)
  }

  /** The VM's console; undefined if no VM is running. */
  consoleIfAny(): ((viewer: Duplex) => void) | undefined {
    const { machine } = this.#held
    return machine === undefined ? undefined : (viewer) => machine.console.attach(viewer)
  }

  /** A new terminal in the VM; the client sends first (supervisor/machine/shell.ts). */
  shell(): (client: Duplex) => void {
    this.#held.running()
    return (client) => void joinShell(client, this.#channel.dialShell(), this.#log)
  }

  /** One stream of a command without a terminal; the client sends first (supervisor/machine/shell.ts). */
  exec(): (client: Duplex) => void {
    this.#held.running()
    return (client) => void joinStream(client, this.#channel.dialExec(), this.#log)
  }
}
