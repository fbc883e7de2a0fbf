/** Commands about the file and about artifacts made from it. */
import { Option } from 'commander'
import { choiceArgument, collect } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineFile({ does, plain, onFile }: Define): void {
  does(onFile('validate', 'check the file'), () => import('../commands/validate.ts'))
  does(
    plain('fmt', 'format the file; comments are kept')
      .option('-f, --file <file>', 'the file, default ./desktop.yaml; repeatable', collect, [])
      .option('--write', 'write it')
      .addOption(new Option('--check', 'write nothing; exit with 2 if it would change').conflicts('write')),
    () => import('../commands/fmt.ts'),
  )
  does(
    onFile('lock', 'write desktop.lock: the exact guest packages for everyone on the project')
      .option('--update', 'update to the newest versions of the mirror')
      .option('--contents', 'pin the content of the built image and its components too')
      .option('--check', 'write nothing; exit with 2 if it would change'),
    () => import('../commands/lock.ts'),
  )
  does(
    plain('init', 'write a first desktop.yaml')
      .option('-f, --file <file>', 'file to write', 'desktop.yaml')
      .option('--name <name>', 'name of the environment'),
    () => import('../commands/init.ts'),
  )
  does(
    plain('import', "write desktop.yaml from another tool's settings")
      .addArgument(choiceArgument('<tool>', 'the other tool', ['docker-desktop', 'lima', 'colima']))
      .argument('<file...>', 'settings-store.json and daemon.json, lima.yaml, or colima.yaml')
      .option('-o, --out <file>', 'file to write; - prints it', 'desktop.yaml')
      .option('--name <name>', 'name of the environment')
      .option('--force', 'overwrite an existing file'),
    () => import('../commands/import.ts'),
  )
  does(
    onFile(
      'docker',
      "run docker against this environment: the host's client, or Debian's with compose and buildx",
    )
      .argument('[command...]', "docker's command and options; options of `desktop docker` come first")
      .allowUnknownOption()
      .passThroughOptions(),
    () => import('../commands/docker.ts'),
  )
  does(
    onFile('env', 'print shell commands that set DOCKER_HOST').argument(
      '[machine]',
      'of several machines (vms), this one',
    ),
    () => import('../commands/env.ts'),
  )
  does(
    onFile('render', 'write the rendered files to a folder').requiredOption('-o, --out <dir>', 'folder'),
    () => import('../commands/render.ts'),
  )
  does(
    plain('explain', 'explain a key of desktop.yaml and what a change interrupts').argument('<key>'),
    () => import('../commands/explain.ts'),
  )
}
