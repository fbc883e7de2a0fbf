/** Commands about desktop.yaml and about files generated from it. */
import { Option } from 'commander'
import { choiceArgument, collect } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineFile({ does, plain, group, onFile }: Define): void {
  does(
    plain('init', 'write a starter desktop.yaml')
      .option('-f, --file <file>', 'file to write', 'desktop.yaml')
      .option('--name <name>', 'name of the environment'),
    () => import('../commands/init.ts'),
  )
  does(
    plain('import', "write desktop.yaml from another tool's settings")
      .addArgument(choiceArgument('<tool>', 'the other tool', ['docker-desktop', 'lima', 'colima']))
      .argument('<file...>', 'settings-store.json and daemon.json, lima.yaml, or colima.yaml')
      .option('-o, --out <file>', 'file to write, - for stdout', 'desktop.yaml')
      .option('--name <name>', 'name of the environment')
      .option('--force', 'overwrite an existing file'),
    () => import('../commands/import.ts'),
  )
  does(onFile('validate', 'check desktop.yaml'), () => import('../commands/validate.ts'))
  does(
    plain('fmt', 'print desktop.yaml formatted; with --write, save it')
      .option('-f, --file <file>', 'file to format; repeatable (default: desktop.yaml)', collect, [])
      .option(
        '--allow-path <path>',
        'allow the file to be a link to this path outside the project',
        collect,
        [],
      )
      .option('--write', 'overwrite the file instead of printing the result')
      .addOption(
        new Option('--check', 'write nothing; exit with 2 if the file is not formatted').conflicts('write'),
      ),
    () => import('../commands/fmt.ts'),
  )
  does(
    plain('explain', 'explain a key of desktop.yaml and what changing it interrupts').argument(
      '<key>',
      'e.g. vm.memory or engine.config.bip',
    ),
    () => import('../commands/explain.ts'),
  )
  const config = group('config', 'show the effective configuration')
  does(
    onFile('show', 'print every effective value', config).option(
      '--origin',
      'also print where each value is set: file, line and column',
    ),
    () => import('../commands/config-show.ts'),
  )
  does(
    onFile('lock', "pin the guest's package versions in desktop.lock")
      .option('--update', 'update to the newest versions on the mirror')
      .option('--contents', 'also pin the content of the built image and its components')
      .option('--check', 'write nothing; exit with 2 if the lock file would change'),
    () => import('../commands/lock.ts'),
  )
  does(
    onFile(
      'render',
      'write the generated files (LinuxKit YAML, daemon.json, QEMU arguments) to a folder',
    ).requiredOption('-o, --out <dir>', 'output folder'),
    () => import('../commands/render.ts'),
  )
}
