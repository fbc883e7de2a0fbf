/** Commands for the inside of the VM: logs, shells, traffic, disk. */
import { collect, durationOption, integer } from '../arguments.ts'
import type { Define } from './define.ts'
import { defineNetwork } from './network.ts'

const vmArgument = ['[machine]', 'VM to use, if `vms` defines several; same as --machine'] as const

export function defineMachine(define: Define): void {
  const { does, group, onFile, withoutJson, errorsAsJson, locks, formats } = define
  does(
    errorsAsJson(onFile('logs', 'print logs of the VM, its services, the supervisor or QEMU'))
      .argument('[source]', 'console, supervisor, qemu or a service; with several VMs: MACHINE SOURCE')
      .argument('[service]', 'the source, after MACHINE')
      .option('-n, --lines <n>', 'print only the last lines', integer)
      .option('--follow', 'keep printing new lines'),
    () => import('../commands/logs.ts'),
  )
  does(
    withoutJson(onFile('console', "attach to the VM's console; detach with Ctrl-]")).argument(...vmArgument),
    () => import('../commands/console.ts'),
  )
  does(
    errorsAsJson(onFile('shell', 'open a shell in the VM')).argument(...vmArgument),
    () => import('../commands/shell.ts'),
  )
  does(
    errorsAsJson(onFile('exec', 'run a command in the VM and return its exit code'))
      .argument('<command...>', 'the command; with several VMs: MACHINE -- COMMAND')
      .passThroughOptions()
      .option('-t, --tty', 'allocate a TTY and attach stdin (default if stdin and stdout are a terminal)')
      .option('-T, --no-tty', 'do not allocate a TTY; stdout and stderr stay separate and unmodified')
      .option('-i, --interactive', 'with -T, read stdin even if it is a terminal')
      .option(
        '--no-interactive',
        'do not read stdin, e.g. in a `while read` loop; cannot be combined with -t',
      )
      .option('-w, --workdir <dir>', 'working directory')
      .option('-e, --env <name=value>', 'set an environment variable; repeatable', collect, [])
      .option('-s, --service <name>', 'run inside a service of the VM, e.g. docker'),
    () => import('../commands/exec.ts'),
  )
  does(onFile('flows', "show the VM's network connections"), () => import('../commands/flows.ts'))
  does(
    formats(
      onFile(
        'top',
        'watch containers and connections, busiest first; prints one sample if stdout is not a terminal',
      ),
    )
      .option('--once', 'print one sample as text and exit')
      .addOption(durationOption('--interval <duration>', 'time between samples', '1s')),
    () => import('../commands/top.ts'),
  )
  defineNetwork(define)
  does(
    errorsAsJson(onFile('pcap', "capture frames on the VM's link, for tcpdump and Wireshark"))
      .argument('[filter...]', 'e.g. tcp port 443 and not src host 192.168.65.254; see docs/pcap.md')
      .option('-w, --write <file>', 'output file (default: stdout, for `| wireshark -k -i -`)')
      .option('-c, --count <n>', 'stop after this many frames', integer)
      .option('--snaplen <bytes>', 'bytes to capture per frame', integer, 65_550),
    () => import('../commands/pcap.ts'),
  )
  const disk = group('disk', 'inspect and compact the data disk')
  does(
    onFile('show', 'show data disk usage on the host and in the VM', disk),
    () => import('../commands/disk-show.ts'),
  )
  does(
    locks(onFile('compact', 'return unused blocks of the data disk to the host while the VM runs', disk)),
    () => import('../commands/disk-compact.ts'),
  )
}
