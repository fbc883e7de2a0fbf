/** Assessment: the desired state, the observed state, and the plan between them. */
import { setImmediate } from 'node:timers/promises'
import type { Origins } from '../../config/origins.ts'
import type { Rule } from '../../config/policy/rule.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { guestFiles } from '../../guest/render.ts'
import { bootId } from '../../host/identity.ts'
import { absent, observedValue, present } from '../../observation.ts'
import { observe } from '../../observe/observe.ts'
import type { Observed } from '../../observe/observed.ts'
import { type Group, only } from '../../reconcile/only.ts'
import type { Cause, EffectClass, Note, Operation, Plan } from '../../reconcile/plan.ts'
import { reconcile } from '../../reconcile/reconcile.ts'
import { contextName } from '../../reconcile/resources/context.ts'
import type { Target } from '../../reconcile/target.ts'
import { upTo } from '../../reconcile/up-to.ts'
import { controlClient } from '../../supervisor/api/client.ts'
import { toolVersion } from '../../version.ts'
import type { Environment } from '../environment/environment.ts'
import { type JournalEnd, readJournal } from '../history/journal.ts'
import { trialNotes } from '../history/trial.ts'
import { observedHash, type PlanDocument, planDocument } from './document.ts'
import { leftNotes } from './left-notes.ts'
import { withPackages } from './package-causes.ts'
import { findViolations, rulesFor, type Violation } from './policy.ts'
import { requireSignedImage } from './signatures.ts'
import { findInstalled, type HostResources, type Installed, targetOf, withAccelerator } from './target.ts'

export interface Assessment {
  environment: Environment
  resources: HostResources
  target: Target
  observed: Observed
  plan: Plan
  /** Rules of the file and of the site. */
  rules: readonly Rule[]
  violations: readonly Violation[]
  document: PlanDocument
}

export async function assess(environment: Environment): Promise<Assessment> {
  requireHere(environment)
  // Send requests to the supervisor and the guest first.
  const installed = setImmediate().then(() => findInstalled(environment))
  const resources = installed.then((found) => withAccelerator(environment, found))
  const signed = installed.then((found) => requireSignedImage(environment, found))
  const [observed, journal, rules, trial, left] = await Promise.all([
    observeEnvironment(environment, installed, resources),
    readJournal(environment.paths.journal),
    rulesFor(environment),
    trialNotes(environment.paths),
    leftNotes(environment),
    signed,
  ])
  const target = targetOf(environment, keepRunning(environment, await resources, observed))
  const bare = await withPackages(reconcile(target, observed), environment, await resources, observed)
  const said = withNotes(withAdoption(withJournal(bare, journal), environment), [...trial, ...left])
  const plan = withPlaces(said, environment.origins)
  const violations = findViolations(rules, environment, plan)
  const document = planDocument(plan, violations, {
    toolVersion,
    environment: environment.desired.name,
    environmentId: environment.record?.id ?? null,
    bootId: bootId(),
    configHash: environment.configHash,
    observedHash: observedHash(observed),
  })
  return { environment, resources: await resources, target, observed, plan, rules, violations, document }
}

/** Only the plan of all machines contacts other hosts. Throws `hosts/elsewhere`. */
export function requireHere({ desired, host }: Pick<Environment, 'desired' | 'host'>): void {
  if (host === undefined) return
  const machine = desired.machine?.name ?? desired.name
  const message = `${machine} is on ${host.name}, and is planned with the other machines`
  throw new DesktopError('hosts/elsewhere', message, { hint: 'leave out --machine' })
}

/**
 * A VM that is running on the accelerator stays there, even if the accelerator failed for another VM of this
 * host.
 */
function keepRunning({ desired }: Environment, resources: HostResources, { vm }: Observed): HostResources {
  const running = observedValue(vm)?.vm
  if (desired.vm.accelerator !== 'auto' || running?.state !== 'running' || running.accelerator === 'tcg')
    return resources
  return { ...resources, accelerator: present({ accelerator: running.accelerator }) }
}

/** The assessment with a subset of the plan. */
export function narrowed(assessment: Assessment, wanted: readonly Group[]): Assessment {
  return withPlan(assessment, only(assessment.plan, wanted))
}

/** The assessment with another plan. */
export function withPlan(assessment: Assessment, plan: Plan): Assessment {
  const violations = findViolations(assessment.rules, assessment.environment, plan)
  return { ...assessment, plan, violations, document: planDocument(plan, violations, assessment.document) }
}

/** The assessment with operations up to an effect class. */
export function costingUpTo(assessment: Assessment, most: EffectClass): Assessment {
  return withPlan(assessment, upTo(assessment.plan, most))
}

export async function observeEnvironment(
  { desired, paths }: Environment,
  installed: Promise<Installed>,
  resources: Promise<HostResources>,
): Promise<Observed> {
  const over = new AbortController()
  // Once everything else has been observed, do not wait for a hung supervisor.
  using _over = { [Symbol.dispose]: () => over.abort() }
  return await observe({
    paths,
    contextName: contextName(desired.name),
    sysctlKeys: Object.keys(desired.guest.sysctl),
    filePaths: Object.keys(guestFiles(desired)),
    qemu: desired.vm.qemu,
    shareSources: desired.shares.map(({ source }) => source),
    platforms: desired.guest.platforms,
    ipv6: desired.network.ipv6 !== undefined,
    socketPaths: [
      ...desired.ports.flatMap(({ listen }) => (listen.kind === 'unix' ? [listen.path] : [])),
      // The supervisor creates the directory of the default socket.
      ...(desired.engine.socket === undefined ? [] : [desired.engine.socket]),
    ],
    control: controlClient(paths, over.signal),
    accelerator: async () => (await resources).accelerator,
    image: async () => {
      const { image } = await installed
      return image === undefined ? absent : present(image.digest)
    },
  })
}

/** After an earlier apply was killed, adds notes about its unfinished operations. */
function withJournal(plan: Plan, { interrupted, damaged }: JournalEnd): Plan {
  const messages = [
    ...(interrupted.length === 0
      ? []
      : [`an earlier apply was interrupted during ${interrupted.join(', ')}`]),
    ...(damaged ? ['the journal of the last apply is damaged; it is ignored'] : []),
  ]
  const notes = messages.map((message) => ({ level: 'info' as const, about: 'journal', message }))
  return withNotes(plan, notes)
}

const withNotes = (plan: Plan, notes: readonly Note[]): Plan =>
  notes.length === 0 ? plan : { ...plan, notes: [...plan.notes, ...notes] }

/** Adds a note if the project folder was moved, or takes over an unused name. */
function withAdoption(plan: Plan, { adoptedFrom, file, desired }: Environment): Plan {
  if (adoptedFrom === undefined) return plan
  const message = `${desired.name} was applied from ${adoptedFrom}, which no longer exists or has a different name; ${file} adopts it`
  return { ...plan, notes: [...plan.notes, { level: 'info', about: 'name', message }] }
}

/** Adds the file location of each change and note. */
export function withPlaces(plan: Plan, origins: Origins | undefined): Plan {
  if (origins === undefined) return plan
  const placed = <T extends Cause | Note>(one: T, path: string): T => {
    const origin = origins.of(path)
    if (origin === undefined || one.at !== undefined) return one
    const { file, line, column } = origin
    return { ...one, at: { file, line, column } }
  }
  // Hides values from environment variables, because other people read the plan.
  const masked = (cause: Cause): Cause => {
    // In a section only some value is from a variable; the output masks it wherever it occurs.
    if (cause.to === undefined || !cause.path.includes('.')) return cause
    const shown = origins.of(cause.path)?.shown
    return shown === undefined ? cause : { ...cause, to: shown }
  }
  const located = (one: Operation): Operation => ({
    ...one,
    causes: one.causes.map((cause) => masked(placed(cause, cause.path))),
  })
  const atBoot = plan.atBoot?.map(located)
  return {
    ...plan,
    operations: plan.operations.map(located),
    ...(atBoot === undefined ? {} : { atBoot }),
    notes: plan.notes.map((note) => placed(note, note.about)),
  }
}
