/** Terminals of the VM, for the streams of the control API: its own, and new ones. */
import type { Duplex } from 'node:stream'
import type { HeldMachine } from './held-machine.ts'
import type { Log } from './log.ts'
import type { Network } from './network.ts'
import { joinShell } from './shell.ts'

export class Terminals {
  readonly #held: HeldMachine
  readonly #network: Network
  readonly #log: Log

  constructor(held: HeldMachine, network: Network, log: Log) {
    this.#held = held
    this.#network = network
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
    return (client) => void joinShell(client, this.#network.dialShell(), this.#log)
  }
}
