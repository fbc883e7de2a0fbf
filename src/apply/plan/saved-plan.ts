/** Plans that were saved, looked at, and are carried out later: just those, or nothing. */
import { readFile } from 'node:fs/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import type { PlanDocument } from './document.ts'

export async function readSavedPlan(path: string): Promise<PlanDocument> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    // Many type the file of the environment here, as other tools take it.
    const hint = /\.ya?ml$/i.test(path) ? { hint: `name the file with -f: desktop apply -f ${path}` } : {}
    throw new DesktopError('plan/unreadable', `${path}: ${whyUnreadable(cause)}`, { cause, ...hint })
  }
  const { format } = (value ?? {}) as { format?: unknown }
  if (typeof format !== 'string' || !format.startsWith('desktop-plan/'))
    throw new DesktopError('plan/unreadable', `${path} is not a saved plan`)
  if (format !== 'desktop-plan/1') throw stale('it was made by another version of desktop')
  return value as PlanDocument
}

const whyUnreadable = (cause: unknown): string => {
  if (cause instanceof SyntaxError) return 'is not a saved plan'
  return systemCode(cause) === 'ENOENT' ? 'there is no such file' : messageOf(cause)
}

/** Facts that must be unchanged, each with the message when it is not. */
const conditions = [
  ['toolVersion', 'it was made by another version of desktop'],
  ['environment', 'it is for another environment'],
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
  new DesktopError('plan/stale', `the saved plan no longer fits: ${why}`)
