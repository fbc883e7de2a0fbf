/** Parts of an environment, and of this tool, by themselves. */
import { choiceArgument, collect, integer } from '../arguments.ts'
import { shells } from '../completion/scripts.ts'
import type { Define } from './define.ts'

export function defineParts({ program, does, plain, onFile, locks }: Define): void {
  does(plain('version', 'print versions'), () => import('../commands/version.ts'))
  does(onFile('doctor', 'check this host and say what to fix'), () => import('../commands/doctor.ts'))
  const disk = program.command('disk').description('the data disk: images, containers, volumes')
  does(onFile('show', 'what it takes here and holds inside', disk), () => import('../commands/disk-show.ts'))
  does(
    locks(onFile('compact', 'give back to this host what it takes for nothing; live', disk)),
    () => import('../commands/disk-compact.ts'),
  )
  const config = program.command('config').description('the configuration that is in effect')
  does(
    onFile('show', 'print every value in effect', config).option('--origin', 'with file, line and column'),
    () => import('../commands/config-show.ts'),
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
    () => import('../commands/forward.ts'),
  )
  does(
    program
      .command('completion')
      .description('print what a shell sources to complete commands, options and keys')
      .addArgument(choiceArgument('<shell>', 'which shell', shells)),
    () => import('../commands/completion.ts'),
  )
}
