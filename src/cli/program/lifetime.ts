/** Commands for the lifecycle of the environment. */
import { choice } from '../arguments.ts'
import type { Define } from './define.ts'

const byName = 'environment name from `desktop ls` (default: the one in desktop.yaml)'

export function defineLifetime({ does, plain, group, onFile, locks, changes, applies }: Define): void {
  does(
    onFile('status', 'show the state of every component, with its paths and addresses'),
    () => import('../commands/status.ts'),
  )
  does(
    applies(onFile('start', 'start or resume the environment, applying changes in desktop.yaml')),
    () => import('../commands/apply.ts'),
  )
  does(
    locks(onFile('stop', 'suspend the VM with its containers, or shut it down; data is kept'))
      .argument('[environment]', byName)
      .option('--power-off', 'stop containers and power off; the next start boots instead of resuming')
      .option('--suspend', 'suspend even if vm.suspendOnStop is false'),
    () => import('../commands/stop.ts'),
  )
  const service = group('service', 'manage the user service that starts the VM and repairs drift')
  const repairs = ['live', 'reload', 'restart-engine', 'restart-vm']
  does(
    onFile('install', 'install the service for this user (systemd, launchd)', service).addOption(
      choice('--repair <most>', 'repair drift up to this effect (default: restart-engine)', repairs),
    ),
    async () => ({
      run: async (options: never, output: never) =>
        (await import('../commands/service.ts')).run(options, output, 'install'),
    }),
  )
  does(onFile('uninstall', 'remove the service; the environment keeps running', service), async () => ({
    run: async (options: never, output: never) =>
      (await import('../commands/service.ts')).run(options, output, 'uninstall'),
  }))
  does(
    changes(onFile('destroy', 'delete the environment and its data disk'), ['destroy']).argument(
      '[environment]',
      byName,
    ),
    () => import('../commands/destroy.ts'),
  )
  const hosts = group('hosts', 'manage desktop on other hosts (`hosts` of desktop.yaml)')
  does(
    onFile('install', 'install this version of desktop for your user on another host', hosts).argument(
      '<host>',
      'key under `hosts`',
    ),
    () => import('../commands/hosts-install.ts'),
  )
  does(
    onFile('forget', 'forget machines of this file on a host that no longer exists', hosts).argument(
      '<host-id>',
      'id of the host, from the error or warning',
    ),
    () => import('../commands/hosts-forget.ts'),
  )
  does(
    plain('ls', 'list your environments').option(
      '--all-lost',
      'only those whose desktop.yaml is gone; `desktop destroy NAME` deletes one',
    ),
    () => import('../commands/ls.ts'),
  )
}
