/** One look at everything: what the file says, what is, and the plan between the two. */

import { setImmediate } from 'node:timers/promises'
import type { Origins } from '../config/origins.ts'
import type { Rule } from '../config/policy/rule.ts'
import { guestFiles } from '../guest/render.ts'
import { bootId } from '../host/identity.ts'
import { observe } from '../observe/observe.ts'
import type { Observed, ObservedHost } from '../observe/observed.ts'
import { absent, present, unknown } from '../reading.ts'
import { type Group, only } from '../reconcile/only.ts'
import type { Cause, Note, Plan } from '../reconcile/plan.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { contextName } from '../reconcile/resources/context.ts'
import type { Target } from '../reconcile/target.ts'
import { controlClient } from '../supervisor/client.ts'
import { toolVersion } from '../version.ts'
import { observedHash, type PlanDocument, planDocument } from './document.ts'
import type { Environment } from './environment.ts'
import { type JournalEnd, readJournal } from './journal.ts'
import { withPackages } from './package-causes.ts'
import { findViolations, rulesFor, type Violation } from './policy.ts'
import { findMeans, type Means, targetOf } from './target.ts'

export interface Situation {
  environment: Environment
  means: Means
  target: Target
  observed: Observed
  plan: Plan
  /** Of the file and of the site. */
  rules: readonly Rule[]
  violations: readonly Violation[]
  document: PlanDocument
}

export async function assess(environment: Environment): Promise<Situation> {
  // What must be asked is asked first.
  const means = setImmediate().then(() => findMeans(environment))
  const [observed, journal, rules] = await Promise.all([
    observeEnvironment(environment, means),
    readJournal(environment.paths.journal),
    rulesFor(environment),
  ])
  const target = targetOf(environment, await means)
  const bare = await withPackages(reconcile(target, observed), environment, await means, observed)
  const plan = withPlaces(withJournal(bare, journal), environment.origins)
  const violations = findViolations(rules, environment, plan)
  const document = planDocument(plan, violations, {
    toolVersion,
    environment: environment.desired.name,
    environmentId: environment.record?.id ?? null,
    bootId: bootId(),
    configHash: environment.configHash,
    observedHash: observedHash(observed),
  })
  return { environment, means: await means, target, observed, plan, rules, violations, document }
}

/** The same with a part of the plan. */
export function narrowed(situation: Situation, wanted: readonly Group[]): Situation {
  const plan = only(situation.plan, wanted)
  const violations = findViolations(situation.rules, situation.environment, plan)
  return { ...situation, plan, violations, document: planDocument(plan, violations, situation.document) }
}

export async function observeEnvironment(
  { desired, paths }: Environment,
  means: Promise<Means>,
): Promise<Observed> {
  const over = new AbortController()
  // A supervisor that hangs holds nobody up once all that could be seen has been seen.
  using _over = { [Symbol.dispose]: () => over.abort() }
  return await observe({
    paths,
    contextName: contextName(desired.name),
    sysctlKeys: Object.keys(desired.guest.sysctl),
    filePaths: Object.keys(guestFiles(desired)),
    shareSources: desired.shares.map(({ source }) => source),
    control: controlClient(paths.sockets.control, over.signal),
    accelerator: async () => acceleratorReading(await means),
    image: async () => {
      const { image } = await means
      return image === undefined ? absent : present(image.digest)
    },
  })
}

function acceleratorReading({ accelerator }: Means): ObservedHost['accelerator'] {
  return accelerator === undefined ? unknown('QEMU is not installed') : present(accelerator)
}

/** An earlier apply died; what it left is observed like everything else, and this says why it may look odd. */
function withJournal(plan: Plan, { interrupted, damaged }: JournalEnd): Plan {
  const messages = [
    ...(interrupted.length === 0
      ? []
      : [`an earlier apply ended in the middle of ${interrupted.join(', ')}`]),
    ...(damaged ? ['the journal of the last apply is damaged; nothing is taken from it'] : []),
  ]
  const notes = messages.map((message) => ({ level: 'info' as const, about: 'journal', message }))
  return notes.length === 0 ? plan : { ...plan, notes: [...plan.notes, ...notes] }
}

/** Which line of which layer asks for each change, and for what each note is about. */
function withPlaces(plan: Plan, origins: Origins | undefined): Plan {
  if (origins === undefined) return plan
  const placed = <T extends Cause | Note>(one: T, path: string): T => {
    const origin = origins.of(path)
    if (origin === undefined || one.at !== undefined) return one
    const { file, line, column } = origin
    return { ...one, at: { file, line, column } }
  }
  const operations = plan.operations.map((one) => ({
    ...one,
    causes: one.causes.map((cause) => placed(cause, cause.path)),
  }))
  return { ...plan, operations, notes: plan.notes.map((note) => placed(note, note.about)) }
}
