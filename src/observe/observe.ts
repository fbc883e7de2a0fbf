/** Observes all sources concurrently, each with its own deadline. */
import { setImmediate } from 'node:timers/promises'
import type { DesiredVm, PortMapping } from '../config/desired.ts'
import { readContext } from '../engine/context.ts'
import { readIfExists } from '../host/atomic-file.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { absent, type Observation, observedValue, present, unknown } from '../observation.ts'
import type { Control, SupervisorFacts } from '../supervisor/api/api.ts'
import { isAbsence } from '../supervisor/api/client.ts'
import { readState } from '../supervisor/process/recorded-requests.ts'
import { reading } from './deadline.ts'
import { readDisk } from './disk.ts'
import { observeGuest } from './guest.ts'
import { observeHost } from './host.ts'
import type { Observed, ObservedGuest, ObservedHost } from './observed.ts'
import { observeVm } from './vm.ts'

export interface ObserveInputs {
  paths: EnvironmentPaths
  /** Name of this environment's docker context. */
  contextName: string
  sysctlKeys: readonly string[]
  /** Rendered files of the guest. */
  filePaths: readonly string[]
  qemu: DesiredVm['qemu']
  /** Host folders of the shares. */
  shareSources: readonly string[]
  /** CPU architectures to emulate. */
  platforms: readonly string[]
  /** Whether the VM should have IPv6. */
  ipv6: boolean
  /** Paths of unix socket listeners. */
  socketPaths: readonly string[]
  /** Supervisor client, whether or not a supervisor is running. */
  control: Control
  accelerator: () => Promise<ObservedHost['accelerator']>
  image: () => Promise<Observation<string>>
}

const quickMs = 3_000
/** The client gives up earlier on one that is stopped. */
const supervisorMs = 15_000
/** The client itself times out earlier if the supervisor is stopped. */
const guestMs = 20_000

export async function observe(inputs: ObserveInputs): Promise<Observed> {
  const { paths } = inputs
  // Sent first, so that the VM responds while this process works.
  const asked = observeLive(inputs)
  await setImmediate()
  const [live, host, image, disk, context, confirmedDaemonJson] = await Promise.all([
    asked,
    observeHost(inputs.accelerator, paths.dataDisk, inputs.shareSources, inputs.socketPaths, inputs.qemu),
    reading(inputs.image, { what: 'guest image', deadlineMs: quickMs }),
    reading(() => readDisk(paths.dataDisk), {
      what: 'data disk',
      deadlineMs: quickMs,
      absentCodes: ['ENOENT'],
    }),
    reading(async () => orAbsent(await readContext(inputs.contextName)), {
      what: 'docker context',
      deadlineMs: quickMs,
    }),
    reading(async () => orAbsent(await readIfExists(paths.lastGoodDaemonJson)), {
      what: 'last good daemon.json',
      deadlineMs: quickMs,
    }),
  ])
  return { host, image, disk, context, confirmedDaemonJson, ...live }
}

const orAbsent = <T>(value: T | undefined): Observation<T> => (value === undefined ? absent : present(value))

type Live = Pick<Observed, 'supervisor' | 'recordedPorts' | 'vm' | 'guest' | 'engine' | 'containerNetworks'>

/** State held only by the supervisor, and its processes. */
async function observeLive({
  paths,
  sysctlKeys,
  filePaths,
  platforms,
  shareSources,
  ipv6,
  control,
}: ObserveInputs): Promise<Live> {
  const shares = shareSources.length > 0
  // Sent together: the supervisor rejects immediately if the guest is not up.
  const files = reading(() => observeGuest(control, { sysctlKeys, filePaths, platforms, shares, ipv6 }), {
    what: 'guest agent',
    deadlineMs: guestMs,
  })
  const supervisor = await reading(() => factsOf(control), { what: 'supervisor', deadlineMs: supervisorMs })
  const facts = observedValue(supervisor)
  const [vm, guest, recordedPorts] = await Promise.all([
    reading(() => observeVm(paths, supervisor), { what: 'VM', deadlineMs: quickMs }),
    guestOf(facts, files),
    facts === undefined ? portsOf(paths) : [],
  ])
  const live = { supervisor, recordedPorts, vm, containerNetworks: networksOf(facts) }
  const saved = observedValue(vm)?.saved
  if (saved?.state === 'present') return { ...live, guest: present(saved.value.guest), engine: absent }
  return { ...live, guest, engine: engineOf(facts) }
}

/** Absent if nothing listens on the socket; unknown if the supervisor does not respond. */
async function factsOf(control: Control): Promise<Observation<SupervisorFacts>> {
  try {
    return present(await control.facts())
  } catch (error) {
    if (isAbsence(error)) return absent
    throw error
  }
}

function networksOf(facts: SupervisorFacts | undefined): Observed['containerNetworks'] {
  if (facts?.engine.state !== 'up') return absent
  // A supervisor of an earlier version does not report them; it will be replaced.
  return present(facts.engine.networks ?? [])
}

/** An unreadable record prevents the supervisor from starting, and the supervisor reports it. */
async function portsOf({ supervisorState }: EnvironmentPaths): Promise<readonly PortMapping[]> {
  return readState(supervisorState).then(
    ({ ports }) => ports,
    () => [],
  )
}

async function guestOf(
  facts: SupervisorFacts | undefined,
  files: Promise<Observation<ObservedGuest>>,
): Promise<Observation<ObservedGuest>> {
  if (facts === undefined) return unknown('the supervisor does not answer')
  if (facts.vm.state === 'absent' || facts.vm.state === 'exited') return absent
  return files
}

function engineOf(facts: SupervisorFacts | undefined): Observed['engine'] {
  if (facts === undefined) return unknown('the supervisor does not answer')
  if (facts.vm.state === 'absent' || facts.vm.state === 'exited') return absent
  const { engine } = facts
  if (engine.state === 'down') return unknown(engine.reason)
  const { networks: _networks, ...up } = engine
  return present(up)
}
