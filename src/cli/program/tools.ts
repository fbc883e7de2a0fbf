/** Commands of the group "This host and tools". */
import { choiceArgument, collect, duration, integer } from '../arguments.ts'
import { shells } from '../completion/scripts.ts'
import type { Define } from './define.ts'

export function defineTools({ program, does, plain, onFile, locks }: Define): void {
  does(plain('version', 'print versions'), () => import('../commands/version.ts'))
  does(
    onFile('doctor', 'check this host and list problems with their fixes'),
    () => import('../commands/doctor.ts'),
  )
  const trusting = (action: 'trust' | 'untrust') => async () => ({
    run: async (options: never, output: never) =>
      (await import('../commands/trust.ts')).run(options, output, action),
  })
  does(plain('trust', 'make this host trust the certificates of names.https'), trusting('trust'))
  does(plain('untrust', 'undo `desktop trust`'), trusting('untrust'))
  const disk = program.command('disk').description('the data disk: images, containers, volumes')
  does(
    onFile('show', 'show data disk usage on the host and in the VM', disk),
    () => import('../commands/disk-show.ts'),
  )
  does(
    locks(onFile('compact', 'return unused blocks of the data disk to this host, while the VM runs', disk)),
    () => import('../commands/disk-compact.ts'),
  )
  const egress = program.command('egress').description('what the VM and its containers reach')
  does(
    onFile(
      'learn',
      'record what they reach, and print the egress rules that allow it and nothing else',
      egress,
    ).option('--for <duration>', 'end after this long; without, at Ctrl-C', duration),
    () => import('../commands/egress-learn.ts'),
  )
  const config = program.command('config').description('the effective configuration')
  does(
    onFile('show', 'print every effective value', config).option('--origin', 'with file, line and column'),
    () => import('../commands/config-show.ts'),
  )
  does(
    program
      .command('forward')
      .description('run the packet forwarder alone, for any QEMU')
      .option('--listen-qemu <socket>', "unix socket for QEMU's stream netdev; repeatable", collect, [])
      .option('--listen-vpnkit <socket>', 'unix socket for VMN3T, as hyperkit speaks it', collect, [])
      .option('--listen <socket>', "unix socket for gvproxy's HTTP API", collect, [])
      .option('--subnet <cidr>', 'IPv4 network', '192.168.65.0/24')
      .option('--gateway <address>', 'gateway and name server, default .1')
      .option('--address <address>', 'the first guest by DHCP, default .3')
      .option('--host <address>', "address that reaches this host's loopback, default .254")
      .option('--lease <mac=address>', 'static DHCP lease; repeatable', collect, [])
      .option('--egress <file>', 'egress rules: the value of network.egress, as YAML')
      .option('--isolate', 'guests reach the outside, but not each other')
      .option('--services', "guests may map this host's ports to themselves, at port 80 of the gateway")
      .option('--checksum-offload', 'guests do not fill TCP and UDP checksums: do not verify them')
      .option('--mtu <bytes>', 'largest packet', integer, 1500)
      .option('--ipv6', 'enable IPv6: SLAAC, gateway ::1, this host ::fe')
      .option('--subnet6 <cidr>', 'IPv6 network, a /64; default: derived from --subnet'),
    () => import('../commands/forward.ts'),
  )
  does(
    program
      .command('completion')
      .description('print the completion script of a shell')
      .addArgument(choiceArgument('<shell>', 'which shell', shells)),
    () => import('../commands/completion.ts'),
  )
}
