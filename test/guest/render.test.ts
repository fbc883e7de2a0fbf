import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Desired } from '../../src/config/desired.ts'
import { bootMetadataDigest, renderGuest } from '../../src/guest/render.ts'

const desired: Desired = {
  name: 'dev',
  vm: { cpus: 2, memoryBytes: 2 ** 31, diskBytes: 2 ** 34, accelerator: 'auto', suspendOnStop: true },
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
  ports: [],
  publish: { containers: true, bind: '127.0.0.1' },
  engine: { daemon: { debug: false, labels: ['a="ü"\n{{ x }}'] }, socket: undefined, context: false },
  guest: { sysctl: { 'vm.swappiness': '10', 'kernel.pid_max': '4194304' } },
}

test('daemon.json is exactly the configuration, whatever it holds', () => {
  const { daemonJson, metadata } = renderGuest(desired)
  expect(JSON.parse(daemonJson)).toEqual(desired.engine.daemon)
  expect(metadata).toMatchObject({
    docker: { entries: { 'daemon.json': { perm: '0644', content: daemonJson } } },
  })
})

test('the LinuxKit YAML holds nothing of the user', () => {
  const other = {
    ...desired,
    name: 'other',
    guest: { sysctl: {} },
    engine: { ...desired.engine, daemon: {} },
  }
  expect(renderGuest(other).linuxkitYaml).toBe(renderGuest(desired).linuxkitYaml)
})

test('the engine runs as the tour shows it, and names follow LinuxKit', () => {
  const yaml = parse(renderGuest(desired).linuxkitYaml) as Record<
    string,
    { name: string; command: string[] }[]
  >
  expect(yaml.onboot?.map((one) => one.name)).toEqual(['metadata', 'sysctl', 'format', 'mount', 'dhcpcd'])
  const docker = yaml.services?.find((one) => one.name === 'docker')
  expect(docker?.command.join(' ')).toContain(
    '--config-file /run/config/docker/daemon.json --swarm-default-advertise-addr=eth0',
  )
})

test('sysctls are sorted lines in the metadata', () => {
  expect(renderGuest(desired).metadata).toMatchObject({
    sysctl: { entries: { 'desktop.conf': { content: 'kernel.pid_max = 4194304\nvm.swappiness = 10\n' } } },
  })
})

test('what is changed in a running guest does not ask for a boot; names and addresses do', () => {
  const digest = (changed: Partial<Desired>) =>
    bootMetadataDigest(renderGuest({ ...desired, ...changed }).metadata)
  const same = digest({})
  expect(digest({ engine: { ...desired.engine, daemon: { debug: true } } })).toBe(same)
  expect(digest({ guest: { sysctl: {} } })).toBe(same)
  expect(digest({ name: 'other' })).not.toBe(same)
  expect(digest({ network: { ...desired.network, gateway: '192.168.65.2' } })).not.toBe(same)
})
