import { expect, test } from 'vitest'
import { Mutex } from '../src/mutex.ts'

test('a task begins only when the one before it has ended, also when that failed', async () => {
  const turns = new Mutex()
  const first = Promise.withResolvers<void>()
  const seen: string[] = []
  const failed = turns.run(async () => {
    seen.push('first')
    await first.promise
    throw new Error('first')
  })
  const second = turns.run(async () => {
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
  const turns = new Mutex()
  const seen: number[] = []
  for (const i of [1, 2, 3]) {
    void turns.run(async () => {
      await new Promise(setImmediate)
      seen.push(i)
    })
  }
  await turns.settled()
  expect(seen).toEqual([1, 2, 3])
})
