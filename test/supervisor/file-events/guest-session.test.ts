import { type Duplex, duplexPair } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AnswerTimeout, GuestSession } from '../../../src/supervisor/file-events/guest-session.ts'

let guest: Duplex
let host: Duplex
let session: GuestSession
const answerMs = 60_000

beforeEach(() => {
  const [one, other] = duplexPair()
  host = one
  guest = other
  session = new GuestSession(host, { answerMs, onClose: () => {} })
})
afterEach(() => {
  session[Symbol.dispose]()
  vi.useRealTimers()
})

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('each line answers one request', async () => {
  guest.resume()
  for (const request of ['share0\n', 'batch']) {
    const answered = session.request(request)
    guest.write('do')
    guest.write('ne\n')
    await answered
  }
  expect(session.isClosed).toBe(false)
})

test('a line that answers no request ends the connection', async () => {
  guest.resume()
  guest.write('done\n')
  await vi.waitFor(() => expect(session.isClosed).toBe(true))
  await expect(session.request('share0\n')).rejects.toThrow('ended the connection')
})

test('two lines for one request end the connection', async () => {
  guest.resume()
  const answered = session.request('share0\n')
  guest.write('done\ndone\n')
  await answered
  await vi.waitFor(() => expect(session.isClosed).toBe(true))
})

test('an answer counts only once the guest has taken the request, so that requests cannot accumulate', async () => {
  let isAnswered = false
  const answered = session.request(Buffer.alloc(10_000_000)).then(() => {
    isAnswered = true
  })
  guest.write('done\n')
  await nextTurn()
  await nextTurn()
  expect(isAnswered).toBe(false)
  guest.resume()
  await answered
})

test('a request that is not answered in time ends the connection', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  guest.resume()
  const answered = session.request('share0\n')
  const rejected = expect(answered).rejects.toThrow(AnswerTimeout)
  vi.advanceTimersByTime(answerMs)
  await rejected
  expect(host.destroyed).toBe(true)
})
