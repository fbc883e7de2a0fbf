/** Host listeners that forward to the guest: one operation per changed mapping. Live. */
import type { PortMapping } from '../../config/desired.ts'
import { keyOf, Listeners } from '../../config/listeners.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import { observedValue } from '../../observation.ts'
import type { HostListener, Observed } from '../../observe/observed.ts'
import { listenNotes } from '../limits.ts'
import type { Note, Operation, OperationId } from '../plan.ts'
import { type Diff, operation, type Resource } from './resource.ts'

const after: readonly OperationId[] = ['supervisor/start', 'supervisor/replace', 'network/set']

/** `127.0.0.1:9000/tcp`, `[::1]:53/udp`, `unix:/run/app.sock`. */
export function listenText({ listen, protocol }: PortMapping): string {
  if (listen.kind === 'unix') return `unix:${listen.path}`
  return `${endpoint(listen.address, listen.port)}/${protocol}`
}

const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** Uses the ASCII arrow of `docker port`: non-ASCII text is serialised at a third of the speed. */
const mappingText = (mapping: PortMapping): string =>
  `${listenText(mapping)} -> ${endpoint(mapping.guest.address, mapping.guest.port)}`

function sameMapping(a: PortMapping, b: PortMapping): boolean {
  return mappingText(a) === mappingText(b) && modeOf(a) === modeOf(b)
}

const modeOf = ({ listen }: PortMapping): number | undefined =>
  listen.kind === 'unix' ? listen.mode : undefined

function listen(mapping: PortMapping, before: PortStatus | undefined): Operation {
  const from =
    before === undefined
      ? undefined
      : sameMapping(before, mapping)
        ? `failed: ${before.error ?? 'not listening'}`
        : mappingText(before)
  return operation({
    id: `ports/listen/${mapping.id}`,
    kind: 'ports/listen',
    subject: listenText(mapping),
    causes: [{ path: `ports.${mapping.id}`, from, to: mappingText(mapping) }],
    after,
  })
}

function close(mapping: PortMapping): Operation {
  return operation({
    id: `ports/close/${mapping.id}`,
    kind: 'ports/close',
    subject: listenText(mapping),
    causes: [{ path: `ports.${mapping.id}`, from: mappingText(mapping), to: undefined }],
    after,
  })
}

export const ports: Resource = ({ desired }, observed): Diff => {
  const facts = observedValue(observed.supervisor)
  const told = new Map((facts?.ports ?? []).filter((p) => p.owner === 'config').map((p) => [p.id, p]))
  const recorded = facts === undefined ? observed.recordedPorts : []
  const wanted = new Set(desired.ports.map((mapping) => mapping.id))
  const toListen = desired.ports.filter((mapping) => {
    const before = told.get(mapping.id)
    return before === undefined || before.state === 'failed' || !sameMapping(before, mapping)
  })
  const toClose = [...told.values(), ...recorded].filter(({ id }) => !wanted.has(id))
  return {
    operations: [...toClose.map(close), ...toListen.map((mapping) => listen(mapping, told.get(mapping.id)))],
    notes: [...listenNotes(toListen, observed.host), ...clashes(toListen, observed)],
    unchanged: desired.ports.length - toListen.length,
  }
}

/** Ports in use by another process, reported before anything changes. */
function clashes(toListen: readonly PortMapping[], observed: Observed): Note[] {
  if (toListen.length === 0) return []
  const taken = listenersOfOthers(observed)
  return toListen.flatMap((mapping): Note[] => {
    const { listen, protocol } = mapping
    if (listen.kind === 'unix') return []
    const holder = taken.overlapping({ ...listen, protocol })
    if (holder === undefined) return []
    return [
      {
        level: 'error',
        about: `ports.${mapping.id}`,
        message: `${listenText(mapping)} is in use on this host (${endpoint(holder.address, holder.port)})`,
        hint: `stop the process that listens there (ss -lntup 'sport = :${listen.port}' names it) or map another host port`,
      },
    ]
  })
}

/** Listeners of this host except our own; if we listen on the wildcard address, nothing else can. */
function listenersOfOthers({ host, supervisor, recordedPorts }: Observed): Listeners<HostListener> {
  const ours = new Set<string>()
  const oursOnAny = new Set<string>()
  const told = observedValue(supervisor)?.ports.filter(({ state }) => state === 'listening')
  // An unresponsive supervisor still holds its ports and passes them to its successor.
  for (const { listen, protocol } of told ?? (supervisor.state === 'unknown' ? recordedPorts : [])) {
    if (listen.kind === 'unix') continue
    const key = keyOf({ ...listen, protocol })
    ours.add(`${key} ${listen.address}`)
    if (listen.address === '0.0.0.0' || listen.address === '::') oursOnAny.add(key)
  }
  const others = new Listeners<HostListener>()
  for (const listener of observedValue(host.listeners) ?? []) {
    const key = keyOf(listener)
    if (!oursOnAny.has(key) && !ours.has(`${key} ${listener.address}`)) others.add(listener, listener)
  }
  return others
}
