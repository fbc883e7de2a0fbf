/** Listeners on the host that lead to the guest: one operation for each mapping that differs. Live. */
import type { PortMapping } from '../../config/desired.ts'
import type { HostListener, Observed } from '../../observe/observed.ts'
import { known } from '../../reading.ts'
import type { PortState } from '../../supervisor/api.ts'
import type { Note, Operation } from '../plan.ts'
import { type Diff, operation, type Resource } from './resource.ts'

const after = ['supervisor/start', 'supervisor/replace', 'network/set']

/** `127.0.0.1:9000/tcp`, `[::1]:53/udp`, `unix:/run/app.sock`. */
export function listenText({ listen, protocol }: PortMapping): string {
  if (listen.kind === 'unix') return `unix:${listen.path}`
  return `${endpoint(listen.address, listen.port)}/${protocol}`
}

const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

const mappingText = (mapping: PortMapping): string =>
  `${listenText(mapping)} → ${endpoint(mapping.guest.address, mapping.guest.port)}`

function sameMapping(a: PortMapping, b: PortMapping): boolean {
  return mappingText(a) === mappingText(b) && modeOf(a) === modeOf(b)
}

const modeOf = ({ listen }: PortMapping): number | undefined =>
  listen.kind === 'unix' ? listen.mode : undefined

function listen(mapping: PortMapping, before: PortState | undefined): Operation {
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
  const facts = known(observed.supervisor)
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
    notes: clashes(toListen, observed),
    unchanged: desired.ports.length - toListen.length,
  }
}

/** Ports that another process holds, said before anything changes. */
function clashes(toListen: readonly PortMapping[], observed: Observed): Note[] {
  const listeners = known(observed.host.listeners) ?? []
  const ours = (known(observed.supervisor)?.ports ?? []).filter((port) => port.state === 'listening')
  const taken = Map.groupBy(
    listeners.filter((listener) => !ours.some((port) => holds(port, listener))),
    (listener) => `${listener.protocol}/${listener.port}`,
  )
  return toListen.flatMap((mapping): Note[] => {
    if (mapping.listen.kind === 'unix') return []
    const { address, port } = mapping.listen
    const holder = taken.get(`${mapping.protocol}/${port}`)?.find((l) => overlap(l.address, address))
    if (holder === undefined) return []
    return [
      {
        level: 'error',
        about: `ports.${mapping.id}`,
        message: `${listenText(mapping)} is in use on this host (${endpoint(holder.address, holder.port)})`,
        hint: `stop what listens there (ss -lntup 'sport = :${port}' names it) or map another host port`,
      },
    ]
  })
}

function holds({ listen, protocol }: PortMapping, listener: HostListener): boolean {
  return (
    listen.kind === 'inet' &&
    protocol === listener.protocol &&
    listen.port === listener.port &&
    (listen.address === listener.address || isAny(listen.address))
  )
}

const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::'

/** Whether two listeners cannot stand beside each other; `::` takes IPv4 too, as Linux does by default. */
function overlap(a: string, b: string): boolean {
  if (a === b || a === '::' || b === '::') return true
  const v4 = (address: string): boolean => !address.includes(':')
  return v4(a) === v4(b) && (isAny(a) || isAny(b))
}
