/** Programs and files of the guest, as callers on the host use them; the supervisor's control API offers it. */
import type { Observation } from '../../observation.ts'
import type { ExecOptions, ExecResult } from './agent.ts'

export interface GuestAccess {
  /** Runs a program in the VM's root namespaces through the guest agent. */
  guestExec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Many at once, in their order: absent, or unknown with what the guest says. */
  guestReadFiles(paths: readonly string[]): Promise<Observation<string>[]>
  guestWriteFile(path: string, content: string, mode?: number): Promise<void>
}
