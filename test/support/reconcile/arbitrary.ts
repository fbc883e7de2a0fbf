/** Random targets and realities: a file's values, and a world left by another file with parts broken. */
import fc from 'fast-check'
import type { Desired, JsonValue, PortMapping, Share } from '../../../src/config/desired.ts'
import { ipv6Settings } from '../../../src/config/ipv6-network.ts'
import { absent, observedValue, present, unknown } from '../../../src/observation.ts'
import type { Observed, ObservedGuest } from '../../../src/observe/observed.ts'
import type { VmStatus } from '../../../src/vm/spec.ts'
import { factsOf, inSyncWith, listening, runningVm, stoppedAfter, suspendedFrom } from './reality.ts'
import { GiB, mapping, targetOf } from './world.ts'

/** The same id may be another kind of listener in another file. */
const mappingWith = (id: number): fc.Arbitrary<PortMapping> =>
  fc
    .record({
      guest: fc.integer({ min: 80, max: 82 }),
      kind: fc.constantFrom('tcp', 'udp', 'v6', 'unix'),
      mode: fc.constantFrom(0o600, 0o660),
    })
    .map(({ guest, kind, mode }): PortMapping => {
      const plain = mapping(`m${id}`, 9000 + id, guest)
      if (kind === 'udp') return { ...plain, protocol: 'udp' }
      if (kind === 'v6') return { ...plain, listen: { kind: 'inet', address: '::1', port: 9000 + id } }
      return kind === 'unix' ? { ...plain, listen: { kind: 'unix', path: `/run/m${id}`, mode } } : plain
    })

const ports: fc.Arbitrary<PortMapping[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 5 })
  .chain((ids) => fc.tuple(...ids.map(mappingWith)))

const daemon: fc.Arbitrary<Record<string, JsonValue>> = fc.record(
  {
    debug: fc.boolean(),
    labels: fc.array(fc.constantFrom('a=1', 'b=2'), { maxLength: 2 }),
    'live-restore': fc.boolean(),
    'registry-mirrors': fc.array(fc.constantFrom('https://mirror.test/'), { maxLength: 1 }),
    'default-shm-size': fc.constantFrom('64M', '128M'),
    runtimes: fc.constantFrom<JsonValue>({}, { crun: { path: '/usr/bin/crun' } }),
  },
  { requiredKeys: [] },
)

export const desired: fc.Arbitrary<Desired> = fc.record({
  name: fc.constant('dev'),
  vm: fc.record({
    cpus: fc.integer({ min: 1, max: 4 }),
    memoryBytes: fc.constantFrom(GiB, 2 * GiB),
    swapBytes: fc.constantFrom(0, GiB, 2 * GiB),
    diskBytes: fc.constantFrom(10 * GiB, 20 * GiB, 40 * GiB),
    accelerator: fc.constantFrom('auto', 'tcg'),
    aslr: fc.constantFrom('auto', 'always'),
    qemu: fc.constantFrom('host', 'debian'),
    suspendOnStop: fc.boolean(),
  }),
  network: fc.tuple(fc.constantFrom('192.168.65', '10.9.0'), fc.boolean()).map(([net, hasIpv6]) => ({
    subnet: `${net}.0/24`,
    gateway: `${net}.1`,
    address: `${net}.3`,
    host: `${net}.254`,
    mtu: net === '10.9.0' ? 1500 : 65_520,
    ...(hasIpv6 ? { ipv6: ipv6Settings('fd12:3456:789a::/64') } : {}),
  })),
  dns: fc.record({
    upstreams: fc.subarray(['system', '10.0.0.53']),
    hosts: fc.dictionary(fc.constantFrom('a.test', 'b.test', '*.c.test'), fc.ipV4(), { maxKeys: 3 }),
    split: fc.subarray([{ domain: 'corp.example', servers: ['10.0.0.53'] }]),
    search: fc.subarray(['corp.example']),
    cache: fc.record({
      max: fc.constantFrom(10, 10_000),
      minTtlSeconds: fc.constantFrom(0, 5),
      maxTtlSeconds: fc.constantFrom(60, 3_600),
    }),
  }),
  egress: fc.record({
    default: fc.constantFrom('allow', 'deny'),
    rules: fc.subarray(['deny 10.0.0.0/8', 'allow *.example.com:443', 'deny *:25/tcp']),
  }),
  ports,
  history: fc.constant({ keep: 50, maxAgeSeconds: undefined }),
  names: fc.record(
    { domain: fc.constant('dev.localhost'), http: fc.constantFrom(80, 8080), https: fc.constant(8443) },
    { requiredKeys: ['domain'] },
  ),
  publish: fc.record({ containers: fc.boolean(), bind: fc.constantFrom('127.0.0.1', '0.0.0.0') }),
  engine: fc.record({
    daemon,
    trustedCertificates: fc.subarray(['certificate 1\n', 'certificate 2\n']),
    socket: fc.constantFrom(undefined, '/run/other/docker.sock'),
    context: fc.boolean(),
  }),
  shares: fc.subarray<Share>([
    { source: '/home/a/shop', target: '/work', writable: true, events: true },
    { source: '/srv/data', target: '/data', writable: false, events: true },
  ]),
  guest: fc.record({
    platforms: fc.subarray(['arm64', 'riscv64'] as const),
    sshAgent: fc.constantFrom(false, '/run/user/1/agent', '/run/user/1/other'),
    builder: fc.constantFrom('desktop' as const, 'linuxkit' as const),
    services: fc.constant([]),
    files: fc.constant([]),
    sysctl: fc.dictionary(
      fc.constantFrom('vm.swappiness', 'kernel.pid_max'),
      fc.nat({ max: 9 }).map(String),
      {
        maxKeys: 2,
      },
    ),
  }),
})

/** What may have happened to a world that was in sync with its file. */
const damages: readonly ((world: Observed, file: Desired) => Observed)[] = [
  (world) => world,
  (_world, file) => stoppedAfter(targetOf(file)),
  (world) => ({ ...world, disk: absent, vm: absent, guest: absent, engine: absent }),
  (world) => ({ ...world, image: absent }),
  (world) => ({ ...world, host: { ...world.host, missingPackages: ['qemu-system-x86'] } }),
  (world) => ({
    ...world,
    recordedPorts: [mapping('m1', 9001), mapping('old', 7778)],
    supervisor: absent,
    guest: unknown('no supervisor'),
    engine: unknown('no supervisor'),
  }),
  (world) => ({
    ...world,
    supervisor: unknown('it hangs'),
    guest: unknown('it hangs'),
    engine: unknown('it hangs'),
  }),
  (world) => ({ ...world, engine: unknown('it does not answer') }),
  (world) => ({ ...world, guest: unknown('the agent is not up') }),
  (world) => ({ ...world, confirmedDaemonJson: absent }),
  (world) => ({ ...world, guest: present({ daemonJson: present('{'), sysctl: {} }) }),
  (world) => guestWith(world, { swapBytes: present(0), shares: present([]) }),
  (world) => guestWith(world, { swapBytes: present(3 * GiB), shares: unknown('no /proc') }),
  (world, file) => editedFile(world, file),
  (world, file) => startedByHand(world, file),
  (world, file) => vmIs(world, file, { state: 'exited', code: 1, signal: null, lastOutput: 'oops' }),
  (world, file) => vmIs(world, file, { ...runningVm(targetOf(file)), state: 'paused' }),
  (world, file) => vmIs(world, file, { state: 'exited', code: null, signal: 'SIGKILL', lastOutput: '' }),
  (world, file) => vmIs(world, file, { ...runningVm(targetOf(file)), state: 'mute' }),
  (world, file) => withoutServers(world, file),
  (world, file) => suspendedFrom(targetOf(file), world),
  // What no operation changes is no obstacle to those that others need.
  (world) => ({
    ...world,
    containerNetworks: present([{ name: 'shop', subnets: ['192.168.65.0/25', '10.9.0.0/24'] }]),
    host: { ...world.host, routes: [{ network: '192.168.65.0/24', interface: 'tun0' }] },
  }),
  (world) => ({
    ...world,
    disk: present({ virtualBytes: 20 * GiB, allocatedBytes: 0, uuid: 'someone-elses' }),
  }),
  (world, file) => toldByHand(world, file),
  (world, file) => ({
    ...world,
    supervisor: present({
      ...factsOf(targetOf(file), runningVm(targetOf(file))),
      toolVersion: '0.0.1',
      ports: [
        listening(mapping('stray', 7777)),
        { ...listening(mapping('m1', 9001)), state: 'failed' as const },
      ],
    }),
  }),
]

function guestWith(world: Observed, change: Partial<ObservedGuest>): Observed {
  const guest = observedValue(world.guest)
  return guest === undefined ? world : { ...world, guest: present({ ...guest, ...change }) }
}

function editedFile(world: Observed, file: Desired): Observed {
  // The record of a suspended guest has no files.
  if (observedValue(world.vm)?.vm.state === 'suspended') return world
  const guest = observedValue(world.guest) ?? { daemonJson: absent, sysctl: {} }
  const path = Object.keys(targetOf(file).guestFiles)[0] ?? ''
  return { ...world, guest: present({ ...guest, files: { [path]: present('edited') } }) }
}

/** Someone called the supervisor's API. */
function toldByHand(world: Observed, file: Desired): Observed {
  const facts = observedValue(world.supervisor)
  if (facts === undefined) return world
  const dns = { ...file.dns, hosts: { ...file.dns.hosts, 'by-hand.test': '10.0.0.9' } }
  const ports = [...facts.ports.slice(1), listening(mapping('by-hand', 9_999))]
  return { ...world, supervisor: present({ ...facts, dns, ports }) }
}

/** QEMU with other arguments than the supervisor thinks. */
function startedByHand(world: Observed, file: Desired): Observed {
  const target = targetOf(file)
  const argv = present([...(target.argv ?? []), '-device', 'vmgenid'])
  return { ...world, vm: present({ vm: runningVm(target), argv }) }
}

/** All servers of shares have ended. */
function withoutServers(world: Observed, file: Desired): Observed {
  const target = targetOf(file)
  const vm: VmStatus = {
    ...runningVm(target),
    shares: file.shares.map((share) => ({ target: share.target, served: false })),
  }
  return {
    ...world,
    supervisor: present(factsOf(target, vm)),
    vm: present({ vm, argv: present(target.argv ?? []) }),
  }
}

function vmIs(world: Observed, file: Desired, vm: VmStatus): Observed {
  return {
    ...world,
    supervisor: present(factsOf(targetOf(file), vm)),
    vm: present({ vm, argv: absent }),
    guest: absent,
    engine: absent,
  }
}

/** A world that another file was applied to and that something happened to since. */
export const observed: fc.Arbitrary<Observed> = fc
  .tuple(desired, fc.array(fc.constantFrom(...damages), { minLength: 1, maxLength: 2 }))
  .map(([file, happened]) =>
    happened.reduce((world, damage) => damage(world, file), inSyncWith(targetOf(file))),
  )
