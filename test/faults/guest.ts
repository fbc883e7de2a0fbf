/** Faults in the VM that root there, or a program, can cause. */
import { until } from '../../src/host/until.ts'
import type { TestHost } from '../support/cli/host.ts'
import { control, type Fault, inGuest, removedInGuest, told } from './fault.ts'

const routes = (gateway: string): string =>
  `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t${gateway}\t0003\t0\t0\t0\t00000000\n`
const addresses = (address: string): string => `Main:\n  |-- ${address}\n     /32 host LOCAL\n`
const daemonJson = '/run/config/docker/daemon.json'
/** Keys set for this link MTU; without them, a restart would be needed. */
const mtuKeys =
  '"mtu":65520,"default-network-opts":{"bridge":{"com.docker.network.driver.mtu":"65520"},"overlay":{"com.docker.network.driver.mtu":"65470"}}'
const resolver = '/etc/resolv.conf'

/** Reported by an engine event. */
const networksAre =
  (count: number) =>
  (host: TestHost): Promise<unknown> =>
    until(
      async () => {
        const { engine } = await (await control(host)).facts()
        return engine.state === 'up' && engine.networks.length === count
      },
      { deadlineMs: 20_000 },
    )

export const guestFaults: readonly Fault[] = [
  {
    fault: "the VM's default route is deleted",
    make: inGuest('/proc/1/net/route', 'Iface\n'),
    seen: /guest default route: \(none\); should be 192\.168\.65\.1/,
    repair: 'live',
  },
  {
    fault: "the VM's default route points to the wrong gateway",
    make: inGuest('/proc/1/net/route', routes('FE41A8C0')),
    seen: /guest default route: 192\.168\.65\.254/,
    repair: 'live',
  },
  {
    fault: "the VM's address is deleted",
    make: inGuest('/proc/1/net/fib_trie', 'Main:\n'),
    seen: /guest address: \(none\)/,
    repair: 'live',
  },
  {
    fault: "the VM's address is wrong",
    make: inGuest('/proc/1/net/fib_trie', addresses('192.168.65.77')),
    seen: /guest address/,
    repair: 'live',
  },
  {
    fault: "the VM's IPv6 address is deleted",
    make: inGuest('/proc/1/net/if_inet6', `${'0'.repeat(31)}1 01 80 10 80       lo\n`),
    seen: /guest IPv6 address: \(none\); should be fd[\da-f:]+::3/,
    repair: 'live',
  },
  {
    fault: "the VM's IPv6 default route is deleted",
    make: inGuest('/proc/1/net/ipv6_route', ''),
    seen: /guest IPv6 default route: \(none\); should be fd[\da-f:]+::1/,
    repair: 'live',
  },
  {
    fault: 'the MTU of eth0 is changed',
    make: inGuest('/sys/class/net/eth0/mtu', '1280\n'),
    seen: /guest MTU: 1280; should be 65520/,
    repair: 'live',
  },
  {
    fault: 'resolv.conf lists a different resolver',
    make: inGuest(resolver, 'nameserver 9.9.9.9\n'),
    seen: /guest resolver: 9\.9\.9\.9/,
    repair: 'live',
  },
  {
    fault: 'resolv.conf lists an extra resolver',
    make: inGuest(resolver, 'nameserver 192.168.65.1\nnameserver 9.9.9.9\n'),
    seen: /guest resolver: 192\.168\.65\.1, 9\.9\.9\.9/,
    repair: 'live',
  },
  {
    fault: 'resolv.conf is empty',
    make: inGuest(resolver, ''),
    seen: /guest resolver: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'resolv.conf is removed',
    make: removedInGuest(resolver),
    seen: /guest resolver: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'docker0 is down',
    make: inGuest('/sys/class/net/docker0/flags', '0x1002\n'),
    seen: /guest interface docker0: down/,
    repair: 'live',
  },
  {
    fault: 'the NAT rules of containers are flushed',
    make: inGuest('/sys/module/xt_MASQUERADE/refcnt', '0\n'),
    seen: /engine NAT rules/,
    repair: 'restart-engine',
  },
  {
    fault: 'the filter rules of containers are flushed',
    make: inGuest('/sys/module/xt_conntrack/refcnt', '0\n'),
    seen: /engine filter rules/,
    repair: 'restart-engine',
  },
  {
    fault: "the VM's clock is years behind",
    make: inGuest('/fake/clock-offset-ms', String(-6 * 365 * 86_400_000)),
    seen: /guest clock: \d+ s behind/,
    repair: 'live',
  },
  {
    fault: "the VM's clock is an hour ahead",
    make: inGuest('/fake/clock-offset-ms', '3600000'),
    seen: /guest clock: 3[56]\d\d s ahead/,
    repair: 'live',
  },
  {
    fault: "the VM's clock is at the start of 1970",
    make: async (host) => inGuest('/fake/clock-offset-ms', String(1000 - Date.now()))(host),
    seen: /guest clock: \d+ s behind/,
    repair: 'live',
  },
  {
    fault: "the VM's clock is in the year 2100",
    make: async (host) => inGuest('/fake/clock-offset-ms', String(Date.UTC(2100, 0) - Date.now()))(host),
    seen: /guest clock: \d+ s ahead/,
    repair: 'live',
  },
  {
    fault: 'daemon.json is removed',
    make: removedInGuest(daemonJson),
    seen: /engine\.config\.debug/,
    repair: 'restart-engine',
  },
  {
    fault: 'daemon.json has a different value for a reloadable key',
    make: inGuest(daemonJson, `{"debug":false,"labels":["a=b"],"shutdown-timeout":20,${mtuKeys}}`),
    seen: /engine\.config\.debug: false; should be true/,
    repair: 'reload',
  },
  {
    fault: 'a reloadable key is missing from daemon.json',
    make: inGuest(daemonJson, `{"debug":true,"shutdown-timeout":20,${mtuKeys}}`),
    seen: /engine\.config\.labels/,
    repair: 'reload',
  },
  {
    fault: 'daemon.json has an extra key that needs a restart',
    make: inGuest(daemonJson, '{"debug":true,"labels":["a=b"],"shutdown-timeout":20,"cgroup-parent":"x"}'),
    seen: /engine\.config\.cgroup-parent: x/,
    repair: 'restart-engine',
  },
  {
    fault: 'daemon.json has an extra reloadable key',
    make: inGuest(
      daemonJson,
      `{"debug":true,"labels":["a=b"],"shutdown-timeout":20,"max-concurrent-downloads":1,${mtuKeys}}`,
    ),
    seen: /engine\.config\.max-concurrent-downloads/,
    repair: 'reload',
  },
  {
    fault: 'daemon.json is not JSON',
    make: inGuest(daemonJson, '{"debug": tr'),
    seen: /the file in the guest is not JSON/,
    repair: 'reload',
  },
  {
    fault: 'daemon.json is a list',
    make: inGuest(daemonJson, '[]'),
    seen: /the file in the guest is not a JSON object/,
    repair: 'reload',
  },
  {
    fault: 'a kernel parameter of guest.sysctl is changed',
    make: inGuest('/proc/sys/vm/max_map_count', '65530\n'),
    seen: /guest\.sysctl\.vm\.max_map_count: 65530/,
    repair: 'live',
  },
  {
    fault: 'a second kernel parameter of guest.sysctl is changed',
    make: inGuest('/proc/sys/net/core/somaxconn', '1\n'),
    seen: /guest\.sysctl\.net\.core\.somaxconn: 1/,
    repair: 'live',
  },
  {
    fault: "the VM's hostname file is edited",
    make: inGuest('/run/config/hostname', 'other\n'),
    seen: /guest file \/run\/config\/hostname: edited/,
    repair: 'live',
  },
  {
    fault: "the VM's hostname file is removed",
    make: removedInGuest('/run/config/hostname'),
    seen: /guest file \/run\/config\/hostname: \(none\)/,
    repair: 'live',
  },
  {
    fault: "the VM's file with the gateway address is edited",
    make: inGuest('/run/config/network/gateway', '10.0.0.1\n'),
    seen: /guest file \/run\/config\/network\/gateway: edited/,
    repair: 'live',
  },
  {
    fault: "the VM's file with the host address is edited",
    make: inGuest('/run/config/network/host', '10.0.0.2\n'),
    seen: /guest file \/run\/config\/network\/host: edited/,
    repair: 'live',
  },
  {
    fault: "a container network overlaps the VM's subnet",
    make: async (host) => {
      const office = { Name: 'office', IPAM: { Config: [{ Subnet: '192.168.65.0/24' }] } }
      await inGuest('/fake/networks', JSON.stringify([office]))(host)
      await networksAre(1)(host)
    },
    seen: /network\.subnet: the container network office \(192\.168\.65\.0\/24\) overlaps/,
    repair: 'none',
    person: {
      until: 'the network is removed',
      act: (host) => removedInGuest('/fake/networks')(host).then(() => networksAre(0)(host)),
    },
  },
  {
    fault: 'dockerd is killed in the VM',
    make: told((supervisor) => supervisor.guestExec(['killall', '-TERM', 'dockerd'])),
    seen: undefined,
    repair: 'none',
    restored: 'dockerd is restarted automatically',
  },
  {
    fault: 'default route, MTU and resolver of the VM are changed together',
    make: async (host) => {
      await inGuest('/proc/1/net/route', 'Iface\n')(host)
      await inGuest('/sys/class/net/eth0/mtu', '576\n')(host)
      await inGuest(resolver, '')(host)
    },
    seen: /guest MTU: 576/,
    repair: 'live',
  },
]
