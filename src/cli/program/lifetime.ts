/** The environment as a whole: there, running, stopped, gone. */
import type { Define } from './define.ts'

export function defineLifetime({ does, onFile, locks, changes, applies }: Define): void {
  does(onFile('status', 'show every part with its path and state'), () => import('../commands/status.ts'))
  does(
    applies(onFile('start', 'start what was stopped, as the file says')),
    () => import('../commands/apply.ts'),
  )
  does(
    locks(onFile('stop', 'suspend the VM with its containers, or shut it down; nothing is lost'))
      .option('--power-off', 'shut it down, containers first; the next start boots')
      .option('--suspend', 'save it, whatever vm.suspendOnStop says'),
    () => import('../commands/stop.ts'),
  )
  does(
    changes(onFile('destroy', 'remove the environment with its data disk')),
    () => import('../commands/destroy.ts'),
  )
}
