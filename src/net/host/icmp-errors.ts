/**
 * What routers and hosts say about datagrams that we sent: Linux keeps it for each socket in its error queue
 * (ip(7), IP_RECVERR), with the address of whoever said it. Elsewhere there is nothing to be had.
 */
import koffi from 'koffi'

const isLinux = process.platform === 'linux'
const libc = isLinux ? koffi.load(null) : undefined

const ipLevel = 0
export const option = { ttl: 2, mtuDiscover: 10, receiveErrors: 11 } as const
const errorQueue = 0x2000
const dontWait = 0x40
/** `ee_origin` of struct sock_extended_err. */
const fromIcmp = 2

const iovec = koffi.struct({ base: 'void *', bytes: 'size_t' })
const msghdr = koffi.struct({
  name: 'void *',
  nameBytes: 'uint32_t',
  iov: koffi.pointer(iovec),
  iovCount: 'size_t',
  control: 'void *',
  controlBytes: 'size_t',
  flags: 'int',
})
const recvmsg = libc?.func('recvmsg', 'long', ['int', koffi.inout(koffi.pointer(msghdr)), 'int'])
const setsockopt = libc?.func(
  'int setsockopt(int fd, int level, int name, const void *value, uint32_t bytes)',
)

/** False when the host does not have it. */
export function setIpOption(fd: number, name: number, value: number): boolean {
  if (setsockopt === undefined) return false
  const bytes = new Int32Array([value])
  return setsockopt(fd, ipLevel, name, bytes, bytes.byteLength) === 0
}

export interface IcmpError {
  type: number
  code: number
  /** Next-hop MTU for "fragmentation needed", else 0. */
  info: number
  /** Who said so. */
  source: number
  /** Where the datagram was sent. */
  destination: number
  destinationPort: number
  /** What was sent, from behind the IP or UDP header; valid until the next call. */
  datagram: Uint8Array
}

const name = Buffer.alloc(16)
const data = Buffer.alloc(64)
const control = Buffer.alloc(512)
/** struct cmsghdr: length 8, level 4, type 4; then struct sock_extended_err and the address of the sender. */
const errorAt = 16
const senderAt = errorAt + 16

/** The next error that came as ICMP, or undefined when there is none. */
export function takeIcmpError(fd: number): IcmpError | undefined {
  if (recvmsg === undefined) return undefined
  for (;;) {
    const header = {
      name,
      nameBytes: name.length,
      iov: [{ base: data, bytes: data.length }],
      iovCount: 1,
      control,
      controlBytes: control.length,
      flags: 0,
    }
    const bytes = recvmsg(fd, header, errorQueue | dontWait) as number
    if (bytes < 0) return undefined
    const origin = control.readUInt8(errorAt + 4)
    if (origin !== fromIcmp) continue
    return {
      type: control.readUInt8(errorAt + 5),
      code: control.readUInt8(errorAt + 6),
      info: control.readUInt32LE(errorAt + 8),
      source: control.readInt32BE(senderAt + 4),
      destination: name.readInt32BE(4),
      destinationPort: name.readUInt16BE(2),
      datagram: data.subarray(0, bytes),
    }
  }
}
