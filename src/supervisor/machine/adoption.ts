/**
 * Adoption of the QEMU that an earlier supervisor recorded: polled until it responds or exits. An
 * unresponsive QEMU is kept, because it runs containers.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors/system.ts'
import { endProcess } from '../../host/end-process.ts'
import { until } from '../../host/until.ts'
import type { Machine, MachineOptions, VmDriver } from '../../vm/driver.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { discardSaved, type SavedFiles } from '../../vm/suspend/saved.ts'
import type { Log } from '../process/log.ts'
import { stopWithGrace } from './stop-with-grace.ts'

interface AdoptionOptions extends MachineOptions {
  driver: VmDriver
  saved: SavedFiles
  log: Log
  /** Aborted when the supervisor releases its machine. */
  signal: AbortSignal
  /** Called when the QEMU responded and belongs to this supervisor. */
  hold: (machine: Machine) => Promise<void>
  /** Called when the QEMU has exited. */
  forget: (record: MachineRecord) => Promise<void>
}

const retryMs = 3_000
/** Time for an unresponsive QEMU to flush to a slow disk. */
const muteEndMs = 20_000
/** On stop, a QEMU that has been unresponsive for this long is killed. */
const muteProofMs = 15_000
/** Shutdown deadline for a VM whose shutdown an earlier supervisor requested. */
const shutdownMs = 30_000

export class Adoption {
  readonly #options: AdoptionOptions
  /** A running QEMU that did not respond to adoption. */
  #mute: MachineRecord | undefined
  #muteSince = 0

  constructor(options: AdoptionOptions) {
    this.#options = options
  }

  get mute(): MachineRecord | undefined {
    return this.#mute
  }

  /** Adopts the machine of the previous supervisor if it is still running. */
  async adopt(record: MachineRecord): Promise<void> {
    if (await this.#answers(record)) return
    this.#mute = record
    this.#muteSince = Date.now()
    void this.#askAgain(record)
  }

  /** QEMU may be unresponsive on a busy host: give it time to respond before killing it. */
  async answerInTime(): Promise<void> {
    const mute = this.#mute
    if (mute === undefined) return
    const deadlineMs = Math.max(0, this.#muteSince + muteProofMs - Date.now())
    await until(async () => this.#mute !== mute, { deadlineMs }).catch(() => {})
  }

  /** Kills the unresponsive QEMU, if any. */
  async kill(): Promise<void> {
    const mute = this.#mute
    if (mute === undefined) return
    this.#options.log.warn({ pid: mute.identity.pid }, 'killing an unresponsive QEMU')
    await endProcess(mute.identity, muteEndMs)
    this.#mute = undefined
    await this.#options.forget(mute)
  }

  /** Returns whether the recorded QEMU was adopted or has exited; false if it did not respond. */
  async #answers(record: MachineRecord): Promise<boolean> {
    const { log, forget } = this.#options
    const { pid } = record.identity
    try {
      const machine = await this.#options.driver.adopt(record, this.#options)
      log.info({ pid, adopted: machine !== undefined }, 'found a recorded QEMU')
      if (machine === undefined) await forget(record)
      else await this.#take(machine)
      if (machine !== undefined && record.stopping === true) this.#continueShutdown(machine)
      return true
    } catch (error) {
      log.warn({ pid, error: messageOf(error) }, 'the running QEMU does not answer; retrying')
      return false
    }
  }

  /** An earlier supervisor died while suspending this machine: resume it and discard the saved state. */
  async #take(machine: Machine): Promise<void> {
    if (await machine.isHalfSuspended()) {
      await discardSaved(this.#options.saved)
      await machine.abortSuspension()
    }
    await this.#options.hold(machine)
  }

  /** Continues the shutdown; the next start waits for it. */
  #continueShutdown(machine: Machine): void {
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
