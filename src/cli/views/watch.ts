/** Events of a watch: changes between two checks of an environment (schemas/watch.schema.json). */
import { type DenialView, denialText } from '../../net/egress/denials.ts'
import type { Output } from '../output.ts'
import { type Difference, type DriftDocument, differenceName, differenceText } from './drift.ts'
import { placeText } from './plan.ts'

/** Result of one check: drift, and the host's network configuration. */
export interface Look {
  drift: DriftDocument
  /** `10.0.0.0/8 eth0`, sorted. */
  routes: readonly string[]
  /** Addresses of the host's resolvers, in order. */
  resolvers: readonly string[]
  /** Egress denials; undefined if the supervisor does not respond. */
  denials: readonly DenialView[] | undefined
}

type WatchBody =
  | { event: 'start'; environment: string; drifted: boolean }
  | ({ event: 'drift' | 'resolved' } & Difference)
  /** Warnings, and drift that no operation can repair. */
  | { event: 'note' | 'note-gone'; level: 'warning' | 'error'; about: string; message: string }
  | { event: 'in-sync' }
  | { event: 'routes' | 'resolvers'; from: readonly string[]; to: readonly string[] }
  /** Egress denied a name or destination `count` times since the last check. */
  | ({ event: 'denied' } & Omit<DenialView, 'id' | 'idleMs'>)
  | { event: 'engine'; type: string; action: string; subject: string }
  /** Result of `--repair`; `given-up`: no retry until the drift changes. */
  | {
      event: 'repair'
      result: 'applied' | 'in-sync' | 'incomplete' | 'interrupted' | 'given-up'
      operations: readonly string[]
    }
  /** The check failed. */
  | { event: 'error'; code: string; message: string }

/** `time` is ISO 8601. */
export type WatchEvent = { format: 'desktop-watch/1'; time: string } & WatchBody

export const watchEvent = (time: Date, body: WatchBody): WatchEvent => ({
  format: 'desktop-watch/1',
  time: time.toISOString(),
  ...body,
})

/** `before` undefined: the first check, which reports all drift. */
export function changesOf(before: Look | undefined, after: Look): WatchBody[] {
  const { environment, drifted } = after.drift
  const bodies: WatchBody[] = before === undefined ? [{ event: 'start', environment, drifted }] : []
  const [was, is] = [keyed(before?.drift), keyed(after.drift)]
  for (const [key, body] of was) if (!is.has(key)) bodies.push(gone(body))
  for (const [key, body] of is) if (!was.has(key)) bodies.push(body)
  for (const event of ['routes', 'resolvers'] as const) {
    const [from, to] = [before?.[event] ?? after[event], after[event]]
    if (JSON.stringify(from) !== JSON.stringify(to)) bodies.push({ event, from, to })
  }
  if (before?.denials !== undefined) bodies.push(...refused(before.denials, after.denials ?? []))
  if (!drifted && before?.drift.drifted !== false) bodies.push({ event: 'in-sync' })
  return bodies
}

/** New and repeated denials; the supervisor lists a limited number. */
function refused(before: readonly DenialView[], after: readonly DenialView[]): WatchBody[] {
  const counts = new Map(before.map((denial) => [denial.id, denial.count]))
  return after.toReversed().flatMap(({ id, idleMs: _idleMs, ...denial }) => {
    const count = denial.count - (counts.get(id) ?? 0)
    return count > 0 ? [{ event: 'denied' as const, ...denial, count }] : []
  })
}

type Told = Extract<WatchBody, { event: 'drift' | 'note' | 'resolved' | 'note-gone' }>

function keyed(drift: DriftDocument | undefined): Map<string, Told> {
  const told = new Map<string, Told>()
  for (const difference of drift?.differences ?? [])
    told.set(`${differenceName(difference)}\0${difference.from}\0${difference.to}`, {
      event: 'drift',
      ...difference,
    })
  for (const { level, about, message } of drift?.notes ?? [])
    if (level !== 'info') told.set(`note\0${about}\0${message}`, { event: 'note', level, about, message })
  return told
}

const gone = (told: Told): Told =>
  'path' in told ? { ...told, event: 'resolved' } : { ...told, event: 'note-gone' }

export function watchLine(event: WatchEvent, { style }: Pick<Output, 'style'>): string {
  const time = style('dim', event.time.slice(11, 19))
  switch (event.event) {
    case 'start':
      return `${time}  watching ${event.environment}\n`
    case 'drift': {
      const where = event.at === undefined ? '' : style('dim', `   # ${placeText(event.at)}`)
      return `${time}  ${style('yellow', 'drift')}  ${differenceText(event)}${where}\n`
    }
    case 'resolved':
      return `${time}  ${style('green', 'resolved')}  ${differenceName(event)}\n`
    case 'note':
      return `${time}  ${style('yellow', event.level)}  ${event.about}: ${event.message}\n`
    case 'note-gone':
      return `${time}  ${style('green', 'resolved')}  ${event.about}: ${event.message}\n`
    case 'in-sync':
      return `${time}  ${style('green', 'in sync')}\n`
    case 'routes':
    case 'resolvers':
      return `${time}  host ${event.event}: ${event.from.join(', ') || '(none)'} → ${event.to.join(', ') || '(none)'}\n`
    case 'denied': {
      const times = event.count === 1 ? '' : ` ${event.count} times`
      return `${time}  ${style('yellow', 'denied')}  ${denialText(event)} by ${event.rule}${times}\n`
    }
    case 'engine':
      return `${time}  engine: ${event.type} ${event.action} ${event.subject}\n`
    case 'repair': {
      const colour = event.result === 'applied' ? 'green' : 'red'
      return `${time}  ${style(colour, 'repair')}  ${event.result}${event.operations.length === 0 ? '' : `: ${event.operations.join(', ')}`}\n`
    }
    case 'error':
      return `${time}  ${style('red', 'error')}  ${event.message}   [${event.code}]\n`
  }
}
