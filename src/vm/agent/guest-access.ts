/** Guest programs and files, as offered by the supervisor's control API. */
import type { Observation } from '../../observation.ts'
import type { ExecOptions, ExecResult } from './agent.ts'

export interface GuestAccess {
  /** Runs a program in the VM's root namespaces through the guest agent. */
  guestExec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Reads several files in order; each is absent, or unknown with the guest's error. */
  guestReadFiles(paths: readonly string[]): Promise<Observation<string>[]>
  guestWriteFile(path: string, content: string, mode?: number): Promise<void>
}
