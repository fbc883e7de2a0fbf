/**
 * Adoption of the QEMU that an earlier supervisor recorded: it is asked until it answers or is gone. An unresponsive one
 * is kept and polled, because it runs containers.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors/system.ts'
import { endProcess } from '../../host/end-process.ts'
import { until } from '../../host/until.ts'
import { runStatus } from '../../vm/connections.ts'
import { Machine, type MachineOptions } from '../../vm/machine.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { goOn } from '../../vm/suspend/qemu.ts'
import { discardSaved, type SavedFiles } from '../../vm/suspend/saved.ts'
import type { Log } from '../process/log.ts'
import { stopWithGrace } from './stop-with-grace.ts'

interface AdoptionOptions extends MachineOptions {
  saved: SavedFiles
  log: Log
  /** Aborted when the supervisor releases its machine. */
  signal: AbortSignal
  /** It answers, and is the machine of this supervisor from now on. */
  hold: (machine: Machine) => Promise<void>
  /** It is gone. */
  forget: (record: MachineRecord) => Promise<void>
}

const retryMs = 3_000
/** To write back what it holds in memory, on a slow disk. */
const muteEndMs = 20_000
/** A QEMU that does not answer for this long is ended by a signal on stop. */
const muteProofMs = 15_000
/** For the guest of a machine that an earlier supervisor asked to shut down. */
const shutdownMs = 30_000

export class Adoption {
  readonly #options: AdoptionOptions
  /** Runs, and did not answer when it was to be adopted. */
  #mute: MachineRecord | undefined
  #muteSince = 0

  constructor(options: AdoptionOptions) {
    this.#options = options
  }

  get mute(): MachineRecord | undefined {
    return this.#mute
  }

  /** The same machine as under the last supervisor, if it still runs. */
  async adopt(record: MachineRecord): Promise<void> {
    if (await this.#answers(record)) return
    this.#mute = record
    this.#muteSince = Date.now()
    void this.#askAgain(record)
  }

  /** A host that is busy makes QEMU mute for a while: it has its time to answer before a signal ends it. */
  async answerInTime(): Promise<void> {
    const mute = this.#mute
    if (mute === undefined) return
    const deadlineMs = Math.max(0, this.#muteSince + muteProofMs - Date.now())
    await until(async () => this.#mute !== mute, { deadlineMs }).catch(() => {})
  }

  /** Ends the one that does not answer, if there is one. */
  async kill(): Promise<void> {
    const mute = this.#mute
    if (mute === undefined) return
    this.#options.log.warn({ pid: mute.identity.pid }, 'killing an unresponsive QEMU')
    await endProcess(mute.identity, muteEndMs)
    this.#mute = undefined
    await this.#options.forget(mute)
  }

  /** Whether it is known now what became of a recorded QEMU: it is held from now on, or it is gone. */
  async #answers(record: MachineRecord): Promise<boolean> {
    const { log, forget } = this.#options
    const { pid } = record.identity
    try {
      const machine = await Machine.adopt(record, this.#options)
      log.info({ pid, adopted: machine !== undefined }, 'found a recorded QEMU')
      if (machine === undefined) await forget(record)
      else await this.#take(machine)
      if (machine !== undefined && record.stopping === true) this.#goOnStopping(machine)
      return true
    } catch (error) {
      log.warn({ pid, error: messageOf(error) }, 'the running QEMU does not answer; retrying')
      return false
    }
  }

  /** An earlier supervisor died while it saved this machine: the machine continues, and what was saved is void. */
  async #take(machine: Machine): Promise<void> {
    // After an internal error it cannot continue; see `failure`.
    if (!['running', 'io-error', 'internal-error'].includes(await runStatus(machine.qmp))) {
      await discardSaved(this.#options.saved)
      await goOn(machine.qmp)
    }
    await this.#options.hold(machine)
  }

  /** The next start waits for it. */
  #goOnStopping(machine: Machine): void {
    const { log } = this.#options
    log.info({ pid: machine.identity.pid }, 'shutdown requested earlier and in progress')
    stopWithGrace(machine, shutdownMs).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'not stopped'),
    )
  }

  async #askAgain(record: MachineRecord): Promise<void> {
    const { signal } = this.#options
    while (this.#mute === record) {
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted || this.#mute !== record) return
      if (await this.#answers(record)) this.#mute = undefined
    }
  }
}
