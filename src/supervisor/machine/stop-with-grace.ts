/** Graceful stop of the VM, extended by the containers' grace periods. */
import { askGraceSeconds } from '../../engine/stop-grace.ts'
import type { Machine } from '../../vm/driver.ts'

/** Applies the containers' grace periods first, unless the guest panicked or its agent is not up. */
export async function stopWithGrace(machine: Machine, deadlineMs: number): Promise<void> {
  const asks = machine.agentUp && machine.panic === undefined
  const seconds = asks ? await askGraceSeconds((argv, options) => machine.agent.exec(argv, options)) : 0
  await machine.stop(deadlineMs + seconds * 1_000)
}
