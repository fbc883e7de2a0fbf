/** `desktop drift`: where reality differs from the file. Observes and never writes, except with --repair. */
import { givenFiles, openEnvironment } from '../../apply/environment/environment.ts'
import { assess } from '../../apply/plan/assess.ts'
import { isForbidden } from '../../apply/plan/policy.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'
import { type DriftDocument, driftDocument, driftView } from '../views/drift.ts'
import { githubReport, junitReport, sarifReport } from '../views/drift-reports.ts'
import { type ApplyCommandOptions, change } from './apply.ts'

interface Options extends ApplyCommandOptions {
  exitCode?: true
  repair?: true
  format?: 'text' | 'json' | 'github' | 'sarif' | 'junit'
}

export async function run(options: Options, output: Output): Promise<number> {
  const environment = await openEnvironment(options)
  if (options.repair) return change(environment, options, output, { command: 'desktop drift --repair' })
  const { document: plan } = await assess(environment)
  const document = driftDocument(plan)
  const [file = 'desktop.yaml'] = givenFiles(options)
  // Commands to GitHub's runner are the one thing that an escaped text cannot have; their values are escaped.
  if (options.format === 'github' && !options.json) output.raw(githubReport(document, file))
  else output.write(report(document, file, options, output))
  if (isForbidden(document.violations)) return exitCodes.policy
  return options.exitCode && document.drifted ? exitCodes.changes : exitCodes.done
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
