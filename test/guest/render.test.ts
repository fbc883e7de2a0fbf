import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Desired } from '../../src/config/desired.ts'
import { ipv6Settings } from '../../src/config/ipv6-network.ts'
import { bootMetadataDigest, renderGuest } from '../../src/guest/render.ts'

const desired: Desired = {
  name: 'dev',
  vm: {
    cpus: 2,
    memoryBytes: 2 ** 31,
    swapBytes: 0,
    diskBytes: 2 ** 34,
    accelerator: 'auto',
    aslr: 'auto',
    qemu: 'host',
    suspendOnStop: true,
  },
  network: {
    subnet: '192.168.65.0/24',
    gateway: '192.168.65.1',
    address: '192.168.65.3',
    host: '192.168.65.254',
    mtu: 1500,
  },
  dns: {
    upstreams: ['system'],
    hosts: {},
    split: [],
    search: [],
    cache: { max: 10, minTtlSeconds: 0, maxTtlSeconds: 60 },
  },
  egress: { default: 'allow', rules: [] },
  ports: [],
  history: { keep: 50, maxAgeSeconds: undefined },
  publish: { containers: true, bind: '127.0.0.1' },
  names: { domain: 'dev.localhost' },
  engine: {
    daemon: { debug: false, labels: ['a="ü"\n{{ x }}'] },
    trustedCertificates: [],
    socket: undefined,
    context: false,
  },
  shares: [],
  guest: {
    sysctl: { 'vm.swappiness': '10', 'kernel.pid_max': '4194304' },
    sshAgent: false,
    platforms: [],
    builder: 'desktop',
    services: [],
    files: [],
  },
}

test('daemon.json is exactly the configuration, whatever it holds', async () => {
  const { daemonJson, metadata } = await renderGuest(desired)
  expect(JSON.parse(daemonJson)).toEqual(desired.engine.daemon)
  expect(metadata).toMatchObject({
    docker: { entries: { 'daemon.json': { perm: '0644', content: daemonJson } } },
  })
})

test('with IPv6 the VM gets its address, without it nothing', async () => {
  const ipv6 = ipv6Settings('fd12:3456:789a::/64')
  const { metadata } = await renderGuest({ ...desired, network: { ...desired.network, ipv6 } })
  expect(metadata).toMatchObject({ network: { entries: { ipv6: { content: 'fd12:3456:789a::3/64\n' } } } })
  expect((await renderGuest(desired)).metadata).not.toHaveProperty('network.entries.ipv6')
})

test('the LinuxKit YAML holds nothing of the user', async () => {
  const other = {
    ...desired,
    name: 'other',
    guest: { ...desired.guest, sysctl: {} },
    engine: { ...desired.engine, daemon: {} },
  }
  expect((await renderGuest(other)).linuxkitYaml).toBe((await renderGuest(desired)).linuxkitYaml)
})

test('the engine runs as the tour shows it, and names follow LinuxKit', async () => {
  const yaml = parse((await renderGuest(desired)).linuxkitYaml) as Record<
    string,
    { name: string; command: string[] }[]
  >
  expect(yaml.onboot?.map((one) => one.name)).toEqual(['metadata', 'sysctl', 'format', 'mount', 'dhcpcd'])
  const docker = yaml.services?.find((one) => one.name === 'docker')
  expect(docker?.command.join(' ')).toContain(
    '--config-file /run/config/docker/daemon.json --swarm-default-advertise-addr=eth0',
  )
})

test('sysctls are sorted lines in the metadata', async () => {
  expect((await renderGuest(desired)).metadata).toMatchObject({
    sysctl: { entries: { 'desktop.conf': { content: 'kernel.pid_max = 4194304\nvm.swappiness = 10\n' } } },
  })
})

test('changes that a running guest takes do not cause a boot; names and addresses do', async () => {
  const digest = async (changed: Partial<Desired>) =>
    bootMetadataDigest((await renderGuest({ ...desired, ...changed })).metadata)
  const same = await digest({})
  expect(await digest({ engine: { ...desired.engine, daemon: { debug: true } } })).toBe(same)
  expect(await digest({ guest: { ...desired.guest, sysctl: {} } })).toBe(same)
  expect(await digest({ name: 'other' })).not.toBe(same)
  expect(await digest({ network: { ...desired.network, gateway: '192.168.65.2' } })).not.toBe(same)
})
