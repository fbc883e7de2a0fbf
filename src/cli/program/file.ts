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
      .addOption(new Option('--check', 'only look; exit with 2 when it would change').conflicts('write')),
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
  does(onFile('env', 'print the shell command that sets DOCKER_HOST'), () => import('../commands/env.ts'))
  does(
    onFile('render', 'write the rendered files; changes nothing else').requiredOption(
      '-o, --out <dir>',
      'folder',
    ),
    () => import('../commands/render.ts'),
  )
  does(
    plain('explain', 'explain a key of desktop.yaml and the cost of a change').argument('<key>'),
    () => import('../commands/explain.ts'),
  )
}
