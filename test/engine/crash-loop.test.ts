import { expect, test } from 'vitest'
import { crashLoop, readEnds } from '../../src/engine/crash-loop.ts'
import { absent, present } from '../../src/observation.ts'

const guestSaying = (ends: () => string | undefined): Parameters<typeof crashLoop>[0] => ({
  guestReadFiles: async () => {
    const text = ends()
    return [text === undefined ? absent : present(text)]
  },
  guestExec: async () => ({ exitCode: 0, stdout: 'failed to start daemon: no such driver\n', stderr: '' }),
})

test('an engine that never ended has no count', async () => {
  expect(await readEnds(guestSaying(() => undefined))).toEqual({ ends: 0, quick: 0, code: 0 })
})

test('a guest that cannot be asked has no count', async () => {
  const guest = { guestReadFiles: () => Promise.reject(new Error('the guest agent is not up')) }
  expect(await readEnds(guest)).toEqual({ ends: 0, quick: 0, code: 0 })
})

test('a third end in a row is a crash loop, and the error has the last words of dockerd', async () => {
  let looks = 0
  const guest = guestSaying(() => `${++looks} ${looks} 12.25 1\n`)
  const none = { ends: 0, quick: 0, code: 0 }
  await expect(crashLoop(guest, none, new AbortController().signal, 1)).rejects.toMatchObject({
    code: 'engine/crash-loop',
    message: expect.stringMatching(/3 times in a row.*code 1: failed to start daemon: no such driver/),
  })
})

test('a crash loop from before the wait does not end it until dockerd exits once more', async () => {
  let ends = 7
  let looks = 0
  const guest = guestSaying(() => {
    looks += 1
    if (looks === 5) ends = 8
    return `${ends} ${ends} 99.5 2\n`
  })
  const before = { ends: 7, quick: 7, code: 2 }
  await expect(crashLoop(guest, before, new AbortController().signal, 1)).rejects.toThrow(/8 times/)
  expect(looks).toBe(5)
})

test('nobody looks any more once the wait is over', async () => {
  const over = new AbortController()
  const watch = crashLoop(
    guestSaying(() => undefined),
    { ends: 0, quick: 0, code: 0 },
    over.signal,
    60_000,
  )
  over.abort()
  await expect(watch).rejects.toMatchObject({ name: 'AbortError' })
})
