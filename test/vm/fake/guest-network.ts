/** What udhcpc and dockerd make of the network of the fake guest: files of /proc, /sys and /etc. */
import ipaddr from 'ipaddr.js'

export function setNetwork(files: Map<string, string>): void {
  const gateway = (files.get('/run/config/network/gateway') ?? '192.168.65.1').trim().split('.').map(Number)
  // The card of one of several machines has the address in its own.
  const mac = files.get('/run/config/network/mac')?.trim().split(':').slice(2)
  const own = mac?.map((byte) => Number.parseInt(byte, 16))
  const address = (own ?? [...gateway.slice(0, 3), (gateway[3] ?? 0) + 2]).join('.')
  const word = Buffer.from(gateway.toReversed()).toString('hex').toUpperCase()
  files.set(
    '/proc/1/net/route',
    `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t${word}\t0003\t0\t0\t0\t00000000\n`,
  )
  files.set('/proc/1/net/fib_trie', `Local:\n     |-- ${address}\n        /32 host LOCAL\n`)
  files.set('/sys/class/net/eth0/mtu', '65520\n')
  files.set('/etc/resolv.conf', `nameserver ${gateway.join('.')}\n`)
  files.set('/sys/class/net/docker0/flags', '0x1003\n')
  const address6 = files.get('/run/config/network/ipv6')?.replace(/\/.*\n$/, '')
  if (address6 !== undefined) {
    const hex = Buffer.from(ipaddr.parse(address6).toByteArray()).toString('hex')
    const [zeros, router] = ['0'.repeat(32), `fe80${'0'.repeat(27)}1`]
    files.set('/proc/1/net/if_inet6', `${hex} 02 40 00 80     eth0\n`)
    files.set(
      '/proc/1/net/ipv6_route',
      `${zeros} 00 ${zeros} 00 ${router} 00000400 00000001 00000000 00000003     eth0\n`,
    )
  }
}
