/** Saved plans: reviewed, then applied later, exactly as saved or not at all. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { readRegularFile } from '../../host/regular-file.ts'
import type { Artefact } from '../../signatures/required.ts'
import { readSignature } from '../../signatures/signature-file.ts'
import { planStatement } from '../../signatures/statement.ts'
import type { PlanDocument } from './document.ts'

export interface SavedPlan {
  document: PlanDocument
  /** The exact bytes that were read, for signature verification. */
  artefact: Artefact
}

/** The largest plans have a row for each of 65,535 ports. */
const maxPlanBytes = 64 * 2 ** 20

export async function readSavedPlan(path: string): Promise<SavedPlan> {
  let value: unknown
  let bytes: Buffer
  try {
    bytes = readRegularFile(path, { maxBytes: maxPlanBytes })
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    // Users often pass the configuration file here, as with other tools.
    const hint = /\.ya?ml$/i.test(path) ? { hint: `pass the file with -f: desktop apply -f ${path}` } : {}
    throw new DesktopError('plan/unreadable', `${path}: ${whyUnreadable(cause)}`, { cause, ...hint })
  }
  const { format } = (value ?? {}) as { format?: unknown }
  if (typeof format !== 'string' || !format.startsWith('desktop-plan/'))
    throw new DesktopError('plan/unreadable', `${path} is not a saved plan`)
  if (format !== 'desktop-plan/1') throw stale('it was made by a different version of desktop')
  const artefact = { name: path, statement: planStatement(bytes), signature: readSignature(path) }
  return { document: value as PlanDocument, artefact }
}

const whyUnreadable = (cause: unknown): string => {
  if (cause instanceof SyntaxError) return 'is not a saved plan'
  return systemCode(cause) === 'ENOENT' ? 'no such file' : messageOf(cause)
}

/** Facts that must be unchanged, with an error message for each. */
const conditions = [
  ['toolVersion', 'it was made by a different version of desktop'],
  ['environment', 'it is for a different environment'],
  ['environmentId', 'the environment was destroyed and created again'],
  ['configHash', 'the configuration has changed since'],
  ['bootId', 'this host was restarted since'],
  ['observedHash', 'reality has changed since'],
] as const satisfies readonly (readonly [keyof PlanDocument, string])[]

export function refuseStale(saved: PlanDocument, now: PlanDocument): void {
  const broken = conditions.find(([key]) => saved[key] !== now[key])
  if (broken !== undefined) throw stale(broken[1])
}

const stale = (why: string): DesktopError =>
  new DesktopError('plan/stale', `the saved plan is out of date: ${why}`)
