/** Runs a composite action's shell steps as GitHub's runner does: expressions filled in, outputs read back. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type RunResult, run } from '../../../src/host/run.ts'

interface Step {
  id: string
  if?: string
  run: string
  shell: string
  'working-directory'?: string
  env?: Record<string, string>
}

interface Action {
  inputs: Record<string, { default?: string }>
  outputs: Record<string, { value: string }>
  runs: { using: string; steps: Step[] }
}

type Values = Readonly<Record<string, string>>

export interface ActionRun {
  steps: Readonly<Record<string, RunResult>>
  outputs: Values
  summary: string
}

interface Runner {
  file: string
  cwd: string
  inputs: Values
  /** `github.*`, e.g. `event_name`. */
  github: Values
  env: NodeJS.ProcessEnv
}

/** Ends at the first step that fails, as a job does. */
export async function runAction({ file, cwd, inputs, github, env }: Runner): Promise<ActionRun> {
  const action = parse(await readFile(file, 'utf8')) as Action
  const temp = await mkdtemp(join(tmpdir(), 'runner-'))
  const context = new Map<string, string>()
  for (const [name, value] of Object.entries(github)) context.set(`github.${name}`, value)
  for (const [name, { default: value = '' }] of Object.entries(action.inputs))
    context.set(`inputs.${name}`, inputs[name] ?? filled(value, context))
  const steps: Record<string, RunResult> = {}
  const summary = join(temp, 'summary')
  await writeFile(summary, '')
  try {
    for (const step of action.runs.steps) {
      if (step.if !== undefined && !holds(step.if, context)) continue
      const [script, output] = [join(temp, `${step.id}.sh`), join(temp, `${step.id}.out`)]
      await writeFile(script, step.run)
      await writeFile(output, '')
      const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, context)])
      const result = await run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', script], {
        cwd: join(cwd, filled(step['working-directory'] ?? '.', context)),
        env: {
          ...env,
          ...Object.fromEntries(own),
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
          RUNNER_TEMP: temp,
        },
      })
      steps[step.id] = result
      for (const line of (await readFile(output, 'utf8')).split('\n').filter((one) => one !== '')) {
        const cut = line.indexOf('=')
        context.set(`steps.${step.id}.outputs.${line.slice(0, cut)}`, line.slice(cut + 1))
      }
      if (result.code !== 0) break
    }
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value, context)])
    return { steps, outputs: Object.fromEntries(outputs), summary: await readFile(summary, 'utf8') }
  } finally {
    await rm(temp, { recursive: true })
  }
}

/** A name that no context has is an error here, where GitHub would put nothing. */
function contextValue(name: string, context: ReadonlyMap<string, string>): string {
  const value = context.get(name)
  if (value === undefined && !name.startsWith('steps.')) throw new Error(`nothing is called ${name}`)
  return value ?? ''
}

const filled = (text: string, context: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => contextValue(name, context))

/** `a == 'x' && b == 'y'`. */
const holds = (condition: string, context: ReadonlyMap<string, string>): boolean =>
  condition.split('&&').every((part) => {
    const [, name, wanted] = /^\s*([\w.-]+) == '([^']*)'\s*$/.exec(part) ?? []
    if (name === undefined) throw new Error(`a condition of another form: ${part}`)
    return contextValue(name, context) === wanted
  })
