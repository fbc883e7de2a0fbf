import { join } from 'node:path'
import { openEgress } from '../../src/config/egress-rule.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import type { TestHost } from '../support/cli/host.ts'
import { damaged, type Fault, told } from './fault.ts'

const otherPort = {
  id: 'stray',
  protocol: 'tcp',
  listen: { kind: 'inet', address: '127.0.0.1', port: 18_199 },
  guest: { address: '192.168.65.3', port: 80 },
} as const
const dns = {
  upstreams: ['system'],
  hosts: {},
  split: [],
  search: [],
  cache: { max: 10_000, minTtlSeconds: 0, maxTtlSeconds: 3600 },
}

/** Its connections notice before the next command does. */
async function killQemu(host: TestHost): Promise<void> {
  await host.kill('qemu')
  await until(
    async () => (await connectSupervisor(host.paths))?.facts().then(({ vm }) => vm.state === 'exited'),
    { deadlineMs: 20_000 },
  )
}

async function killSupervisor(host: TestHost): Promise<void> {
  await host.kill('supervisor')
}

export const runningFaults: readonly Fault[] = [
  {
    fault: 'a port mapping is closed by another client',
    make: told((supervisor) => supervisor.setPorts([])),
    seen: /ports\.tcp\/127\.0\.0\.1:\d+: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'there is a port mapping that desktop.yaml does not have',
    make: told(async (supervisor) =>
      supervisor.setPorts([
        ...(await supervisor.facts()).ports.filter(({ owner }) => owner === 'config'),
        otherPort,
      ]),
    ),
    seen: /ports\.stray: .*18199.*should be \(none\)/,
    repair: 'live',
  },
  {
    fault: 'a port mapping points to a different port of the VM',
    make: told(async (supervisor) =>
      supervisor.setPorts(
        (await supervisor.facts()).ports
          .filter(({ owner }) => owner === 'config')
          .map((port) => ({ ...port, guest: { ...port.guest, port: 81 } })),
      ),
    ),
    seen: /-> 192\.168\.65\.3:81; should be/,
    repair: 'live',
  },
  {
    fault: 'the names of network.dns.hosts are missing',
    make: told((supervisor) => supervisor.setDns(dns)),
    seen: /network\.dns\.hosts/,
    repair: 'live',
  },
  {
    fault: 'DNS queries go to a different upstream',
    make: told((supervisor) =>
      supervisor.setDns({ ...dns, upstreams: ['9.9.9.9'], hosts: { 'registry.test': '192.168.65.254' } }),
    ),
    seen: /network\.dns\.upstreams/,
    repair: 'live',
  },
  {
    fault: 'the DNS cache has a different size',
    make: told((supervisor) =>
      supervisor.setDns({
        ...dns,
        hosts: { 'registry.test': '192.168.65.254' },
        cache: { ...dns.cache, max: 1 },
      }),
    ),
    seen: /network\.dns\.cache\.max: 1/,
    repair: 'live',
  },
  {
    fault: 'the running egress default is deny, not allow as in desktop.yaml',
    make: told((supervisor) => supervisor.setEgress({ ...openEgress, default: 'deny' })),
    seen: /network\.egress\.default: deny/,
    repair: 'live',
  },
  {
    fault: 'egress has a rule that desktop.yaml does not have',
    make: told((supervisor) => supervisor.setEgress({ ...openEgress, rules: ['deny 10.0.0.0/8'] })),
    seen: /network\.egress\.rules/,
    repair: 'live',
  },
  {
    fault: 'publishing of container ports is off, unlike in desktop.yaml',
    make: told((supervisor) => supervisor.setPublish({ containers: false, bind: '127.0.0.1' })),
    seen: /publish\.containers: false/,
    repair: 'live',
  },
  {
    fault: 'container ports are published on all addresses, unlike in desktop.yaml',
    make: told((supervisor) => supervisor.setPublish({ containers: true, bind: '0.0.0.0' })),
    seen: /publish\.bind: 0\.0\.0\.0/,
    repair: 'live',
  },
  {
    fault: 'docker.sock is at the wrong path',
    make: async (host) =>
      told((supervisor) => supervisor.setEngineSocket(join(host.dir, 'other.sock')))(host),
    seen: /engine\.socket: .*other\.sock/,
    repair: 'live',
  },
  {
    fault: 'the supervisor is killed',
    make: killSupervisor,
    seen: /supervisor: not running/,
    // The guest cannot be inspected without a supervisor: its daemon.json is compared, and reloaded if it
    // differs.
    repair: 'reload',
  },
  {
    fault: 'the supervisor is stopped (SIGSTOP)',
    make: async (host) => {
      for (const { kind, pid } of await host.processes())
        if (kind === 'supervisor') process.kill(pid, 'SIGSTOP')
    },
    seen: /^supervisor: its process is stopped \(pid \d+\); should be running [^\n]*$/,
    repair: 'reload',
  },
  { fault: 'QEMU is killed', make: killQemu, seen: /vm: .*; should be running/, repair: 'live', ends: 'vm' },
  {
    fault: 'the supervisor and QEMU are killed',
    make: async (host) => {
      await host.kill('supervisor')
      await host.kill('qemu')
    },
    seen: /vm: not running; should be running/,
    repair: 'live',
    ends: 'vm',
  },
  {
    fault: 'the host is restarted',
    make: (host) => host.reboot(),
    seen: /vm: not running; should be running/,
    repair: 'live',
    ends: 'vm',
  },
  {
    fault: 'the supervisor is killed, and its supervisor.json is damaged',
    make: async (host) => {
      await host.kill('qemu')
      await host.kill('supervisor')
      await damaged(({ paths }) => paths.supervisorState)(host)
    },
    seen: /should be running/,
    repair: 'live',
    ends: 'vm',
  },
]
