/**
 * `desktop apply --try`: applies, waits for `desktop confirm`, and otherwise rolls back. A guard, the same
 * command in a separate session, rolls back if this process is killed.
 */
import { spawn } from 'node:child_process'
import type { Environment } from '../apply/environment/environment.ts'
import { readRecord } from '../apply/environment/record.ts'
import type { Generation } from '../apply/history/generation.ts'
import {
  beginTrial,
  confirmed,
  endTrial,
  orphaned,
  readTrial,
  returnPoint,
  writeTrial,
} from '../apply/history/trial.ts'
import { environmentOf, requireGeneration } from '../apply/plan/rollback.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import type { Output } from './output.ts'

/** Set by the command for its guard. */
const guardVariable = 'DESKTOP_TRIAL_GUARD'

interface TrialOptions {
  environment: Environment
  output: Output
  tryMs: number
  /** Applies a configuration; returns the exit code. */
  change: (environment: Environment, command: string) => Promise<number>
}

/** Like `netplan try`: waits in the foreground, and Ctrl-C rolls back at once. */
export async function onTrial(options: TrialOptions): Promise<number> {
  const { environment, output, tryMs, change } = options
  const { paths } = environment
  const guarded = process.env[guardVariable]
  if (guarded !== undefined)
    return await guard(options, await requireGeneration(paths.generationsDir, Number(guarded)))
  const former = await returnPoint(paths)
  const trial = await beginTrial(paths, former.number, () => startGuard(former.number))
  try {
    const code = await change(environment, 'desktop apply')
    if (code !== exitCodes.done) return code
    const deadline = Date.now() + tryMs
    await writeTrial(paths, { ...trial, deadline })
    output.say(
      `on trial: rolling back to generation ${former.number} in ${Math.round(tryMs / 1000)} s unless \`desktop confirm\` is run`,
    )
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
    if (await confirmed(paths, deadline, stop.signal)) return exitCodes.done
    output.say(`not confirmed: rolling back to generation ${former.number}`)
    const back = await change(await formerOf(environment, former), `desktop rollback ${former.number}`)
    return back === exitCodes.done ? exitCodes.applyIncomplete : back
  } finally {
    await endTrial(paths)
  }
}

async function formerOf(environment: Environment, former: Generation): Promise<Environment> {
  const { paths, desired } = environment
  const record = await readRecord(paths.record)
  return await environmentOf({ name: desired.name, paths, record, current: environment }, former)
}

/** The guard reads the file now, like this process: later changes of the file have no effect. */
function startGuard(generation: number): number | undefined {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, [guardVariable]: String(generation) },
  })
  // Without a guard, SIGKILL ends the trial, and the next command reports it.
  child.once('error', () => {})
  child.unref()
  return child.pid
}

async function guard({ environment, change }: TrialOptions, former: Generation): Promise<number> {
  const { paths } = environment
  if (!(await orphaned(paths))) return exitCodes.done
  const back = await formerOf(environment, former)
  const code = await change(back, `desktop rollback ${former.number}`).catch(() => exitCodes.unexpected)
  const trial = await readTrial(paths)
  if (trial !== undefined) await writeTrial(paths, { ...trial, returned: { whole: code === exitCodes.done } })
  return code
}
