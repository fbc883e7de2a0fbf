/**
 * `desktop drift`: shows differences between the environment and the file. Read-only, except with --repair.
 */
import { assessCluster, isCluster } from '../../apply/cluster/assess.ts'
import { type Environment, givenFiles, openMachines } from '../../apply/environment/environment.ts'
import { assess } from '../../apply/plan/assess.ts'
import type { PlanDocument } from '../../apply/plan/document.ts'
import { isForbidden } from '../../apply/plan/policy.ts'
import { HostSessions } from '../../apply/remote/sessions.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { changeAll } from '../change.ts'
import type { DriftFormat } from '../drift-formats.ts'
import type { Output } from '../output.ts'
import type { ApplyCommandOptions } from '../planned-change.ts'
import { type DriftDocument, driftDocument, driftView } from '../views/drift.ts'
import { githubReport, junitReport, sarifReport } from '../views/drift-reports.ts'

interface Options extends ApplyCommandOptions {
  exitCode?: true
  repair?: true
  format?: DriftFormat
}

export async function run(options: Options, output: Output): Promise<number> {
  const environments = await openMachines(options)
  if (options.repair) return changeAll(environments, options, output, { command: 'desktop drift --repair' })
  const document = driftDocument(await planOf(environments, options))
  const [file = 'desktop.yaml'] = givenFiles(options)
  // Escaping would disable the workflow commands of GitHub's runner; the report escapes their values itself.
  if (options.format === 'github' && !options.json) output.raw(githubReport(document, file))
  else output.write(report(document, file, options, output))
  if (isForbidden(document.violations)) return exitCodes.policy
  return options.exitCode && document.drifted ? exitCodes.changes : exitCodes.done
}

async function clusterDocument(environments: readonly Environment[]): Promise<PlanDocument> {
  await using sessions = new HostSessions()
  return (await assessCluster(environments, [], sessions)).plan
}

async function planOf(environments: readonly Environment[], options: Options): Promise<PlanDocument> {
  const [environment] = environments
  if (environment === undefined || isCluster(environments, options))
    return await clusterDocument(environments)
  return (await assess(environment)).document
}

function report(document: DriftDocument, file: string, { format, json }: Options, output: Output): string {
  switch (json ? 'json' : (format ?? 'text')) {
    case 'text':
      return driftView(document, output)
    case 'json':
      return `${JSON.stringify(document, null, 2)}\n`
    case 'github':
      return githubReport(document, file)
    case 'sarif':
      return `${JSON.stringify(sarifReport(document, file), null, 2)}\n`
    case 'junit':
      return junitReport(document, file)
  }
}
