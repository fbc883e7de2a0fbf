/** `desktop apply` and `start`: make the environment match the file; with --try, on trial. */
import { readSavedPlan } from '../../apply/plan/saved-plan.ts'
import { signatureRules } from '../../apply/plan/signatures.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { requireSignatures } from '../../signatures/required.ts'
import { change, changeAll } from '../change.ts'
import { openOrInit } from '../offer-init.ts'
import type { Output } from '../output.ts'
import type { ApplyCommandOptions } from '../planned-change.ts'

const returnLockMs = 60_000

export async function run(options: ApplyCommandOptions, output: Output, planFile?: string): Promise<number> {
  const saved = planFile === undefined ? undefined : await readSavedPlan(planFile)
  const environments = await openOrInit(options, output)
  if (saved !== undefined)
    requireSignatures(await signatureRules(environments[0]?.signatures), 'plan', saved.artefact)
  const about = { command: 'desktop apply', ...(saved === undefined ? {} : { saved: saved.document }) }
  if (options.try === undefined) return changeAll(environments, options, output, about)
  const [environment, ...others] = environments
  if (environment === undefined || others.length > 0) {
    throw new DesktopError('cli/machine', '--try is for one machine', { hint: 'name it with --machine' })
  }
  const { onTrial } = await import('../trial.ts')
  return await onTrial({
    environment,
    output,
    tryMs: options.try,
    change: (wanted, command) => {
      const isReturn = wanted !== environment
      // Wait longer for a rollback: nobody may be there to repeat it if another command holds the lock.
      const lockTimeout = isReturn ? Math.max(options.lockTimeout, returnLockMs) : options.lockTimeout
      return change(wanted, { ...options, lockTimeout }, output, isReturn ? { command } : about)
    },
  })
}
