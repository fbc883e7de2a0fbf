/** Random targets and realities: a file's values, and a world left by another file with parts broken. */
import fc from 'fast-check'
import type { Desired, JsonValue, PortMapping } from '../../src/config/desired.ts'
import type { Observed } from '../../src/observe/observed.ts'
import { absent, known, present, unknown } from '../../src/reading.ts'
import type { VmState } from '../../src/supervisor/api.ts'
import {
  aDesired,
  factsOf,
  GiB,
  inSyncWith,
  listening,
  mapping,
  runningVm,
  stoppedAfter,
  suspendedFrom,
  targetOf,
} from './world.ts'

const ports: fc.Arbitrary<PortMapping[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 5 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.integer({ min: 80, max: 82 }).map((guest) => mapping(`m${id}`, 9000 + id, guest)),
      ),
    ),
  )

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
    diskBytes: fc.constantFrom(10 * GiB, 20 * GiB, 40 * GiB),
    accelerator: fc.constantFrom('auto', 'tcg'),
    suspendOnStop: fc.boolean(),
  }),
  network: fc.constantFrom('192.168.65', '10.9.0').map((net) => ({
    subnet: `${net}.0/24`,
    gateway: `${net}.1`,
    address: `${net}.3`,
    host: `${net}.254`,
    mtu: 1500,
  })),
  dns: fc.record({
    upstreams: fc.subarray(['system', '10.0.0.53']),
    hosts: fc.dictionary(fc.constantFrom('a.test', 'b.test', '*.c.test'), fc.ipV4(), { maxKeys: 3 }),
    split: fc.constant([]),
    search: fc.subarray(['corp.example']),
    cache: fc.constant(aDesired.dns.cache),
  }),
  egress: fc.record({
    default: fc.constantFrom('allow', 'deny'),
    rules: fc.subarray(['deny 10.0.0.0/8', 'allow *.example.com:443', 'deny *:25/tcp']),
  }),
  ports,
  publish: fc.record({ containers: fc.boolean(), bind: fc.constantFrom('127.0.0.1', '0.0.0.0') }),
  engine: fc.record({
    daemon,
    socket: fc.constantFrom(undefined, '/run/other/docker.sock'),
    context: fc.boolean(),
  }),
  guest: fc.record({
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
  (world, file) => editedFile(world, file),
  (world, file) => startedByHand(world, file),
  (world, file) => vmIs(world, file, { state: 'exited', code: 1, signal: null, lastOutput: 'oops' }),
  (world, file) => vmIs(world, file, { ...runningVm(targetOf(file)), state: 'paused' }),
  (world, file) => suspendedFrom(targetOf(file), world),
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

function editedFile(world: Observed, file: Desired): Observed {
  const guest = known(world.guest) ?? { daemonJson: absent, sysctl: {} }
  const path = Object.keys(targetOf(file).guestFiles)[0] ?? ''
  return { ...world, guest: present({ ...guest, files: { [path]: present('edited') } }) }
}

/** QEMU with other arguments than the supervisor thinks. */
function startedByHand(world: Observed, file: Desired): Observed {
  const target = targetOf(file)
  const argv = present([...(target.argv ?? []), '-device', 'vmgenid'])
  return { ...world, vm: present({ vm: runningVm(target), argv }) }
}

function vmIs(world: Observed, file: Desired, vm: VmState): Observed {
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
