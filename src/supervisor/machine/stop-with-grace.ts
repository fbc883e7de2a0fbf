/** An orderly stop of the VM: containers first get the time that they asked for. */
import { askGraceSeconds } from '../../engine/stop-grace.ts'
import type { Machine } from '../../vm/machine.ts'

/** One that panicked, or has no agent yet, runs no containers that could be asked. */
export async function stopWithGrace(machine: Machine, deadlineMs: number): Promise<void> {
  const asks = machine.agentUp && machine.panic === undefined
  const seconds = asks ? await askGraceSeconds((argv, options) => machine.agent.exec(argv, options)) : 0
  await machine.stop(deadlineMs + seconds * 1_000)
}
