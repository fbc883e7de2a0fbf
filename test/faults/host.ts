/** Faults on the host: processes, sockets, and files of the state and runtime directories. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
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

const unixPort = (host: TestHost): string => join(host.dir, 'app.sock')

/** Its connections see it before the next command does. */
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

const lastGeneration = async (host: TestHost): Promise<string> =>
  join(host.paths.generationsDir, (await readdir(host.paths.generationsDir)).sort().at(-1) ?? '')

export const hostFaults: readonly Fault[] = [
  {
    fault: 'a port mapping is closed by another client',
    make: told((supervisor) => supervisor.setPorts([])),
    seen: /ports\.tcp\/127\.0\.0\.1:\d+: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'there is a port mapping that the file has not',
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
    fault: 'a port mapping leads to another port of the VM',
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
    fault: 'the names of network.dns.hosts are gone',
    make: told((supervisor) => supervisor.setDns(dns)),
    seen: /network\.dns\.hosts/,
    repair: 'live',
  },
  {
    fault: 'names are asked of another server',
    make: told((supervisor) =>
      supervisor.setDns({ ...dns, upstreams: ['9.9.9.9'], hosts: { 'registry.test': '192.168.65.254' } }),
    ),
    seen: /network\.dns\.upstreams/,
    repair: 'live',
  },
  {
    fault: 'the cache of names has another size',
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
    fault: 'egress denies by default',
    make: told((supervisor) => supervisor.setEgress({ ...openEgress, default: 'deny' })),
    seen: /network\.egress\.default: deny/,
    repair: 'live',
  },
  {
    fault: 'egress has a rule that the file has not',
    make: told((supervisor) => supervisor.setEgress({ ...openEgress, rules: ['deny 10.0.0.0/8'] })),
    seen: /network\.egress\.rules/,
    repair: 'live',
  },
  {
    fault: 'ports of containers are not published',
    make: told((supervisor) => supervisor.setPublish({ containers: false, bind: '127.0.0.1' })),
    seen: /publish\.containers: false/,
    repair: 'live',
  },
  {
    fault: 'ports of containers are published on all addresses',
    make: told((supervisor) => supervisor.setPublish({ containers: true, bind: '0.0.0.0' })),
    seen: /publish\.bind: 0\.0\.0\.0/,
    repair: 'live',
  },
  {
    fault: 'docker.sock is served at another path',
    make: async (host) =>
      told((supervisor) => supervisor.setEngineSocket(join(host.dir, 'other.sock')))(host),
    seen: /engine\.socket: .*other\.sock/,
    repair: 'live',
  },
  {
    fault: 'the supervisor is killed',
    make: killSupervisor,
    seen: /supervisor: not running/,
    // The guest cannot be looked at without one: its daemon.json is compared, and reloaded if it differs.
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
  {
    fault: 'the folder of a share is removed',
    make: (host) => rm(join(host.dir, 'shared'), { recursive: true }),
    seen: /shares\[0\]\.source: .*shared does not exist/,
    repair: 'none',
    person: { does: 'makes the folder again', act: (host) => mkdir(join(host.dir, 'shared')) },
  },
  {
    fault: 'a file is in place of the folder of a share',
    make: async (host) => {
      await rm(join(host.dir, 'shared'), { recursive: true })
      await writeFile(join(host.dir, 'shared'), '')
    },
    seen: /shares\[0\]\.source: .*shared is a file/,
    repair: 'none',
    person: {
      does: 'puts the folder back',
      act: async (host) => {
        await rm(join(host.dir, 'shared'))
        await mkdir(join(host.dir, 'shared'))
      },
    },
  },
  {
    fault: 'the state folder is read-only',
    make: async ({ paths }: TestHost) => {
      execFileSync('mount', ['--bind', paths.stateDir, paths.stateDir])
      execFileSync('mount', ['-o', 'remount,ro,bind', paths.stateDir])
    },
    seen: /^state: .*the file system is read-only$/m,
    repair: 'none',
    needsRoot: true,
    person: {
      does: 'makes it writable again',
      act: async ({ paths }: TestHost) => void execFileSync('umount', [paths.stateDir]),
    },
  },
  {
    fault: 'the docker context is removed',
    make: (host) => rm(join(host.env.DOCKER_CONFIG ?? '', 'contexts'), { recursive: true }),
    seen: /engine\.context: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'the last good daemon.json is removed',
    make: (host) => unlink(host.paths.lastGoodDaemonJson),
    seen: /engine\.config: not confirmed/,
    repair: 'reload',
  },
  {
    fault: 'the last good daemon.json is damaged',
    make: damaged(({ paths }) => paths.lastGoodDaemonJson),
    seen: /engine\.config: not confirmed/,
    repair: 'reload',
  },
  {
    fault: 'the last good daemon.json says something else',
    make: (host) => writeFile(host.paths.lastGoodDaemonJson, '{"debug":false}'),
    seen: /engine\.config/,
    repair: 'restart-engine',
  },
  {
    fault: 'the journal of the last apply is damaged',
    make: damaged(({ paths }) => paths.journal),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the journal of the last apply is empty',
    make: (host) => writeFile(host.paths.journal, ''),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the journal of the last apply is removed',
    make: (host) => rm(host.paths.journal),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the last generation is damaged',
    make: async (host) => writeFile(await lastGeneration(host), '{'),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the last generation is removed',
    make: async (host) => unlink(await lastGeneration(host)),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'all generations are removed',
    make: (host) => rm(host.paths.generationsDir, { recursive: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the record of the last good VM is removed',
    make: (host) => rm(host.paths.lastGoodVm, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the metadata disk of the running VM is removed',
    make: (host) => rm(host.paths.metadataIso),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the supervisor's log is removed",
    make: (host) => rm(host.paths.supervisorLog),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the console log is removed',
    make: (host) => rm(host.paths.consoleLog, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the console's tty is removed",
    make: (host) => rm(host.paths.consoleTty, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the supervisor's pid file is removed",
    make: (host) => rm(host.paths.supervisorPid, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the folder of generations is readable for others',
    make: (host) => chmod(host.paths.generationsDir, 0o755).catch(() => {}),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the mode of a mapped unix socket is changed',
    make: (host) => chmod(unixPort(host), 0o777),
    seen: /mode|app\.sock/,
    repair: 'live',
  },
  {
    fault: 'the mode of docker.sock is changed',
    make: (host) => chmod(host.paths.sockets.docker, 0o777),
    seen: /mode|docker\.sock/,
    repair: 'live',
  },
  {
    fault: 'another file is in place of the record of a VM that could be returned to',
    make: async (host) => {
      await rename(host.paths.lastGoodVm, `${host.paths.lastGoodVm}.away`).catch(() => {})
      await writeFile(host.paths.lastGoodVm, '{}')
    },
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'docker.sock is removed',
    make: (host) => removedAndMadeAnew(host.paths.sockets.docker),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the socket of the supervisor is removed',
    make: (host) => removedAndMadeAnew(host.paths.sockets.control),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'a mapped unix socket is removed',
    make: (host) => removedAndMadeAnew(unixPort(host)),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the runtime directory is removed',
    make: async (host) => {
      await rm(host.paths.runtimeDir, { recursive: true })
      await until(async () => existsSync(host.paths.sockets.docker), { deadlineMs: 20_000 })
    },
    seen: undefined,
    repair: 'none',
  },
]

/** The supervisor sees it by itself. */
async function removedAndMadeAnew(path: string): Promise<void> {
  await unlink(path)
  await until(async () => existsSync(path), { deadlineMs: 20_000 })
}
