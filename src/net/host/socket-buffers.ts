/** How much a link's socket may hold for the guest. Linux; elsewhere it stays as it is. */
import type { Socket } from 'node:net'
import koffi from 'koffi'
import { fdForSending } from './direct-send.ts'

const setsockopt =
  process.platform === 'linux'
    ? koffi.load(null).func('int setsockopt(int fd, int level, int name, const void *value, uint32_t bytes)')
    : undefined
const socketLevel = 1
/** The second is for root and goes beyond net.core.wmem_max. */
const option = { sendBuffer: 7, sendBufferForce: 32 } as const
/** Two full batches. More would make whoever sends little wait behind them. */
const sendBytes = 1024 * 1024

export function setBuffers(socket: Socket): void {
  const fd = fdForSending(socket)
  if (setsockopt === undefined || fd < 0) return
  const value = Int32Array.of(sendBytes)
  const isDone = setsockopt(fd, socketLevel, option.sendBufferForce, value, value.byteLength) === 0
  if (!isDone) setsockopt(fd, socketLevel, option.sendBuffer, value, value.byteLength)
}
