/** Looking into the VM. */
import { collect, integer } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineMachine({ does, onFile }: Define): void {
  does(
    onFile('logs', 'show what the VM, one of its services, the supervisor or QEMU wrote')
      .argument('[source]', 'console, supervisor, qemu, or a service such as docker', 'console')
      .option('-n, --lines <n>', 'only the last lines', integer)
      .option('--follow', 'go on as it is written'),
    () => import('../commands/logs.ts'),
  )
  does(onFile('console', "attach to the VM's tty; Ctrl-] leaves it"), () => import('../commands/console.ts'))
  does(onFile('shell', 'open a shell in the VM'), () => import('../commands/shell.ts'))
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
    () => import('../commands/exec.ts'),
  )
  does(onFile('flows', 'show the connections of the VM with the world'), () => import('../commands/flows.ts'))
  does(
    onFile('pcap', "capture the frames of the VM's link, for tcpdump and Wireshark")
      .argument('[filter...]', 'such as: tcp port 443 and not src host 192.168.65.254; docs/pcap.md')
      .option('-w, --write <file>', 'where to; without, to standard output for `| wireshark -k -i -`')
      .option('-c, --count <n>', 'end after so many frames', integer)
      .option('--snaplen <bytes>', 'what is kept of a frame', integer, 65_550),
    () => import('../commands/pcap.ts'),
  )
}
