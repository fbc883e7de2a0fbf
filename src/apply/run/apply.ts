/** Carries a plan out and keeps what happened: journal while it runs, generation when it has ended. */
import { readFile } from 'node:fs/promises'
import type { Desired } from '../../config/desired.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { sweepTemps } from '../../host/atomic-file.ts'
import { absent, observedValue } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { VmSpec } from '../../vm/spec.ts'
import { writeRecord } from '../environment/record.ts'
import {
  beginGeneration,
  type Generation,
  type GenerationContent,
  writeGeneration,
} from '../history/generation.ts'
import { gitState } from '../history/git.ts'
import { Journal } from '../history/journal.ts'
import type { Outcome } from '../history/outcome.ts'
import { settleInterrupted } from '../history/settle-interrupted.ts'
import { settleTrial } from '../history/trial.ts'
import type { Assessment } from '../plan/assess.ts'
import { specOf } from '../plan/target.ts'
import type { Effects } from './effects.ts'
import { type ApplyListener, type Emit, eventStream } from './events.ts'
import { type Executed, execute } from './execute.ts'
import { stepsFor } from './steps.ts'

export interface ApplyOptions {
  effects: Effects
  listeners: readonly ApplyListener[]
  stop?: AbortSignal
  parallelism?: number
  /** How long the engine may take to come up. */
  engineMs?: number
}

/** The caller holds the environment's lock, and has asked where data would be lost. */
export async function applyPlan(
  assessment: Assessment,
  { effects, listeners, stop, parallelism, engineMs }: ApplyOptions,
): Promise<Outcome> {
  const { plan, document, environment, target } = assessment
  const { paths, desired } = environment
  await Promise.all([paths.stateDir, paths.generationsDir].map(sweepTemps))
  const { name } = desired
  const { files } = environment
  const diskUuid = keptDisk(assessment)
  const file = environment.file ?? environment.record?.file
  const about = { name, file, files }
  const record = await writeRecord(paths.record, environment.record, { ...about, diskUuid })
  await settleInterrupted(paths)
  await settleTrial(paths)
  if (plan.operations.length === 0)
    return finish(eventStream(now, listeners), assessment, {
      ...inSync,
      notices: plan.notes.flatMap(({ drift, about, message }) =>
        drift === true ? [`${about}: ${message}`] : [],
      ),
    })
  const began = performance.now()
  const draft = await draftOf(assessment)
  const generation = await beginGeneration(paths.generationsDir, draft, desired.history)
  const { configHash } = document
  await using journal = await Journal.start(paths.journal, { pid: process.pid, configHash, generation })
  const emit = eventStream(now, [journal.record, ...listeners])
  emit({ event: 'plan', plan: document })
  const notices: string[] = []
  const executed = await execute(plan.operations, stepsFor(target, effects, engineMs), {
    emit: (body) => {
      if (body.event === 'progress' && body.notice === true) notices.push(body.message)
      emit(body)
    },
    clock: () => performance.now(),
    ...(stop === undefined ? {} : { stop }),
    ...(parallelism === undefined ? {} : { parallelism }),
  })
  const counts = countsOf(executed)
  const whole = counts.done === plan.operations.length
  const result = whole ? 'applied' : stop?.aborted === true ? 'interrupted' : 'incomplete'
  const took = Math.round(performance.now() - began)
  const ended = { ...endOf(draft, executed, result, await effects.vmSpec()), milliseconds: took }
  await writeGeneration(paths.generationsDir, generation, ended)
  const made = diskUuid ?? (await madeDisk(paths.dataDisk))
  await writeRecord(paths.record, record, { ...about, diskUuid: made })
  return finish(emit, assessment, { result, counts, generation, notices })
}

/** Whoever applies goes on with the disk that there is; one that is made anew gets its identity in the guest. */
function keptDisk({ plan, observed, environment }: Assessment): string | undefined {
  if (plan.operations.some(({ kind }) => kind === 'disk/create' || kind === 'disk/recreate')) return undefined
  return observedValue(observed.disk)?.uuid ?? environment.record?.diskUuid
}

/** When it cannot be read now, the next apply looks again. */
async function madeDisk(path: string): Promise<string | undefined> {
  return observedValue(await readDisk(path).catch(() => absent))?.uuid
}

const now = (): Date => new Date()

type End = Omit<Outcome, 'dockerHost'>

const noCounts: Outcome['counts'] = { done: 0, failed: 0, skipped: 0, unknown: 0 }
const inSync: End = { result: 'in-sync', counts: noCounts, generation: undefined, notices: [] }

function finish(emit: Emit, { target, document, plan }: Assessment, end: End): Outcome {
  if (plan.operations.length === 0) emit({ event: 'plan', plan: document })
  const outcome = { ...end, dockerHost: dockerHost(target.dockerSocket) }
  emit({ event: 'result', outcome })
  return outcome
}

function countsOf({ results }: Executed): Outcome['counts'] {
  const counts = { ...noCounts }
  for (const result of results.values()) counts[result] += 1
  return counts
}

/** The record of a generation before its first step; it stays so when the command is killed. */
async function draftOf({ environment, document, resources, plan }: Assessment): Promise<GenerationContent> {
  const { desired, kept, lockFile } = environment
  const files = [
    ...environment.files,
    ...(resources.lock === undefined || lockFile === undefined ? [] : [lockFile]),
  ]
  const [texts, git] = await Promise.all([kept?.config ?? textsOf(files), gitState(files)])
  const { linuxkitYaml, daemonJson } = resources.rendered
  return {
    time: now().toISOString(),
    toolVersion: document.toolVersion,
    configHash: document.configHash,
    config: texts,
    desired: JSON.parse(maskCredentials(JSON.stringify(desired))) as Desired,
    ...(git === undefined ? {} : { git }),
    ...(kept === undefined ? {} : { rollbackTo: kept.generation }),
    rendered: { linuxkitYaml, daemonJson: maskCredentials(daemonJson) },
    argv: specOf(environment, resources)?.argv ?? [],
    imageDigest: resources.imageDigest,
    operations: plan.operations.map(({ id }) => ({ id, result: 'unknown', milliseconds: undefined })),
    result: 'interrupted',
  }
}

function endOf(
  draft: GenerationContent,
  { results, errors, milliseconds }: Executed,
  result: Generation['result'],
  spec: VmSpec | undefined,
): GenerationContent {
  const messages = new Map(errors.map(({ id, error }) => [id, messageOf(error)]))
  return {
    ...draft,
    argv: spec?.argv ?? draft.argv,
    imageDigest: spec?.hashes.image ?? draft.imageDigest,
    operations: draft.operations.map(({ id }) => ({
      id,
      result: results.get(id) ?? 'unknown',
      milliseconds: milliseconds.get(id),
      ...(messages.has(id) ? { error: messages.get(id) ?? '' } : {}),
    })),
    result,
  }
}

/** A credential that someone wrote into a file is not copied to where nobody looks for one. */
async function textsOf(files: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, maskCredentials(await readFile(file, 'utf8'))] as const),
    ),
  )
}

/** Problems that only a person can solve are reported before anything changes. */
export function refuseBlocked({ plan }: Pick<Assessment, 'plan'>): void {
  const [first, ...others] = plan.notes.filter(({ level }) => level === 'error')
  if (first === undefined) return
  const errorOf = ({ code, about, message, hint, at }: typeof first): DesktopError => {
    const where = at === undefined ? '' : ` (${at.file === '--set' ? at.file : `${at.file}:${at.line}`})`
    return new DesktopError(
      code ?? 'plan/blocked',
      `${about}: ${message}${where}`,
      hint === undefined ? {} : { hint },
    )
  }
  const { code, message, hint } = errorOf(first)
  throw new DesktopError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    others: others.map(errorOf),
  })
}
