/** Names, options and help of every command. What a command does is in commands/ and loaded when it runs. */
import { Command, Option } from 'commander'
import { toolVersion } from '../version.ts'
import { allow, choice, choiceArgument, collect, duration, integer, only } from './arguments.ts'
import { shells } from './completion/scripts.ts'
import { examplesText } from './examples.ts'
import type { Output } from './output.ts'

/** What a module in commands/ exports. Gives the exit code. */
export interface CommandModule<Options, Args extends readonly unknown[] = []> {
  run(options: Options, output: Output, ...args: Args): Promise<number>
}

type Load = () => Promise<CommandModule<never, never>>

const examples = `
Examples:
  desktop init                     write a first desktop.yaml
  desktop apply                    make everything as ./desktop.yaml says
  eval "$(desktop env)"            let the docker command use it
  desktop drift --exit-code        0 = as the file says, 2 = not`

export function defineProgram(output: Output, exit: (code: number) => void): Command {
  const program = new Command('desktop')
    .description('A Linux VM that runs Docker, described by one file: plan, apply, drift.')
    .version(toolVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('after', examples)

  /** Commander gives the arguments, then the options, then itself. */
  const does = (command: Command, load: Load): Command =>
    command.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2)
      const { run } = (await load()) as CommandModule<unknown, readonly unknown[]>
      exit(await run(command.optsWithGlobals(), output, ...args))
    })
  const general = (command: Command): Command =>
    command.option('--json', 'print JSON').option('--verbose', 'show causes of errors')
  const plain = (name: string, description: string, parent: Command = program): Command =>
    general(parent.command(name).description(description))
  const onFile = (name: string, description: string, parent: Command = program): Command =>
    plain(name, description, parent)
      .option('-f, --file <file>', 'the file, default ./desktop.yaml; a later one goes over it', collect, [])
      .option('--set <key=value>', 'a value over the files, e.g. vm.cpus=4', collect, [])
  const locks = (command: Command): Command =>
    command.option(
      '--lock-timeout <duration>',
      'wait this long for another run on this environment',
      duration,
      0,
    )
  const changes = (command: Command): Command =>
    locks(command)
      .option('-y, --yes', 'agree to everything, the loss of data included')
      .addOption(allow('--allow <loss>', 'agree to one loss of data by name; may be given again'))

  const parts = (command: Command): Command =>
    command.addOption(only('--only <part>', 'only this part and what it needs; may be given again'))
  const applies = (command: Command): Command =>
    changes(parts(command)).option(
      '--timeout <duration>',
      'how long the engine may take to come up before the VM of before is started again, default 4m',
      duration,
    )

  does(
    parts(onFile('plan', 'show what apply would do'))
      .option('-o, --out <file>', 'save the plan; `desktop apply PLAN` carries out just that')
      .option('--exit-code', 'exit with 2 when there is something to do'),
    () => import('./commands/plan.ts'),
  )
  does(
    applies(onFile('apply', 'make everything as the file says').argument('[plan]', 'a saved plan'))
      .option('--parallelism <n>', 'operations at a time', integer, 4)
      .option('--offline', offlineHelp),
    () => import('./commands/apply.ts'),
  )
  does(
    applies(onFile('drift', 'show where reality differs from the file; changes nothing'))
      .option('--exit-code', 'exit with 2 when it differs')
      .addOption(
        choice('--format <format>', 'how to print it', [
          'text',
          'json',
          'github',
          'sarif',
          'junit',
        ]).conflicts('json'),
      )
      .addOption(
        new Option('--repair', 'make it as the file says, as apply does').conflicts(['format', 'exitCode']),
      )
      .option('--parallelism <n>', 'operations at a time', integer, 4),
    () => import('./commands/drift.ts'),
  )
  defineHistory({ does, onFile, applies })
  does(onFile('status', 'show every part with its path and state'), () => import('./commands/status.ts'))
  does(
    applies(onFile('start', 'start what was stopped, as the file says')),
    () => import('./commands/apply.ts'),
  )
  does(
    locks(onFile('stop', 'suspend the VM with its containers, or shut it down; nothing is lost'))
      .option('--power-off', 'shut it down, containers first; the next start boots')
      .option('--suspend', 'save it, whatever vm.suspendOnStop says'),
    () => import('./commands/stop.ts'),
  )
  does(
    changes(onFile('destroy', 'remove the environment with its data disk')),
    () => import('./commands/destroy.ts'),
  )
  does(
    onFile('logs', 'show what the VM, one of its services, the supervisor or QEMU wrote')
      .argument('[source]', 'console, supervisor, qemu, or a service such as docker', 'console')
      .option('-n, --lines <n>', 'only the last lines', integer)
      .option('--follow', 'go on as it is written'),
    () => import('./commands/logs.ts'),
  )
  does(onFile('console', "attach to the VM's tty; Ctrl-] leaves it"), () => import('./commands/console.ts'))
  does(onFile('shell', 'open a shell in the VM'), () => import('./commands/shell.ts'))
  does(
    onFile('exec', 'run a command in the VM; exits with its code')
      .argument('<command...>')
      .passThroughOptions()
      .option('-t, --tty', 'with a terminal; the default when this is one')
      .option('-T, --no-tty', 'without: output and errors apart, as text, when it has ended')
      .option('-i, --interactive', 'without a terminal: give it the standard input, read whole before')
      .option('-w, --workdir <dir>', 'start there')
      .option('-e, --env <name=value>', 'set a variable', collect, [])
      .option('-s, --service <name>', 'inside of a LinuxKit service, such as docker'),
    () => import('./commands/exec.ts'),
  )
  does(onFile('flows', 'show the connections of the VM with the world'), () => import('./commands/flows.ts'))
  does(
    onFile('pcap', "capture the frames of the VM's link, for tcpdump and Wireshark")
      .argument('[filter...]', 'such as: tcp and port 443 and not host 192.168.65.254')
      .option('-w, --write <file>', 'where to; without, to standard output for `| wireshark -k -i -`')
      .option('-c, --count <n>', 'end after so many frames', integer)
      .option('--snaplen <bytes>', 'what is kept of a frame', integer, 65_550),
    () => import('./commands/pcap.ts'),
  )
  does(onFile('validate', 'check the file'), () => import('./commands/validate.ts'))
  does(
    plain('fmt', 'print the file as one writes it, comments kept')
      .option('-f, --file <file>', 'the file, default ./desktop.yaml; may be given again', collect, [])
      .option('--write', 'write it')
      .addOption(new Option('--check', 'only look; exit with 2 when it would change').conflicts('write')),
    () => import('./commands/fmt.ts'),
  )
  does(
    onFile('lock', 'write desktop.lock: the exact packages of the guest, for everyone who has the file')
      .option('--update', 'take the newest versions of the mirror')
      .option('--check', 'write nothing; exit with 2 when it would change'),
    () => import('./commands/lock.ts'),
  )
  does(
    plain('init', 'write a first desktop.yaml')
      .option('-f, --file <file>', 'where to', 'desktop.yaml')
      .option('--name <name>', 'name of the environment'),
    () => import('./commands/init.ts'),
  )
  does(
    plain('import', "write desktop.yaml from another tool's settings")
      .addArgument(choiceArgument('<tool>', 'which tool', ['docker-desktop', 'lima', 'colima']))
      .argument('<file...>', 'settings-store.json and daemon.json, lima.yaml, or colima.yaml')
      .option('-o, --out <file>', 'where to; - prints it', 'desktop.yaml')
      .option('--name <name>', 'name of the environment')
      .option('--force', 'replace a file that is there'),
    () => import('./commands/import.ts'),
  )
  does(onFile('env', 'print the shell command that points docker here'), () => import('./commands/env.ts'))
  does(
    onFile('render', 'write what would be rendered; touches nothing else').requiredOption(
      '-o, --out <dir>',
      'folder',
    ),
    () => import('./commands/render.ts'),
  )
  does(
    plain('explain', 'say what a key of desktop.yaml does and what a change of it interrupts').argument(
      '<key>',
    ),
    () => import('./commands/explain.ts'),
  )
  does(plain('version', 'print versions'), () => import('./commands/version.ts'))
  does(onFile('doctor', 'check this host and say what to fix'), () => import('./commands/doctor.ts'))
  const disk = program.command('disk').description('the data disk: images, containers, volumes')
  does(onFile('show', 'what it takes here and holds inside', disk), () => import('./commands/disk-show.ts'))
  does(
    locks(onFile('compact', 'give back to this host what it takes for nothing; live', disk)),
    () => import('./commands/disk-compact.ts'),
  )
  const config = program.command('config').description('the configuration that is in effect')
  does(
    onFile('show', 'print every value in effect', config).option('--origin', 'with file, line and column'),
    () => import('./commands/config-show.ts'),
  )
  does(
    program
      .command('forward')
      .description('run the packet forwarder alone, for any QEMU')
      .option(
        '--listen-qemu <socket>',
        "unix socket for QEMU's stream netdev; may be given again",
        collect,
        [],
      )
      .option('--listen-vpnkit <socket>', 'unix socket for VMN3T, as hyperkit speaks it', collect, [])
      .option('--listen <socket>', "unix socket for gvproxy's HTTP API", collect, [])
      .option('--subnet <cidr>', 'its network', '192.168.65.0/24')
      .option('--gateway <address>', 'gateway and name server, default .1')
      .option('--address <address>', 'the first guest by DHCP, default .3')
      .option('--host <address>', "reaches this host's loopback, default .254")
      .option('--isolate', 'guests reach the world, not each other')
      .option('--mtu <bytes>', 'largest packet', integer, 1500)
      .option('--ipv6', 'IPv6 too: guests give themselves an address, gateway ::1, this host ::fe')
      .option('--subnet6 <cidr>', 'its IPv6 network, a /64; else one that follows from --subnet'),
    () => import('./commands/forward.ts'),
  )
  does(
    program
      .command('completion')
      .description('print what a shell sources to complete commands, options and keys')
      .addArgument(choiceArgument('<shell>', 'which shell', shells)),
    () => import('./commands/completion.ts'),
  )
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { run } = await import('./commands/complete.ts')
      exit(await run({ program }, output, words))
    })
  defineImage(program, { does, onFile, plain })
  addExamples(program)
  return program
}

function addExamples(command: Command, path: readonly string[] = []): void {
  const text = examplesText(path.join(' '))
  if (text !== undefined) command.addHelpText('after', text)
  for (const one of command.commands) addExamples(one, [...path, one.name()])
}

const offlineHelp = 'fail at once where the network would be needed'

interface Define {
  does: (command: Command, load: Load) => Command
  onFile: (name: string, description: string, parent?: Command) => Command
  plain: (name: string, description: string, parent?: Command) => Command
}

function defineHistory({
  does,
  onFile,
  applies,
}: Pick<Define, 'does' | 'onFile'> & { applies: (command: Command) => Command }): void {
  const formats = (command: Command): Command =>
    command.addOption(choice('--format <format>', 'how to print it', ['text', 'json']))
  does(
    formats(
      onFile('watch', 'tell drift as it comes and goes, and changes of the host network; Ctrl-C ends it'),
    ).option('--interval <duration>', 'between two looks while nothing stirs', duration, 5_000),
    () => import('./commands/watch.ts'),
  )
  does(
    formats(onFile('history', 'list every apply that is kept, newest first')),
    () => import('./commands/history.ts'),
  )
  does(
    formats(
      onFile('show', 'print one generation: configuration, what was rendered, how it went').argument(
        '<generation>',
        'its number in the history',
        integer,
      ),
    ),
    () => import('./commands/show.ts'),
  )
  does(
    formats(
      onFile('diff', 'compare two generations')
        .argument('<from>', 'a number of the history', integer)
        .argument('<to>', 'another one', integer),
    ),
    () => import('./commands/diff.ts'),
  )
  does(
    applies(
      onFile('rollback', 'go back to the configuration of a generation; the file is left as it is').argument(
        '<generation>',
        'its number in the history',
        integer,
      ),
    ).option('--parallelism <n>', 'operations at a time', integer, 4),
    () => import('./commands/rollback.ts'),
  )
}

function defineImage(program: Command, { does, onFile, plain }: Define): void {
  const image = program.command('image').description('guest images: build, list, carry to another machine')
  does(
    onFile('build', 'build it now', image).option('--offline', offlineHelp),
    () => import('./commands/image-build.ts'),
  )
  does(
    plain('ls', 'list the images in the cache, with who has them', image),
    () => import('./commands/image-ls.ts'),
  )
  does(
    plain('inspect', 'show what an image is made of and who has it', image).argument(
      '<digest>',
      'or how it begins',
    ),
    () => import('./commands/image-inspect.ts'),
  )
  does(
    plain(
      'prune',
      'remove what no environment, generation or lock has; all of it can be made again',
      image,
    ).option('-n, --dry-run', 'only say what would go'),
    () => import('./commands/image-prune.ts'),
  )
  does(
    onFile('export', 'write it to a file for a machine that cannot build', image).argument('<file>'),
    () => import('./commands/image-export.ts'),
  )
  does(
    plain('import', 'take an exported image, or a bundle', image).argument('<file>'),
    () => import('./commands/image-import.ts'),
  )
  does(
    onFile(
      'bundle',
      'write all that a machine without network needs to one file: image, components, package list',
    ).argument('<file>'),
    () => import('./commands/bundle.ts'),
  )
}
