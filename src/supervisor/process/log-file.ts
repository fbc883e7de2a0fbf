/**
 * supervisor.log. If the disk is full, lines are buffered in memory up to a limit: logging must never fail
 * the caller.
 */
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
  // Without a listener, the logging call would throw.
  file.on('error', () => {})
  return pino(file)
}
