/**
 * External network made of two network namespaces: a router and, behind it, a far host. The only change to the
 * host's own namespace is the route to them, which is removed with them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface Outside extends Disposable {
  /** Addresses in order of hops. */
  router: string
  far: string
  /** Unused destination, which the router reports as unreachable. */
  nowhere: string
  /** Unused destination without any report. */
  blackHole: string
  /** IPv6 addresses, if the host supports IPv6. */
  ipv6: { router: string; far: string; nowhere: string }
  /** Namespace of the far host. */
  farSpace: string
}

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: 'pipe' })
}

/** 198.18.0.0/15 is reserved for network tests (RFC 2544), so only other test files may use it. */
export function makeOutside(): Outside {
  const isTaken = () => execFileSync('ip', ['route', 'show', '198.18.0.0/15']).length > 0
  for (let waited = 0; isTaken() && waited < 100; waited += 1) execFileSync('sleep', ['0.5'])
  const id = process.pid % 100_000
  const [router, far] = [`dr-${id}`, `df-${id}`]
  const [here, there] = [`dv${id}a`, `dv${id}b`]
  const remove = (): void => {
    for (const namespace of [far, router]) {
      try {
        ip('netns', 'del', namespace)
      } catch {
        // It did not exist.
      }
    }
  }
  try {
    ip('netns', 'add', router)
    ip('netns', 'add', far)
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', router)
    ip('addr', 'add', '198.18.0.1/30', 'dev', here)
    ip('link', 'set', here, 'up')
    ip('-n', router, 'addr', 'add', '198.18.0.2/30', 'dev', there)
    ip('-n', router, 'link', 'set', there, 'up')
    ip('-n', router, 'link', 'add', 'far', 'type', 'veth', 'peer', 'name', 'near', 'netns', far)
    ip('-n', router, 'addr', 'add', '198.18.1.1/30', 'dev', 'far')
    ip('-n', router, 'link', 'set', 'far', 'up')
    if (hasIpv6) addIpv6(router, far, here, there)
    ip('-n', router, 'route', 'add', 'unreachable', '198.18.2.0/24')
    ip('-n', router, 'route', 'add', 'blackhole', '198.18.3.0/24')
    execFileSync('ip', ['netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
    // Disable rate limits of ICMP errors.
    execFileSync('ip', ['netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0'])
    execFileSync('ip', ['netns', 'exec', far, 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0'])
    ip('-n', far, 'addr', 'add', '198.18.1.2/30', 'dev', 'near')
    ip('-n', far, 'link', 'set', 'near', 'up')
    ip('-n', far, 'link', 'set', 'lo', 'up')
    ip('-n', far, 'route', 'add', 'default', 'via', '198.18.1.1')
    ip('route', 'add', '198.18.0.0/15', 'via', '198.18.0.2')
  } catch (error) {
    remove()
    throw error
  }
  return {
    router: '198.18.0.2',
    far: '198.18.1.2',
    nowhere: '198.18.2.9',
    blackHole: '198.18.3.9',
    ipv6: { router: '2001:2::2', far: '2001:2:0:1::2', nowhere: '2001:2:0:2::9' },
    farSpace: far,
    [Symbol.dispose]: remove,
  }
}

export const hasIpv6: boolean = existsSync('/proc/net/if_inet6')

/** 2001:2::/48 is the IPv6 equivalent (RFC 5180). Without duplicate address detection, which takes a second. */
function addIpv6(router: string, far: string, here: string, there: string): void {
  const address = (space: string[], at: string, device: string) =>
    ip(...space, 'addr', 'add', at, 'dev', device, 'nodad')
  const settings = ['net.ipv6.conf.all.forwarding=1', 'net.ipv6.icmp.ratelimit=0']
  execFileSync('ip', ['netns', 'exec', router, 'sysctl', '-qw', ...settings])
  execFileSync('ip', ['netns', 'exec', far, 'sysctl', '-qw', 'net.ipv6.icmp.ratelimit=0'])
  address([], '2001:2::1/126', here)
  address(['-n', router], '2001:2::2/126', there)
  address(['-n', router], '2001:2:0:1::1/64', 'far')
  ip('-n', far, 'link', 'set', 'near', 'up')
  address(['-n', far], '2001:2:0:1::2/64', 'near')
  ip('-n', far, '-6', 'route', 'add', 'default', 'via', '2001:2:0:1::1', 'dev', 'near')
  ip('-n', router, '-6', 'route', 'add', 'unreachable', '2001:2:0:2::/64')
  ip('-6', 'route', 'add', '2001:2::/48', 'via', '2001:2::2', 'dev', here)
}
