import koffi from 'koffi'
import { expect, test } from 'vitest'
import { Readiness } from '../../../../src/net/host/linux/readiness.ts'
import { closeFd } from '../../../../src/net/host/linux/sockets.ts'

const libc = koffi.load(null)
const pipe = libc.func('int pipe2(void *fds, int flags)')
const duplicate = libc.func('int dup2(int from, int to)')
const write = libc.func('long write(int fd, const void *bytes, size_t count)')

function newPipe(): { from: number; to: number } {
  const fds = new Int32Array(2)
  pipe(fds, 0o2000000)
  return { from: fds[0]!, to: fds[1]! }
}

test('an event of a closed descriptor is not delivered to the next user of its number', async () => {
  let begun = 0
  const readiness = Readiness.open({
    begin: () => {
      begun += 1
    },
    end: () => {},
  })!
  const [a, b, quiet] = [newPipe(), newPipe(), newPipe()]
  const told: string[] = []
  const use = (name: string, own: number, other: number) => ({
    ready: () => {
      told.push(name)
      readiness.remove(own)
      readiness.forget(other)
      closeFd(other)
      duplicate(quiet.from, other)
      readiness.add(other, { ready: () => told.push('the next') })
    },
  })
  readiness.add(a.from, use('a', a.from, b.from))
  readiness.add(b.from, use('b', b.from, a.from))
  for (const { to } of [a, b]) write(to, Uint8Array.of(1), 1)
  await expect.poll(() => told.length).toBe(1)
  const turn = begun
  // One more iteration would detect an event.
  const last = newPipe()
  readiness.add(last.from, { ready: () => readiness.remove(last.from) })
  write(last.to, Uint8Array.of(1), 1)
  await expect.poll(() => begun).toBeGreaterThan(turn)
  expect(told).toHaveLength(1)
  write(quiet.to, Uint8Array.of(1), 1)
  await expect.poll(() => told.at(-1)).toBe('the next')
  readiness[Symbol.dispose]()
  for (const { from, to } of [a, b, quiet, last]) {
    closeFd(from)
    closeFd(to)
  }
})

test('a request for another turn causes exactly one', async () => {
  const readiness = Readiness.open({ begin: () => {}, end: () => {} })!
  const turns: number[] = []
  readiness.again({ ready: (events) => turns.push(events) })
  expect(turns).toEqual([])
  await expect.poll(() => turns).toEqual([0])
  readiness[Symbol.dispose]()
})
