/** Terminals and commands of the VM, for the streams of the control API: its own terminal, and new ones. */
import type { Duplex } from 'node:stream'
import type { Channel } from './channel.ts'
import type { HeldMachine } from './held-machine.ts'
import type { Log } from './log.ts'
import { joinShell, joinStream } from './shell.ts'

export class Terminals {
  readonly #held: HeldMachine
  readonly #channel: Channel
  readonly #log: Log

  constructor(held: HeldMachine, channel: Channel, log: Log) {
    this.#held = held
    this.#channel = channel
    this.#log = log
  }

  /** The VM's own. Throws when none runs. */
  console(): (viewer: Duplex) => void {
    const machine = this.#held.running()
    return (viewer) => machine.console.attach(viewer)
  }

  /** The same for who waits for a VM. */
  consoleIfAny(): ((viewer: Duplex) => void) | undefined {
    const { machine } = this.#held
    return machine === undefined ? undefined : (viewer) => machine.console.attach(viewer)
  }

  /** A new one in the VM; the client speaks first (supervisor/shell.ts). */
  shell(): (client: Duplex) => void {
    this.#held.running()
    return (client) => void joinShell(client, this.#channel.dialShell(), this.#log)
  }

  /** One stream of a command without a terminal; the client speaks first (supervisor/shell.ts). */
  exec(): (client: Duplex) => void {
    this.#held.running()
    return (client) => void joinStream(client, this.#channel.dialExec(), this.#log)
  }
}
