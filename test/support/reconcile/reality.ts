/** Observed states for tests: in sync with a target, and different from it. */
import type { PortMapping } from '../../../src/config/desired.ts'
import type { PortStatus } from '../../../src/net/core/port-status.ts'
import { absent, present } from '../../../src/observation.ts'
import type { Observed, ObservedEngine, ObservedGuest, ObservedHost } from '../../../src/observe/observed.ts'
import type { Target } from '../../../src/reconcile/target.ts'
import type { SupervisorFacts } from '../../../src/supervisor/api/api.ts'
import type { VmStatus } from '../../../src/vm/spec.ts'
import { GiB } from './world.ts'

/** A host that refuses nothing. */
const roomy: ObservedHost['limits'] = {
  lowestPort: 1,
  addresses: [],
  memoryBytes: 1024 * GiB,
  socketPlaces: {},
}

export const listening = (port: PortMapping): PortStatus => ({
  ...port,
  owner: 'config',
  state: 'listening',
  flows: 0,
})

const engineUp: ObservedEngine = {
  state: 'up',
  apiVersion: '1.45',
  version: '26.1.5',
  info: {},
  running: ['web', 'db'],
}

type RunningVm = Extract<VmStatus, { pid: number }>

export function runningVm({ hashes, parts, desired }: Target): RunningVm {
  const shares = desired.shares.map(({ target }) => ({ target, served: true }))
  const { image = '', metadata = '', argv = '' } = hashes
  return {
    state: 'running',
    pid: 4242,
    startedAt: '2026-01-01T00:00:00.000Z',
    accelerator: 'tcg',
    hashes: { image, metadata, argv, parts },
    linkUp: true,
    agentUp: true,
    ...(shares.length === 0 ? {} : { shares }),
  }
}

export function factsOf(target: Target, vm: VmStatus): SupervisorFacts {
  const { desired } = target
  return {
    apiVersion: target.apiVersion,
    toolVersion: target.toolVersion,
    pid: 4141,
    startedAt: '2026-01-01T00:00:00.000Z',
    bootId: 'boot-1',
    rssBytes: 80e6,
    vm,
    network: desired.network,
    dns: desired.dns,
    egress: desired.egress,
    ports: desired.ports.map(listening),
    publish: desired.publish,
    ...(typeof desired.guest.sshAgent === 'string' && { sshAgent: { path: desired.guest.sshAgent } }),
    ...(Object.keys(desired.names).length > 1 && { names: { ...desired.names, failed: {} } }),
    engineSocket: target.dockerSocket,
    engine: { ...engineUp, networks: [] },
  }
}

/** Reality that is exactly as the target says. */
export function inSyncWith(target: Target): Observed {
  const { desired } = target
  const vm = runningVm(target)
  return {
    host: {
      bootId: 'boot-1',
      missingPackages: [],
      routes: [],
      accelerator: present({ accelerator: 'tcg', reason: '/dev/kvm does not exist' }),
      freeBytes: 100 * GiB,
      limits: roomy,
      listeners: present([]),
      shares: Object.fromEntries(desired.shares.map(({ source }) => [source, 'directory'])),
    },
    supervisor: present(factsOf(target, vm)),
    recordedPorts: [],
    vm: present({ vm, argv: present(target.argv ?? []) }),
    image: present(target.hashes.image ?? ''),
    disk: present({ virtualBytes: desired.vm.diskBytes, allocatedBytes: GiB, uuid: 'disk-1' }),
    guest: present({
      daemonJson: present(target.daemonJson.text),
      files: Object.fromEntries(
        Object.entries(target.guestFiles).map(([path, text]) => [path, present(text)]),
      ),
      sysctl: Object.fromEntries(
        Object.entries(desired.guest.sysctl).map(([key, value]) => [key, present(`${value}\n`)]),
      ),
      trusted: target.trusted === '' ? absent : present(target.trusted),
      swapBytes: present(desired.vm.swapBytes),
      platforms: present(desired.guest.platforms),
      shares: present(desired.shares.map((share) => share.target)),
    }),
    confirmedDaemonJson: present(target.daemonJson.text),
    engine: present(engineUp),
    containerNetworks: present([]),
    context: desired.engine.context ? present(`unix://${target.dockerSocket}`) : absent,
  }
}

/** A host on which nothing of desktop has ever run. */
export const bareHost: Observed = {
  host: {
    bootId: 'boot-1',
    missingPackages: ['qemu-system-x86', 'qemu-utils'],
    routes: [],
    accelerator: { state: 'unknown', reason: 'QEMU is not installed' },
    freeBytes: 100 * GiB,
    limits: roomy,
    listeners: present([]),
    shares: {},
  },
  supervisor: absent,
  recordedPorts: [],
  vm: absent,
  image: absent,
  disk: absent,
  guest: absent,
  engine: absent,
  containerNetworks: absent,
  confirmedDaemonJson: absent,
  context: absent,
}

/** Reality of a host that has run this environment before and whose VM is off. */
export function stoppedAfter(target: Target): Observed {
  const { host, image, disk, context } = inSyncWith(target)
  return { ...bareHost, host, image, disk, context }
}

/** Reality after `desktop stop` saved the machine that is described here. */
export function suspendedFrom(target: Target, { host, image, disk, context, guest }: Observed): Observed {
  const { image: built = '', metadata = '', argv = '' } = target.hashes
  const whole =
    guest.state === 'present' ? guest.value : { daemonJson: present(target.daemonJson.text), sysctl: {} }
  // Nobody looks at these as a machine is saved.
  const { files: _, shares: __, ...saved } = whole as ObservedGuest
  return {
    ...bareHost,
    host,
    image,
    disk,
    context,
    guest: present(saved),
    confirmedDaemonJson: present(target.daemonJson.text),
    vm: present({
      vm: {
        state: 'suspended',
        since: '2026-01-01T00:00:00.000Z',
        accelerator: 'tcg',
        hashes: { image: built, metadata, argv },
        bytes: 3e8,
        running: ['web', 'db'],
      },
      argv: present(target.argv ?? []),
      saved: present({ network: target.desired.network, guest: saved }),
    }),
  }
}
