import { expect, test } from 'vitest'
import { RepairBudget } from '../../src/cli/repair-budget.ts'

test('the same drift is repaired less and less often, and at last not any more', () => {
  const budget = new RepairBudget()
  const times: number[] = []
  let isLast = false
  for (let now = 0; now < 3_600_000; now += 1_000) {
    if (!budget.allows('a', now)) continue
    times.push(now)
    isLast = budget.tried(now)
  }
  expect(times).toEqual([0, 5_000, 15_000, 35_000, 75_000, 155_000])
  expect(isLast).toBe(true)
})

test('other drift, and the same drift after everything was in order, is repaired at once', () => {
  const budget = new RepairBudget()
  while (budget.allows('a', Number.MAX_SAFE_INTEGER)) budget.tried(0)
  expect(budget.allows('b', 0)).toBe(true)
  budget.tried(0)
  expect(budget.allows('b', 1)).toBe(false)
  budget.reset()
  expect(budget.allows('b', 2)).toBe(true)
})
