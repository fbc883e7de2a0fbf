/** Commands in the group "This host and tools". */
import { choiceArgument, collect, integer } from '../arguments.ts'
import { shells } from '../completion/scripts.ts'
import type { Define } from './define.ts'

export function defineTools({ program, does, plain, onFile }: Define): void {
  does(
    onFile('doctor', 'check this host and suggest fixes for problems'),
    () => import('../commands/doctor.ts'),
  )
  does(plain('version', 'print the version, commit and platform'), () => import('../commands/version.ts'))
  const trusting = (action: 'trust' | 'untrust') => async () => ({
    run: async (options: never, output: never) =>
      (await import('../commands/trust.ts')).run(options, output, action),
  })
  does(plain('trust', 'make this host trust the local CA of names.https'), trusting('trust'))
  does(plain('untrust', 'undo `desktop trust`'), trusting('untrust'))
  does(
    program
      .command('forward')
      .description('run only the packet forwarder, for your own QEMU')
      .option('--listen-qemu <socket>', "unix socket for QEMU's stream netdev; repeatable", collect, [])
      .option(
        '--listen-vpnkit <socket>',
        'unix socket for hyperkit (VMN3T protocol); repeatable',
        collect,
        [],
      )
      .option('--listen <socket>', "unix socket for gvproxy's HTTP API; repeatable", collect, [])
      .option('--subnet <cidr>', 'IPv4 network', '192.168.65.0/24')
      .option('--gateway <address>', 'gateway and DNS server (default: .1 of the subnet)')
      .option('--address <address>', 'first address that DHCP assigns (default: .3)')
      .option('--host <address>', "address that reaches this host's loopback (default: .254)")
      .option('--lease <mac=address>', 'static DHCP lease; repeatable', collect, [])
      .option('--egress <file>', 'YAML file with egress rules, as in network.egress')
      .option('--isolate', 'let guests reach the outside, but not each other')
      .option(
        '--services',
        'serve the API on port 80 of the gateway, so that guests can open ports on this host that forward to them',
      )
      .option(
        '--checksum-offload',
        'skip TCP and UDP checksum verification, for guests that offload checksums',
      )
      .option('--mtu <bytes>', 'largest packet in bytes', integer, 1500)
      .option('--ipv6', 'enable IPv6: SLAAC, gateway ::1, host ::fe')
      .option('--subnet6 <cidr>', 'IPv6 network, a /64 (default: derived from --subnet)'),
    () => import('../commands/forward.ts'),
  )
  does(
    program
      .command('completion')
      .description('print the completion script for a shell')
      .addArgument(choiceArgument('<shell>', 'shell', shells)),
    () => import('../commands/completion.ts'),
  )
}
