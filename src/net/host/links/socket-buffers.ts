/** Send buffer size of a link's socket. Linux only; elsewhere the default is kept. */
import type { Socket } from 'node:net'
import { isLinux } from '../linux/libc.ts'
import { setOption } from '../linux/sockets.ts'
import { fdForSending } from '../node/send.ts'

const socketLevel = 1
/** sendBufferForce needs root and may exceed net.core.wmem_max. */
const option = { sendBuffer: 7, sendBufferForce: 32 } as const
export function setSendBuffer(socket: Socket, bytes: number): void {
  const fd = fdForSending(socket)
  if (!isLinux || fd < 0) return
  const value = Int32Array.of(bytes)
  const isDone = setOption(fd, socketLevel, option.sendBufferForce, value, value.byteLength) === 0
  if (!isDone) setOption(fd, socketLevel, option.sendBuffer, value, value.byteLength)
}
