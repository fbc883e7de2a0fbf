/**
 * ICMP errors for datagrams that we sent: Linux queues them per socket (ip(7), IP_RECVERR; ipv6(7),
 * IPV6_RECVERR), with the sender's address. Other systems have no such queue.
 */
import { isLinux, libcFunction, libcStruct } from './libc.ts'
import { setOption } from './sockets.ts'

/** Socket options of each family: level and numbers. */
export interface IpOptions {
  level: number
  ttl: number
  mtuDiscover: number
  receiveErrors: number
}

export const ipOptions: IpOptions = { level: 0, ttl: 2, mtuDiscover: 10, receiveErrors: 11 }
export const ipv6Options: IpOptions = { level: 41, ttl: 16, mtuDiscover: 23, receiveErrors: 25 }
const errorQueue = 0x2000
const dontWait = 0x40
/** `ee_origin` of struct sock_extended_err. */
const origin = { icmp: 2, icmp6: 3 } as const

libcStruct('ErrorIovec', { base: 'void *', bytes: 'size_t' })
libcStruct('ErrorHeader', {
  name: 'void *',
  nameBytes: 'uint32_t',
  iov: 'ErrorIovec *',
  iovCount: 'size_t',
  control: 'void *',
  controlBytes: 'size_t',
  flags: 'int',
})
const recvmsg = libcFunction('long recvmsg(int fd, _Inout_ ErrorHeader *header, int flags)')

/** Returns false if the system does not support it. */
export function setIpOption(fd: number, level: number, name: number, value: number): boolean {
  if (!isLinux) return false
  const bytes = new Int32Array([value])
  return setOption(fd, level, name, bytes, bytes.byteLength) === 0
}

export interface IcmpError {
  /** ICMP type, or ICMPv6 type on an IPv6 socket. */
  type: number
  code: number
  /** Next-hop MTU for "fragmentation needed" and "packet too big", else 0. */
  info: number
  /** Address of the ICMP sender: 4 or 16 bytes. */
  source: Uint8Array
  /** Destination of the datagram. */
  destination: Uint8Array
  destinationPort: number
  /** Payload of the datagram, after the IP or UDP header. Valid until the next call, as are the addresses. */
  datagram: Uint8Array
}

/** sockaddr_in or sockaddr_in6: family 2, port 2, address at 4 or at 8. */
const name = Buffer.alloc(28)
const data = Buffer.alloc(64)
const control = Buffer.alloc(512)
/** struct cmsghdr: length 8, level 4, type 4; then struct sock_extended_err and the address of the sender. */
const errorAt = 16
const senderAt = errorAt + 16

/** The next queued ICMP error; undefined if there is none. */
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
    const errorOrigin = control.readUInt8(errorAt + 4)
    if (errorOrigin !== origin.icmp && errorOrigin !== origin.icmp6) continue
    const [addressAt, addressBytes] = errorOrigin === origin.icmp ? [4, 4] : [8, 16]
    return {
      type: control.readUInt8(errorAt + 5),
      code: control.readUInt8(errorAt + 6),
      info: control.readUInt32LE(errorAt + 8),
      source: control.subarray(senderAt + addressAt, senderAt + addressAt + addressBytes),
      destination: name.subarray(addressAt, addressAt + addressBytes),
      destinationPort: name.readUInt16BE(2),
      datagram: data.subarray(0, bytes),
    }
  }
}
