/** The environment as it is: one document, and its text. */
import { type InsideSpace, isFull } from '../../apply/disk-space.ts'
import type { Environment } from '../../apply/environment.ts'
import { formatBytes } from '../../config/units.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { PortState } from '../../net/ports/port-state.ts'
import type { Observed } from '../../observe/observed.ts'
import type { ServiceState } from '../../observe/services.ts'
import { known, type Reading } from '../../reading.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import { listenText } from '../../reconcile/resources/ports.ts'
import type { ShareState, VmState } from '../../vm/spec.ts'
import type { Output } from '../output.ts'

/** What a person calls the whole; `degraded` = the VM runs and something in it does not. */
export type EnvironmentState =
  | 'absent'
  | 'stopped'
  | 'suspended'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'unknown'

export interface StatusDocument {
  format: 'desktop-status/1'
  environment: string
  environmentId: string | null
  state: EnvironmentState
  files: readonly string[]
  dockerHost: string
  paths: EnvironmentPaths
  supervisor: Reading<{ pid: number; version: string; startedAt: string; rssBytes: number }>
  vm: VmState | { state: 'unknown'; reason: string }
  /** Why this accelerator is used. */
  accelerator: Observed['host']['accelerator']
  engine: Reading<{ version: string; running: readonly string[] }>
  /** Of the VM; absent while it does not run. */
  services: Reading<readonly ServiceState[]>
  disk: Observed['disk']
  /** The file system on it; absent while the VM does not run. */
  inside: Reading<InsideSpace>
  image: Observed['image']
  context: Observed['context']
  ports: readonly PortState[]
}

/** What only the running guest can tell. */
export type InsideStatus = Pick<StatusDocument, 'inside' | 'services'>

export function statusDocument(
  environment: Environment,
  observed: Observed,
  { inside, services }: InsideStatus,
): StatusDocument {
  const { supervisor, vm, engine } = observed
  const isFaulty = crashing(services).length > 0 || unserved(known(vm)?.vm).length > 0
  return {
    format: 'desktop-status/1',
    environment: environment.desired.name,
    environmentId: environment.record?.id ?? null,
    state: isFaulty ? 'degraded' : stateOf(environment, observed),
    files: environment.files,
    dockerHost: dockerHost(environment.dockerSocket),
    paths: environment.paths,
    supervisor: map(supervisor, ({ pid, toolVersion, startedAt, rssBytes }) => ({
      pid,
      version: toolVersion,
      startedAt,
      rssBytes,
    })),
    vm: vm.state === 'present' ? vm.value.vm : vm,
    accelerator: observed.host.accelerator,
    engine: map(engine, ({ version, running }) => ({ version, running })),
    services,
    disk: observed.disk,
    inside,
    image: observed.image,
    context: observed.context,
    ports: known(supervisor)?.ports ?? [],
  }
}

const crashing = (services: StatusDocument['services']): ServiceState[] =>
  (known(services) ?? []).filter(({ crashLoop }) => crashLoop)

const sharesOf = (vm: StatusDocument['vm'] | undefined): readonly ShareState[] =>
  vm !== undefined && 'shares' in vm ? (vm.shares ?? []) : []

const unserved = (vm: StatusDocument['vm'] | undefined): ShareState[] =>
  sharesOf(vm).filter(({ served }) => !served)

function map<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.state === 'present' ? { state: 'present', value: change(reading.value) } : reading
}

function stateOf({ record }: Environment, { vm, engine }: Observed): EnvironmentState {
  if (vm.state === 'unknown') return 'unknown'
  const state = known(vm)?.vm.state ?? 'absent'
  switch (state) {
    case 'absent':
    case 'exited':
      return record === undefined ? 'absent' : 'stopped'
    case 'suspended':
      return 'suspended'
    case 'starting':
      return 'starting'
    case 'running':
      return engine.state === 'present' ? 'running' : 'degraded'
    case 'paused':
    case 'stalled':
    case 'mute':
    case 'stopping':
      return 'degraded'
  }
}

export function statusView(status: StatusDocument, { style }: Pick<Output, 'style'>): string {
  const failed = status.ports.filter((port) => port.state === 'failed')
  const rows: [string, string][] = [
    ['supervisor', text(status.supervisor, (s) => `pid ${s.pid}, ${s.version}, ${megabytes(s.rssBytes)}`)],
    ['vm', vmText(status.vm)],
    ['accelerator', text(status.accelerator, (a) => [a.accelerator, a.reason].filter(Boolean).join(': '))],
    ['engine', text(status.engine, (e) => `${e.version}, containers: ${e.running.join(', ') || 'none'}`)],
    ['services', text(status.services, servicesText)],
    ...crashing(status.services).flatMap(crashRows),
    ...shareRows(status.vm),
    ['docker.sock', status.dockerHost.replace('unix://', '')],
    ['context', text(status.context, (endpoint) => endpoint)],
    ['data disk', text(status.disk, (d) => `${status.paths.dataDisk}  ${diskText(d)}`)],
    ...(status.inside.state === 'present' ? [['', insideText(status.inside.value)] as [string, string]] : []),
    ['image', text(status.image, (digest) => digest)],
    ['ports', `${status.ports.length - failed.length} listening, ${failed.length} failed`],
    ...failed.map((port): [string, string] => ['', `${listenText(port)}: ${port.error ?? 'not listening'}`]),
    ['console', consoleText(status)],
    ['console log', status.paths.consoleLog],
    ['state', status.paths.stateDir],
  ]
  const colour = {
    running: 'green',
    starting: 'yellow',
    stopped: 'dim',
    suspended: 'cyan',
    absent: 'dim',
    degraded: 'red',
    unknown: 'red',
  } as const
  const head = `${style('bold', status.environment)}  ${style(colour[status.state], status.state)}`
  return [head, ...rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`)]
    .map((line) => `${line}\n`)
    .join('')
}

function text<T>(reading: Reading<T>, show: (value: T) => string): string {
  switch (reading.state) {
    case 'present':
      return show(reading.value)
    case 'absent':
      return '-'
    case 'unknown':
      return `unknown: ${reading.reason}`
  }
}

/** The path is there as long as a supervisor is. */
const consoleText = ({ supervisor, paths }: StatusDocument): string =>
  supervisor.state === 'present' ? `screen ${paths.consoleTty}` : '-'

/** Those that ended are counted; `name (2 restarts)`. */
function servicesText(services: readonly ServiceState[]): string {
  const running = services.filter(({ state }) => state === 'running').length
  const ended = services
    .filter(({ ends }) => ends > 0)
    .map(({ name, ends }) => `${name} (${ends} ${ends === 1 ? 'restart' : 'restarts'})`)
  return [`${running} of ${services.length} running`, ...ended].join(', ')
}

const crashRows = ({ name, exitCode, log }: ServiceState): [string, string][] => [
  ['', `${name} keeps ending, last with code ${exitCode}; \`desktop logs ${name}\` has all of:`],
  ...log.map((line): [string, string] => ['', `  ${line}`]),
]

function shareRows(vm: StatusDocument['vm']): [string, string][] {
  const [shares, gone] = [sharesOf(vm), unserved(vm)]
  if (shares.length === 0) return []
  return [
    ['shares', `${shares.length - gone.length} of ${shares.length} served`],
    ...gone.map(({ target }): [string, string] => [
      '',
      `the server of ${target} has ended, and what uses it in the VM waits; \`desktop apply\` restarts the VM with it`,
    ]),
  ]
}

function vmText(vm: StatusDocument['vm']): string {
  switch (vm.state) {
    case 'absent':
      return 'not running'
    case 'unknown':
      return `unknown: ${vm.reason}`
    case 'exited':
      return `exited (${vm.signal ?? vm.code ?? 'nobody saw how'})`
    case 'stalled':
      return `waits, pid ${vm.pid}: this host's disk is full; make room, and it goes on by itself`
    case 'suspended': {
      const containers = vm.running.length === 0 ? 'none' : vm.running.join(', ')
      return `suspended since ${vm.since}, ${megabytes(vm.bytes)}, containers: ${containers}`
    }
    default:
      return `${vm.state}, pid ${vm.pid}, ${vm.accelerator}, since ${vm.startedAt}`
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

function insideText(inside: InsideSpace): string {
  const { totalBytes, usedBytes, availableBytes } = inside
  const share = Math.round((100 * usedBytes) / totalBytes)
  const text = `inside: ${megabytes(usedBytes)} used (${share} %), ${megabytes(availableBytes)} available`
  const advice = 'it is full, and what containers write is lost: remove something, or make vm.disk larger'
  return isFull(inside) ? `${text}; ${advice}` : text
}

const diskText = ({
  virtualBytes,
  allocatedBytes,
}: {
  virtualBytes: number
  allocatedBytes: number
}): string => `${formatBytes(virtualBytes)}, ${megabytes(allocatedBytes)} used on the host`
