/** The interface of all effects of steps: host-effects.ts implements it, tests pass fakes. */
import type { Platform } from '../../config/platforms.ts'
import type { OnProgress } from '../../progress.ts'
import type { Control, ResumeResult } from '../../supervisor/api/api.ts'
import type { VmSpec } from '../../vm/spec.ts'

export interface Effects {
  installPackages(names: readonly string[], onProgress: OnProgress): Promise<void>
  /** Starts a supervisor unless one of this version is running. */
  startSupervisor(): Promise<void>
  /** Ends any running supervisor, leaves QEMU running, and starts a supervisor of this version. */
  replaceSupervisor(): Promise<void>
  /** Client of the supervisor; calls fail until one is running. */
  control: Control
  buildImage(onProgress: OnProgress): Promise<void>
  /** Does nothing if the disk exists. */
  createDisk(bytes: number): Promise<void>
  growDisk(bytes: number): Promise<void>
  /** Deletes all data on the data disk; only after consent. */
  recreateDisk(bytes: number): Promise<void>
  /**
   * Writes the metadata disk and starts QEMU with the target's image, disk and sizing; a damaged image is
   * rebuilt.
   */
  startVm(onProgress: OnProgress): Promise<void>
  /** Resumes the suspended machine. If that is not possible, returns the reason, and nothing is running. */
  resumeVm(onProgress: OnProgress): Promise<ResumeResult>
  /** Records the VM as the last good one, for rollbacks. */
  keepLastGoodVm(): Promise<void>
  /** Rolls back to the last good VM; false if there is none. */
  returnToLastGoodVm(): Promise<boolean>
  /** QEMU's arguments; undefined while QEMU or the image is missing. */
  vmSpec(): Promise<VmSpec | undefined>
  /** Reason and hint if the CPU is emulated although the user did not configure that; otherwise undefined. */
  emulation(): Promise<string | undefined>
  /**
   * Writes daemon.json and the trusted certificates into the guest, and reloads or restarts the engine as
   * planned. Throws `plan/stale` if a reload was planned but a restart is needed.
   */
  takeDaemonJson(
    content: { text: string; trusted: string },
    planned: 'reload' | 'restart' | 'as-found',
    onProgress: OnProgress,
  ): Promise<void>
  /** Registers emulators in the VM for programs of exactly these CPUs. */
  setPlatforms(platforms: readonly Platform[], onProgress: OnProgress): Promise<void>
  /** Restarts dockerd through the guest's init and waits until it responds. */
  restartEngine(onProgress: OnProgress): Promise<void>
  /** Records this daemon.json as the last good one, for rollbacks. */
  keepGoodDaemonJson(text: string): Promise<void>
  setContext(name: string, dockerHost: string): Promise<void>
  removeContext(name: string): Promise<void>
}
