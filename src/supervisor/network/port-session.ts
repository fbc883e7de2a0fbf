/** One connection to the guest's relay for published ports: lines in both directions, all bounded. */
import type { Duplex } from 'node:stream'
import { maxLineBytes, type PortRequest, parsePortRequest } from '../../engine/port-requests.ts'

/** Reply to a port request: undefined on success, otherwise the error. */
export type Answer = string | undefined

/** Limit of queued requests: far more than dockerd has in flight. */
const maxWaiting = 4_096
/** Limit of unread replies; a guest that exceeds it is disconnected. */
const maxUnread = 256 * 1024

/**
 * Passes each request to `take` in order, and sends the replies to the guest. Resolves when the connection
 * closes; a guest that violates the protocol is disconnected.
 */
export async function servePorts(
  stream: Duplex,
  take: (request: PortRequest) => Promise<Answer>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.on('error', () => {}).once('close', resolve))
  let pending = ''
  let waiting = 0
  let turn: Promise<void> = Promise.resolve()
  const serve = async (request: PortRequest): Promise<void> => {
    const answer = stream.destroyed ? undefined : await take(request)
    waiting -= 1
    if (request.kind !== 'open' || stream.destroyed) return
    stream.write(answerLine(request.id, answer))
    if (stream.writableLength > maxUnread) stream.destroy()
  }
  stream.on('data', (chunk: Buffer) => {
    pending += chunk.toString('latin1')
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const request = end > maxLineBytes ? undefined : parsePortRequest(pending.slice(0, end))
      pending = pending.slice(end + 1)
      if (request === undefined || waiting >= maxWaiting) return void stream.destroy()
      waiting += 1
      turn = turn.then(() => serve(request))
    }
    if (pending.length > maxLineBytes) stream.destroy()
  })
  stream.once('end', () => stream.destroy())
  await closed
  await turn
}

/** Formatted for the shell's `read`. */
function answerLine(id: number, problem: Answer): string {
  return problem === undefined ? `${id} ok\n` : `${id} no ${problem.replace(/[^ -~]/g, '?').slice(0, 400)}\n`
}
