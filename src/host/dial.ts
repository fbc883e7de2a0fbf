/** Connects to a unix socket that another process is about to open. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode } from '../errors/system.ts'

export function dialOnce(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      // An `error` event without a handler would end the process; users of the socket get `close`.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

export interface DialOptions {
  deadlineMs: number
  /** Aborts early, e.g. because the listening process has exited. */
  signal?: AbortSignal
}

/** Retries until the socket accepts; rejects with the last error at the deadline. */
export async function dial(path: string, { deadlineMs, signal }: DialOptions): Promise<Socket> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await dialOnce(path)
    } catch (error) {
      // EAGAIN: the listener's backlog is full.
      const waiting = ['ENOENT', 'ECONNREFUSED', 'EAGAIN'].includes(systemCode(error) ?? '')
      if (!waiting || Date.now() >= deadline) throw error
      await sleep(20)
    }
  }
}
