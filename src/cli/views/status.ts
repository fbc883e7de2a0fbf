/** The current state of the environment as text. */
import { type InsideSpace, isFull } from '../../apply/environment/disk-space.ts'
import { formatBytes } from '../../config/units.ts'
import { oneLine } from '../../escape.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { observedValue } from '../../observation.ts'
import type { GuestMemory } from '../../observe/guest-memory.ts'
import type { ServiceState } from '../../observe/services.ts'
import { listenText } from '../../reconcile/resources/ports.ts'
import type { Output } from '../output.ts'
import { megabytes, textOf } from './observations.ts'
import { stateColours } from './state-colours.ts'
import { crashing, type StatusDocument, sharesOf, unserved } from './status-document.ts'

export function statusView(status: StatusDocument, { style }: Pick<Output, 'style'>): string {
  const { host, paths } = status
  const failed = status.ports.filter((port) => port.state === 'failed')
  const rows: [string, string][] = [
    ...(host === undefined ? [] : [['host', host] as [string, string]]),
    ['supervisor', textOf(status.supervisor, (s) => `pid ${s.pid}, ${s.version}, ${megabytes(s.rssBytes)}`)],
    ['vm', vmText(status.vm)],
    ['accelerator', textOf(status.accelerator, (a) => [a.accelerator, a.reason].filter(Boolean).join(': '))],
    ['engine', textOf(status.engine, (e) => `${e.version}, containers: ${e.running.join(', ') || 'none'}`)],
    ...unpublishedRows(status.engine),
    ...memoryRows(status),
    ['services', textOf(status.services, servicesText)],
    ...crashing(status.services).flatMap(crashRows),
    ...shareRows(status.vm),
    ['docker.sock', status.dockerHost.replace('unix://', '')],
    ['context', textOf(status.context, (endpoint) => endpoint)],
    [
      'data disk',
      textOf(status.disk, (d) => `${paths === undefined ? '' : `${paths.dataDisk}  `}${diskText(d)}`),
    ],
    ...(status.inside.state === 'present' ? [['', insideText(status.inside.value)] as [string, string]] : []),
    ['image', textOf(status.image, (digest) => digest)],
    ['ports', `${status.ports.length - failed.length} listening, ${failed.length} failed`],
    ...failed.map((port): [string, string] => ['', `${listenText(port)}: ${port.error ?? 'not listening'}`]),
    ...nameRows(status.names),
    ...sshAgentRows(status.sshAgent),
    ...driftRows(status.drift),
    ['console', consoleText(status)],
    ...(paths === undefined ? [] : pathRows(paths)),
  ]
  const head = `${style('bold', status.environment)}  ${style(stateColours[status.state], status.state)}`
  return [head, ...rows.map(([name, value]) => `  ${name.padEnd(12)}${oneLine(value)}`)]
    .map((line) => `${line}\n`)
    .join('')
}

const pathRows = ({ consoleLog, stateDir }: EnvironmentPaths): [string, string][] => [
  ['console log', consoleLog],
  ['state', stateDir],
]

function unpublishedRows(engine: StatusDocument['engine']): [string, string][] {
  const { onHostNetwork = [], sctpPorts = [] } = observedValue(engine) ?? {}
  const names = onHostNetwork.join(', ')
  return [
    ...(names === '' ? [] : [`--network host: ${names}; list their ports under \`ports\` to reach them`]),
    ...(sctpPorts.length === 0 ? [] : [`SCTP is not forwarded from the host: ${sctpPorts.join(', ')}`]),
  ].map((text): [string, string] => ['', text])
}

const shownDrift = 5

function driftRows(drift: StatusDocument['drift']): [string, string][] {
  if (drift === undefined) return []
  if (drift.length === 0) return [['drift', 'none']]
  const more = drift.length > shownDrift ? [`and ${drift.length - shownDrift} more`] : []
  const lines = [...drift.slice(0, shownDrift), ...more, '`desktop apply` repairs most problems']
  return lines.map((line, i) => [i === 0 ? 'drift' : '', line])
}

function nameRows(names: StatusDocument['names']): [string, string][] {
  if (names === undefined) return []
  const { domain, failed } = names
  return (['http', 'https'] as const).flatMap((kind): [string, string][] => {
    const port = names[kind]
    if (port === undefined) return []
    return [[kind, failed[kind] ?? `${kind}://NAME.${domain}:${port}`]]
  })
}

const sshAgentRows = (agent: StatusDocument['sshAgent']): [string, string][] =>
  agent === undefined ? [] : [['ssh agent', [agent.path, agent.problem].filter(Boolean).join(': ')]]

/** The path exists while a supervisor is running. */
const consoleText = ({ supervisor, paths }: StatusDocument): string =>
  supervisor.state === 'present' && paths !== undefined ? `screen ${paths.consoleTty}` : '-'

/** Number of running services, then restart counts: `name (2 restarts)`. */
function servicesText(services: readonly ServiceState[]): string {
  const running = services.filter(({ state }) => state === 'running').length
  const ended = services
    .filter(({ ends }) => ends > 0)
    .map(({ name, ends }) => `${name} (${ends} ${ends === 1 ? 'restart' : 'restarts'})`)
  return [`${running} of ${services.length} running`, ...ended].join(', ')
}

const crashRows = ({ name, exitCode, log }: ServiceState): [string, string][] => [
  ['', `${name} is in a crash loop, last exit code ${exitCode}; \`desktop logs ${name}\` prints all of:`],
  ...log.map((line): [string, string] => ['', `  ${line}`]),
]

function shareRows(vm: StatusDocument['vm']): [string, string][] {
  const [shares, gone] = [sharesOf(vm), unserved(vm)]
  if (shares.length === 0) return []
  return [
    ['shares', `${shares.length - gone.length} of ${shares.length} served`],
    ...gone.map(({ target }): [string, string] => [
      '',
      `virtiofsd for ${target} has exited, and processes that use the share hang; \`desktop apply\` restarts the VM`,
    ]),
    ...shares.flatMap(({ target, events }): [string, string][] =>
      events?.problem === undefined ? [] : [['', `file events of ${target}: ${events.problem}`]],
    ),
  ]
}

function vmText(vm: StatusDocument['vm']): string {
  switch (vm.state) {
    case 'absent':
      return 'not running'
    case 'unknown':
      return `unknown: ${vm.reason}`
    case 'exited':
      return `exited (${vm.signal ?? vm.code ?? 'cause unknown'})`
    case 'stalled':
      return `paused, pid ${vm.pid}: this host's disk is full; free some space, and it resumes automatically`
    case 'suspended': {
      const containers = vm.running.length === 0 ? 'none' : vm.running.join(', ')
      return `suspended since ${vm.since}, ${megabytes(vm.bytes)}, containers: ${containers}`
    }
    default:
      return `${vm.state}, pid ${vm.pid}, ${vm.accelerator}, since ${vm.startedAt}`
  }
}

function insideText(inside: InsideSpace): string {
  const { totalBytes, usedBytes, availableBytes } = inside
  const share = Math.round((100 * usedBytes) / totalBytes)
  const text = `inside: ${megabytes(usedBytes)} used (${share} %), ${megabytes(availableBytes)} available`
  const advice = 'the data disk is full, and container writes fail: remove data, or increase vm.disk'
  return isFull(inside) ? `${text}; ${advice}` : text
}

function memoryRows({ memory, qemuRssBytes }: StatusDocument): [string, string][] {
  if (memory.state === 'absent') return []
  const onHost = qemuRssBytes === undefined ? '' : `; QEMU ${megabytes(qemuRssBytes)} on the host`
  return [['memory', `${textOf(memory, memoryText)}${onHost}`]]
}

function memoryText({ totalBytes, usedBytes, containerBytes }: GuestMemory): string {
  const share = Math.round((100 * usedBytes) / totalBytes)
  const containers = containerBytes === undefined ? '' : `, containers ${megabytes(containerBytes)}`
  return `${megabytes(usedBytes)} of ${megabytes(totalBytes)} used (${share} %)${containers}`
}

const diskText = ({
  virtualBytes,
  allocatedBytes,
}: {
  virtualBytes: number
  allocatedBytes: number
}): string => `${formatBytes(virtualBytes)}, ${megabytes(allocatedBytes)} used on the host`
