import { expect, test } from 'vitest'
import { sharedCall } from '../../src/host/shared-call.ts'

test('calls with one key at the same time are one call, and later ones are new', async () => {
  const calls = sharedCall<number>()
  let done = 0
  const work = async (): Promise<number> => {
    await Promise.resolve()
    done += 1
    return done
  }
  expect(await Promise.all([calls('a', work), calls('a', work), calls('b', work)])).toEqual([1, 1, 2])
  expect(await calls('a', work)).toBe(3)
})

test('a call that fails fails for all who share it, and for nobody after them', async () => {
  const calls = sharedCall<number>()
  const fail = async (): Promise<number> => {
    throw new Error('no')
  }
  await expect(Promise.all([calls('a', fail), calls('a', fail)])).rejects.toThrow('no')
  expect(await calls('a', async () => 1)).toBe(1)
})
