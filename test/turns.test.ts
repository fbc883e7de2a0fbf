import { expect, test } from 'vitest'
import { Turns } from '../src/turns.ts'

test('a task begins only when the one before it has ended, also when that failed', async () => {
  const turns = new Turns()
  const first = Promise.withResolvers<void>()
  const seen: string[] = []
  const failed = turns.take(async () => {
    seen.push('first')
    await first.promise
    throw new Error('first')
  })
  const second = turns.take(async () => {
    seen.push('second')
    return 2
  })
  await new Promise(setImmediate)
  expect(seen).toEqual(['first'])
  first.resolve()
  await expect(failed).rejects.toThrow('first')
  expect(await second).toBe(2)
  expect(seen).toEqual(['first', 'second'])
})

test('it is settled when every task given so far has ended', async () => {
  const turns = new Turns()
  const seen: number[] = []
  for (const i of [1, 2, 3]) {
    void turns.take(async () => {
      await new Promise(setImmediate)
      seen.push(i)
    })
  }
  await turns.settled()
  expect(seen).toEqual([1, 2, 3])
})
