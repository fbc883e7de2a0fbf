/** supervisor.log. On a full disk lines wait in memory, up to a bound: who writes one must never fail by it. */
import pino from 'pino'
import type { Log } from './log.ts'

const waitingBytes = 2 ** 20

export function openLog(path: string): Log {
  const file = pino.destination({
    dest: path,
    append: true,
    mkdir: true,
    sync: true,
    maxLength: waitingBytes,
  })
  // Without a listener the call that logs would throw.
  file.on('error', () => {})
  return pino(file)
}
