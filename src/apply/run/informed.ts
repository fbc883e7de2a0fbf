/** Reports progress during long waits. */
import { messageOf } from '../../errors/system.ts'
import type { OnProgress } from '../../progress.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'

const everyMs = 10_000

/** Runs the work and reports `waitsFor` every ten seconds. */
export async function informed<T>(
  work: () => Promise<T>,
  waitsFor: () => Promise<string>,
  onProgress: OnProgress,
  intervalMs: number = everyMs,
): Promise<T> {
  const began = performance.now()
  const timer = setInterval(async () => {
    const what = await waitsFor().catch(messageOf)
    const seconds = Math.round((performance.now() - began) / 1000)
    onProgress({ step: 'wait', message: `after ${seconds} s: ${what}` })
  }, intervalMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

/** The boot stage of the VM, up to a running engine. */
export function stageOf({ vm, engine }: Pick<SupervisorFacts, 'vm' | 'engine'>): string {
  switch (vm.state) {
    case 'absent':
    case 'suspended':
      return 'the VM is not started yet'
    case 'exited':
      return 'the VM has ended'
    case 'starting':
      return `the guest boots${vm.accelerator === 'tcg' ? ', emulated' : ''}`
    case 'running':
      return engine.state === 'up' ? 'the engine answers' : `the guest is up; engine: ${engine.reason}`
    case 'stalled':
      return "this host's disk is full; the guest is paused"
    case 'panicked':
      return 'the guest kernel panicked'
    case 'paused':
    case 'stopping':
    case 'mute':
      return `the VM is ${vm.state}`
  }
}
