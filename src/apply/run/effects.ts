/** The interface of all effects of steps: host-effects.ts implements it, tests pass fakes. */
import type { Platform } from '../../config/platforms.ts'
import type { OnProgress } from '../../progress.ts'
import type { Control, ResumeResult } from '../../supervisor/api/api.ts'
import type { VmSpec } from '../../vm/spec.ts'

export interface Effects {
  installPackages(names: readonly string[], onProgress: OnProgress): Promise<void>
  /** Starts a supervisor unless one of this version answers. */
  startSupervisor(): Promise<void>
  /** Ends whatever supervisor there is, leaves QEMU running, and starts one of this version. */
  replaceSupervisor(): Promise<void>
  /** A client of the supervisor; calls fail until one runs. */
  control: Control
  buildImage(onProgress: OnProgress): Promise<void>
  /** Does nothing when there is a disk. */
  createDisk(bytes: number): Promise<void>
  growDisk(bytes: number): Promise<void>
  /** Deletes every byte of the data disk; only after consent. */
  recreateDisk(bytes: number): Promise<void>
  /** Writes the metadata disk and starts QEMU with image, disk and sizing of the target; a damaged image is built again. */
  startVm(onProgress: OnProgress): Promise<void>
  /** Resumes the suspended machine. If that is not possible it says why, and nothing runs. */
  resumeVm(onProgress: OnProgress): Promise<ResumeResult>
  /** The VM came up as the target says: what to return to when a later one does not. */
  keepLastGoodVm(): Promise<void>
  /** Rolls back to the last VM that came up; false if there is none. */
  returnToLastGoodVm(): Promise<boolean>
  /** What QEMU is started with; undefined while QEMU or the image is missing. */
  vmSpec(): Promise<VmSpec | undefined>
  /** Why the CPU is emulated though nobody asked for that, and what to do; undefined when it is not. */
  emulation(): Promise<string | undefined>
  /**
   * Writes daemon.json and the trusted certificates into the guest, and reloads or restarts the engine as planned. Throws
   * `plan/stale` when a reload was planned and is no longer enough.
   */
  takeDaemonJson(
    content: { text: string; trusted: string },
    planned: 'reload' | 'restart' | 'as-found',
    onProgress: OnProgress,
  ): Promise<void>
  /** Has the VM run programs of these CPUs, and of no others but its own. */
  setPlatforms(platforms: readonly Platform[], onProgress: OnProgress): Promise<void>
  /** Ends dockerd, whose service starts it again, and waits until it answers. */
  restartEngine(onProgress: OnProgress): Promise<void>
  /** The engine runs with this daemon.json: what to return to when a later one fails. */
  keepGoodDaemonJson(text: string): Promise<void>
  setContext(name: string, dockerHost: string): Promise<void>
  removeContext(name: string): Promise<void>
}
