/** Container names on the host, and the ports that serve them. Live. */
import type { NameSettings } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import { nameNotes } from '../limits.ts'
import type { Cause } from '../plan.ts'
import { differences } from '../values.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'

type Told = Extract<Observed['supervisor'], { state: 'present' }>['value']['names']

const kinds = ['http', 'https'] as const

export const names: Resource = ({ desired }, { supervisor, host }) => {
  const told = observedValue(supervisor)?.names
  const causes = [
    ...differences('names', portsOf(told), portsOf(desired.names)),
    ...failures(told, desired.names),
  ]
  if (causes.length === 0) return told === undefined ? notApplicable : inSync
  return change(
    [
      operation({
        kind: 'names/set',
        subject: `*.${desired.names.domain}`,
        causes,
        after: ['supervisor/start', 'supervisor/replace', 'network/set'],
      }),
    ],
    nameNotes(portsOf(desired.names), host),
  )
}

const portsOf = (settings: NameSettings | undefined): { http?: number; https?: number } =>
  Object.fromEntries(
    kinds.flatMap((kind) => (settings?.[kind] === undefined ? [] : [[kind, settings[kind]]])),
  )

/** Configured ports that failed to open. */
function failures(told: Told, desired: NameSettings): Cause[] {
  return kinds.flatMap((kind): Cause[] => {
    const why = told?.failed[kind]
    const port = desired[kind]
    if (why === undefined || port === undefined || told?.[kind] !== port) return []
    return [{ path: `names.${kind}`, from: `failed: ${why}`, to: `127.0.0.1:${port}` }]
  })
}
