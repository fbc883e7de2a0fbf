/** Documents requested before the browser asks for them. */
import { expect, test } from 'vitest'
import { prefetched } from '../../../src/cli/ui/prefetched.ts'

test('the first request takes the document begun at the start, and the second asks again', async () => {
  let asked = 0
  const take = prefetched(async () => {
    asked += 1
    return asked
  })
  expect(asked).toBe(1)
  expect([await take(), await take()]).toEqual([1, 2])
})

test('a document that has become old is asked for again', async () => {
  let [asked, now] = [0, 0]
  const take = prefetched(
    async () => {
      asked += 1
      return asked
    },
    () => now,
  )
  now = 60_000
  expect(await take()).toBe(2)
})

test('a failure at the start is the failure of the first request, and of nothing else', async () => {
  let asked = 0
  const take = prefetched(async () => {
    asked += 1
    if (asked === 1) throw new Error('not yet')
    return asked
  })
  await expect(take()).rejects.toThrow('not yet')
  expect(await take()).toBe(2)
})
