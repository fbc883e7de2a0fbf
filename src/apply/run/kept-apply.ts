/**
 * Records of an apply on disk: the environment's record, the journal during the apply, and its generation.
 */
import { readFile } from 'node:fs/promises'
import type { Desired } from '../../config/desired.ts'
import { readSmallFile } from '../../config/read/files.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import { messageOf } from '../../errors/system.ts'
import { sweepTemps } from '../../host/atomic-file.ts'
import { absent, observedValue } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'
import type { VmSpec } from '../../vm/spec.ts'
import type { Environment } from '../environment/environment.ts'
import { type EnvironmentRecord, writeRecord } from '../environment/record.ts'
import {
  beginGeneration,
  type Generation,
  type GenerationContent,
  writeGeneration,
} from '../history/generation.ts'
import { gitState } from '../history/git.ts'
import { Journal } from '../history/journal.ts'
import { settleInterrupted } from '../history/settle-interrupted.ts'
import { settleTrial } from '../history/trial.ts'
import type { Assessment } from '../plan/assess.ts'
import { specOf } from '../plan/target.ts'
import type { ApplyListener } from './events.ts'
import type { Executed } from './execute.ts'

interface Prepared {
  record: EnvironmentRecord
  about: Parameters<typeof writeRecord>[2]
}

/** Called before any change, and even without changes: the file claims the environment. */
export async function prepareApply(assessment: Assessment): Promise<Prepared> {
  const { environment } = assessment
  const { paths, desired, files } = environment
  await Promise.all([paths.stateDir, paths.generationsDir].map(sweepTemps))
  const file = environment.file ?? environment.record?.file
  const about = {
    name: desired.name,
    file,
    files,
    diskUuid: keptDisk(assessment),
    cluster: desired.machine?.cluster,
    owner: environment.owner,
  }
  const record = await writeRecord(paths.record, environment.record, about)
  await settleInterrupted(paths)
  await settleTrial(paths)
  return { record, about }
}

export interface KeptApply extends AsyncDisposable {
  generation: number
  /** Writes operation events to the journal. */
  record: ApplyListener
  end(
    executed: Executed,
    ended: { result: Generation['result']; milliseconds: number; spec: VmSpec | undefined },
  ): Promise<void>
}

export async function keepApply(assessment: Assessment, { record, about }: Prepared): Promise<KeptApply> {
  const { paths, desired } = assessment.environment
  const { configHash } = assessment.document
  const draft = await draftOf(assessment)
  const generation = await beginGeneration(paths.generationsDir, draft, desired.history)
  const journal = await Journal.start(paths.journal, { pid: process.pid, configHash, generation })
  return {
    generation,
    record: journal.record,
    end: async (executed, { result, milliseconds, spec }) => {
      const ended = { ...endOf(draft, executed, result, spec), milliseconds }
      await writeGeneration(paths.generationsDir, generation, ended)
      const diskUuid = about.diskUuid ?? (await madeDisk(paths.dataDisk))
      await writeRecord(paths.record, record, { ...about, diskUuid })
    },
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

/** UUID of the existing disk; none if the disk is recreated, as the guest then assigns one. */
function keptDisk({ plan, observed, environment }: Assessment): string | undefined {
  if (plan.operations.some(({ kind }) => kind === 'disk/create' || kind === 'disk/recreate')) return undefined
  return observedValue(observed.disk)?.uuid ?? environment.record?.diskUuid
}

/** If it cannot be read now, the next apply tries again. */
async function madeDisk(path: string): Promise<string | undefined> {
  return observedValue(await readDisk(path).catch(() => absent))?.uuid
}

const now = (): Date => new Date()

/** A generation's record before its first step; it remains if the command is killed. */
async function draftOf({ environment, document, resources, plan }: Assessment): Promise<GenerationContent> {
  const { desired, kept, lockFile } = environment
  const files = [
    ...environment.files,
    ...(resources.lock === undefined || lockFile === undefined ? [] : [lockFile]),
  ]
  const [texts, git] = await Promise.all([kept?.config ?? textsOf(files), gitState(files)])
  const { linuxkitYaml, daemonJson } = resources.rendered
  const stacks = stackTexts(environment)
  return {
    time: now().toISOString(),
    toolVersion: document.toolVersion,
    configHash: document.configHash,
    config: texts,
    ...(stacks === undefined ? {} : { stacks }),
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

/** Masks credentials written into a file, so that no hidden copy remains. */
async function textsOf(files: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, maskCredentials(await readFile(file, 'utf8'))] as const),
    ),
  )
}

/** An unreadable compose file is an error of the plan. */
function stackTexts({ desired, file, kept }: Environment): GenerationContent['stacks'] {
  const stacks = desired.machine?.stacks
  if (stacks === undefined || file === undefined || kept !== undefined) return undefined
  return Object.fromEntries(
    stacks.flatMap(({ file: path }) => {
      const found = readSmallFile(path)
      return 'text' in found ? [[path, maskCredentials(found.text)]] : []
    }),
  )
}
