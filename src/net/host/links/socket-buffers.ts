/** How much a link's socket may hold for the guest. Linux; elsewhere it stays as it is. */
import type { Socket } from 'node:net'
import { isLinux } from '../linux/libc.ts'
import { setOption } from '../linux/sockets.ts'
import { fdForSending } from '../node/send.ts'

const socketLevel = 1
/** The second is for root and goes beyond net.core.wmem_max. */
const option = { sendBuffer: 7, sendBufferForce: 32 } as const
/** Two full batches. More would delay flows that send little. */
const sendBytes = 1024 * 1024

export function setBuffers(socket: Socket): void {
  const fd = fdForSending(socket)
  if (!isLinux || fd < 0) return
  const value = Int32Array.of(sendBytes)
  const isDone = setOption(fd, socketLevel, option.sendBufferForce, value, value.byteLength) === 0
  if (!isDone) setOption(fd, socketLevel, option.sendBuffer, value, value.byteLength)
}
