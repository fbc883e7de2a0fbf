/** Signs that the accelerator fails: QEMU's error, its exit, or a guest that does not boot. */
import type { Accelerator } from '../config/desired.ts'

/** An accelerated boot that takes this long has failed: emulation needs 8 to 15 s on two idle cores. */
export const agentDeadlineMs = 45_000
/** A machine resumed from a saved state has its agent immediately. */
export const resumedDeadlineMs = 10_000

/** Signals raised by QEMU itself; SIGKILL and SIGTERM come from other processes. */
const crashes = new Set(['SIGABRT', 'SIGSEGV', 'SIGILL', 'SIGBUS', 'SIGTRAP', 'SIGFPE'])

interface Exit {
  code: number | null
  signal: string | null
  lastOutput: string
}

/** Reason to blame an exit of QEMU on its accelerator; undefined if there is none. `wasUp`: the guest had booted. */
export function acceleratorExit(accelerator: Accelerator, exit: Exit, wasUp: boolean): string | undefined {
  if (accelerator === 'tcg') return undefined
  const named = exit.lastOutput.split('\n').find((line) => line.toLowerCase().includes(accelerator))
  const crashed = exit.signal !== null && crashes.has(exit.signal)
  if (named === undefined && (!crashed || wasUp)) return undefined
  const said = (named ?? exit.lastOutput.split('\n').at(-1) ?? '').replace(/^\S*qemu\S*: /, '').trim()
  const how = exit.signal === null ? '' : ` with ${exit.signal}`
  return `QEMU ended${how}${said === '' ? '' : ` (${said})`}`
}

/** Reason to blame a stopped machine on its accelerator, by QMP's RunState. `asked`: we paused it. */
export function acceleratorStop(
  accelerator: Accelerator,
  status: string,
  asked: boolean,
): string | undefined {
  if (accelerator === 'tcg') return undefined
  if (status === 'internal-error') return `QEMU stopped the VM after an internal error of ${accelerator}`
  return status === 'paused' && !asked ? 'QEMU paused the VM on its own' : undefined
}
