/** Process exit codes; the table is in docs/reference/exit-codes.md. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  changes: 2,
  config: 3,
  applyIncomplete: 4,
  policy: 5,
  lockHeld: 6,
  stalePlan: 7,
  unreachable: 8,
  interrupted: 130,
} as const

/** For docs/reference/exit-codes.md. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.done, 'done, or in sync'],
  [exitCodes.unexpected, 'any other error, wrong usage included'],
  [exitCodes.changes, 'there are changes or drift (only with `--exit-code`)'],
  [exitCodes.config, 'the configuration is invalid'],
  [
    exitCodes.applyIncomplete,
    'the apply is incomplete: something failed, was skipped, was refused or needs consent',
  ],
  [exitCodes.policy, 'a policy forbids it'],
  [exitCodes.lockHeld, 'another command holds the lock of this environment'],
  [exitCodes.stalePlan, 'a saved plan is stale'],
  [exitCodes.unreachable, 'the VM, the engine or the supervisor cannot be reached'],
  [exitCodes.interrupted, 'interrupted'],
]
