/** The file, and what is made of it. */
import { Option } from 'commander'
import { choiceArgument, collect } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineFile({ does, plain, onFile }: Define): void {
  does(onFile('validate', 'check the file'), () => import('../commands/validate.ts'))
  does(
    plain('fmt', 'print the file as one writes it, comments kept')
      .option('-f, --file <file>', 'the file, default ./desktop.yaml; may be given again', collect, [])
      .option('--write', 'write it')
      .addOption(new Option('--check', 'only look; exit with 2 when it would change').conflicts('write')),
    () => import('../commands/fmt.ts'),
  )
  does(
    onFile('lock', 'write desktop.lock: the exact packages of the guest, for everyone who has the file')
      .option('--update', 'take the newest versions of the mirror')
      .option('--check', 'write nothing; exit with 2 when it would change'),
    () => import('../commands/lock.ts'),
  )
  does(
    plain('init', 'write a first desktop.yaml')
      .option('-f, --file <file>', 'where to', 'desktop.yaml')
      .option('--name <name>', 'name of the environment'),
    () => import('../commands/init.ts'),
  )
  does(
    plain('import', "write desktop.yaml from another tool's settings")
      .addArgument(choiceArgument('<tool>', 'which tool', ['docker-desktop', 'lima', 'colima']))
      .argument('<file...>', 'settings-store.json and daemon.json, lima.yaml, or colima.yaml')
      .option('-o, --out <file>', 'where to; - prints it', 'desktop.yaml')
      .option('--name <name>', 'name of the environment')
      .option('--force', 'replace a file that is there'),
    () => import('../commands/import.ts'),
  )
  does(onFile('env', 'print the shell command that points docker here'), () => import('../commands/env.ts'))
  does(
    onFile('render', 'write what would be rendered; touches nothing else').requiredOption(
      '-o, --out <dir>',
      'folder',
    ),
    () => import('../commands/render.ts'),
  )
  does(
    plain('explain', 'say what a key of desktop.yaml does and what a change of it interrupts').argument(
      '<key>',
    ),
    () => import('../commands/explain.ts'),
  )
}
