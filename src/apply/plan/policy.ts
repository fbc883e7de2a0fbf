/** Evaluates policy rules of the file and the site against the configuration and the resulting plan. */
import { policyDocument } from '../../config/policy/document.ts'
import { type Broken, brokenRules } from '../../config/policy/evaluate.ts'
import type { Rule } from '../../config/policy/rule.ts'
import { readSiteFile } from '../../config/policy/site.ts'
import type { Path } from '../../config/read/source.ts'
import { pathText } from '../../config/read/tree.ts'
import type { FileRange } from '../../errors/desktop-error.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { sitePolicyFile } from '../../host/paths.ts'
import { deniedOperations } from '../../reconcile/denied.ts'
import { phrase } from '../../reconcile/phrase.ts'
import type { Operation, Plan } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'

export interface Violation {
  rule: string
  severity: Rule['severity']
  /** The rule's message, and the value that violates it. */
  message: string
  /** Key of desktop.yaml. */
  path?: string
  /** Location of the rule: FILE:LINE:COLUMN. */
  from: string
  /** The offending key; for a default, its parent. */
  at?: FileRange
}

type Judged = Pick<Environment, 'desired' | 'written' | 'rules' | 'placeOf'>

/** Site rules come first: no file can allow anything that they forbid. */
export async function rulesFor({ rules = [] }: Judged): Promise<readonly Rule[]> {
  return [...((await readSiteFile(sitePolicyFile))?.rules ?? []), ...rules]
}

export function findViolations(
  rules: readonly Rule[],
  { desired, written, placeOf }: Judged,
  plan: Pick<Plan, 'operations'> = { operations: [] },
): Violation[] {
  if (rules.length === 0) return []
  const hiddenAt = (path: Path): string | undefined => placeOf?.(path).hidden
  const broken = brokenRules(rules, policyDocument(desired, written), hiddenAt).map((one) =>
    ofValue(one, placeOf),
  )
  const denied = deniedOperations(rules, plan.operations).map(({ rule, operation }) =>
    ofOperation(rule, operation),
  )
  return [...broken, ...denied]
}

function ofValue({ rule, path, finding }: Broken, placeOf: Judged['placeOf']): Violation {
  const target = path ?? rule.path?.filter((step) => !step.includes('*'))
  const place = target === undefined ? undefined : placeOf?.(target)
  const note = path !== undefined && place?.written === false ? ' (by default)' : ''
  return {
    ...said(rule, `${finding}${note}`),
    path: path === undefined ? (rule.pathText ?? '') : pathText(path),
    ...(place === undefined ? {} : { at: place.at }),
  }
}

function ofOperation(rule: Rule, operation: Operation): Violation {
  const { effect, causes } = operation
  const [first] = causes
  const why = first === undefined ? '' : ` because of ${first.path}`
  const violation = said(rule, `the plan would ${phrase(operation)} (${effect})${why}; ${effect} is denied`)
  return {
    ...violation,
    ...(first === undefined ? {} : { path: first.path }),
    ...(first?.at === undefined ? {} : { at: first.at }),
  }
}

function said(
  { name, message, severity, at }: Rule,
  finding: string,
): Pick<Violation, 'rule' | 'severity' | 'message' | 'from'> {
  const text = message === undefined ? finding : `${message}: ${finding}`
  return { rule: name, severity, message: text, from: `${at.file}:${at.line}:${at.column}` }
}

const errorOf = ({ rule, message, from, at }: Violation): DesktopError =>
  new DesktopError('policy/violated', `${rule}: ${message}`, {
    hint: `the rule is at ${from}`,
    ...(at === undefined ? {} : { at }),
  })

export const isForbidden = (violations: readonly Pick<Violation, 'severity'>[]): boolean =>
  violations.some(({ severity }) => severity === 'error')

/** Throws all violations except warnings. */
export function refuseForbidden(violations: readonly Violation[]): void {
  const [first, ...others] = violations.filter(({ severity }) => severity === 'error').map(errorOf)
  if (first === undefined) return
  const { message, hint, at } = first
  throw new DesktopError('policy/violated', message, {
    others,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}

/** Throws violations by `hosts`, so that no ssh is run for a host that a rule forbids. */
export async function refuseHosts(environments: readonly Judged[]): Promise<void> {
  const [first] = environments
  if (first === undefined) return
  const found = findViolations(await rulesFor(first), first)
  refuseForbidden(found.filter(({ path = '' }) => /^hosts\b/.test(path)))
}
