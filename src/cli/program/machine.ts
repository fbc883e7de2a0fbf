/** Looking into the VM. */
import { collect, duration, integer, port } from '../arguments.ts'
import type { Define } from './define.ts'

const ofVms = 'of several machines (vms), this one'

export function defineMachine({ does, onFile, formats }: Define): void {
  does(
    onFile('logs', 'print logs of the VM, its services, the supervisor or QEMU')
      .argument('[source]', 'console, supervisor, qemu or a service; of several machines, first the machine')
      .argument('[service]', 'the source, after a machine')
      .option('-n, --lines <n>', 'only the last lines', integer)
      .option('--follow', 'keep printing new lines'),
    () => import('../commands/logs.ts'),
  )
  does(
    onFile('console', "attach to the VM's tty; Ctrl-] leaves it").argument('[machine]', ofVms),
    () => import('../commands/console.ts'),
  )
  does(
    onFile('shell', 'open a shell in the VM').argument('[machine]', ofVms),
    () => import('../commands/shell.ts'),
  )
  does(
    onFile('exec', 'run a command in the VM; exits with its code')
      .argument('<command...>', 'the command; of several machines: MACHINE -- COMMAND')
      .passThroughOptions()
      .option('-t, --tty', 'allocate a TTY; the default at a terminal')
      .option('-T, --no-tty', 'no TTY: stdout and stderr are streamed separately, byte for byte')
      .option('-i, --interactive', 'attach standard input; the default unless it is a terminal')
      .option('--no-interactive', 'leave standard input alone, e.g. in a `while read` loop')
      .option('-w, --workdir <dir>', 'working directory')
      .option('-e, --env <name=value>', 'set a variable', collect, [])
      .option('-s, --service <name>', 'run inside a LinuxKit service, such as docker'),
    () => import('../commands/exec.ts'),
  )
  does(onFile('flows', 'show the connections of the VM'), () => import('../commands/flows.ts'))
  does(
    formats(onFile('top', 'watch containers and connections, busiest first; one sample without a terminal'))
      .option('--once', 'print one sample as text and exit')
      .option('--interval <duration>', 'time between two samples', duration, 1000),
    () => import('../commands/top.ts'),
  )
  does(
    onFile('ui', 'open a web page: live network, plan, history; Ctrl-C ends it')
      .option('--no-open', 'print the link, and open no browser')
      .option('--port <n>', 'listen at this port of 127.0.0.1; without, at any that is free', port)
      .option('--socket <path>', 'listen at a unix socket instead')
      .option('--write', 'the page may apply the plan that it shows')
      .option('--keep', 'serve it in the background, until no page has been open for an hour')
      .option('--idle <duration>', 'end when no page has been open for this long', duration),
    () => import('../commands/ui.ts'),
  )
  does(
    onFile('tunnel', 'reach container addresses and names by SOCKS5 on loopback; Ctrl-C ends it').option(
      '--port <n>',
      'listen at this port of 127.0.0.1',
      port,
      1080,
    ),
    () => import('../commands/tunnel.ts'),
  )
  does(
    onFile('metrics', 'serve metrics for Prometheus on loopback, or push them by OTLP; Ctrl-C ends it')
      .option('--once', 'print them and exit')
      .option('--port <n>', 'listen at this port of 127.0.0.1, default 9464', port)
      .option('--otlp <url>', 'push to this collector instead, e.g. http://127.0.0.1:4318')
      .option('--interval <duration>', 'time between two pushes', duration, 15_000),
    () => import('../commands/metrics.ts'),
  )
  does(
    onFile('pcap', "capture the frames of the VM's link, for tcpdump and Wireshark")
      .argument('[filter...]', 'such as: tcp port 443 and not src host 192.168.65.254; docs/pcap.md')
      .option('-w, --write <file>', 'output file; default: standard output, for `| wireshark -k -i -`')
      .option('-c, --count <n>', 'stop after this many frames', integer)
      .option('--snaplen <bytes>', 'bytes captured of each frame', integer, 65_550),
    () => import('../commands/pcap.ts'),
  )
}
