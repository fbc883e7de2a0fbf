/** The environment as a whole: there, running, stopped, gone. */
import { choice } from '../arguments.ts'
import type { Define } from './define.ts'

const byName = 'environment name, as `desktop ls` lists it; default: the one in the file'

export function defineLifetime({ does, plain, onFile, locks, changes, applies, program }: Define): void {
  does(onFile('status', 'show every part with its path and state'), () => import('../commands/status.ts'))
  does(
    applies(onFile('start', 'start or resume the environment, and apply its file')),
    () => import('../commands/apply.ts'),
  )
  does(
    locks(onFile('stop', 'suspend the VM with its containers, or shut it down; nothing is lost'))
      .argument('[environment]', byName)
      .option('--power-off', 'shut down, containers first; the next start boots')
      .option('--suspend', 'suspend, regardless of vm.suspendOnStop'),
    () => import('../commands/stop.ts'),
  )
  const service = program.command('service').description('start at login or boot, and repair drift')
  const repairs = ['live', 'reload', 'restart-engine', 'restart-vm']
  does(
    onFile('install', 'install it for this user (systemd, launchd)', service).addOption(
      choice('--repair <most>', 'repair drift up to this effect; default restart-engine', repairs),
    ),
    async () => ({
      run: async (options: never, output: never) =>
        (await import('../commands/service.ts')).run(options, output, 'install'),
    }),
  )
  does(onFile('uninstall', 'remove it; the environment is unchanged', service), async () => ({
    run: async (options: never, output: never) =>
      (await import('../commands/service.ts')).run(options, output, 'uninstall'),
  }))
  does(
    changes(onFile('destroy', 'remove the environment and its data disk')).argument('[environment]', byName),
    () => import('../commands/destroy.ts'),
  )
  does(
    plain('ls', 'list the environments of this user').option(
      '--all-lost',
      'only those whose file is gone; `desktop destroy NAME` removes one',
    ),
    () => import('../commands/ls.ts'),
  )
}
