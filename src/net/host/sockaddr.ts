/** Socket address in the system's format: struct sockaddr_in or sockaddr_in6. */
import ipaddr from 'ipaddr.js'

export const family = { inet: 2, inet6: 10 } as const
const ipv4Bytes = 16
const ipv6Bytes = 28
const scopeAt = 24
export const mostNameBytes: number = ipv6Bytes

export class SocketAddress {
  readonly bytes: Uint8Array
  readonly view: DataView

  /** @param bytes large enough for both families */
  constructor(bytes: Uint8Array = new Uint8Array(mostNameBytes)) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Undefined if not a plain address, for example with a zone. */
  static from(address: string, port: number): SocketAddress | undefined {
    if (!ipaddr.isValid(address) || address.includes('%')) return undefined
    const parsed = ipaddr.parse(address)
    const name = new SocketAddress()
    if (parsed.kind() === 'ipv4') {
      name.setIpv4(0, port)
      name.bytes.set(parsed.toByteArray(), 4)
    } else {
      name.view.setUint16(0, family.inet6, true)
      name.view.setUint16(2, port)
      name.bytes.set(parsed.toByteArray(), 8)
    }
    return name
  }

  get family(): number {
    return this.view.getUint16(0, true)
  }

  /** Used bytes. */
  get length(): number {
    return this.family === family.inet ? ipv4Bytes : ipv6Bytes
  }

  get port(): number {
    return this.view.getUint16(2)
  }

  /** IPv4 address as a signed number; only for family inet. */
  get ipv4(): number {
    return this.view.getInt32(4)
  }

  setIpv4(address: number, port: number): void {
    this.view.setUint16(0, family.inet, true)
    this.view.setUint16(2, port)
    this.view.setInt32(4, address)
  }

  /** Offset of an IPv6 address. */
  static readonly ipv6At = 8

  /** The caller writes the address at `ipv6At`. */
  setIpv6(port: number): void {
    this.view.setUint16(0, family.inet6, true)
    this.view.setUint16(2, port)
  }

  /** Interface index of a link-local address; 0: none. Only for family inet6. */
  get scope(): number {
    return this.view.getUint32(scopeAt, true)
  }

  set scope(index: number) {
    this.view.setUint32(scopeAt, index, true)
  }

  /** 0.0.0.0 or `::`. */
  get isWildcard(): boolean {
    const [start, end] = this.family === family.inet ? [4, 8] : [8, 24]
    return this.bytes.subarray(start, end).every((byte) => byte === 0)
  }

  /** In Node's notation. */
  get address(): string {
    const [start, end] = this.family === family.inet ? [4, 8] : [8, 24]
    return ipaddr.fromByteArray([...this.bytes.subarray(start, end)]).toString()
  }

  equals({ view }: SocketAddress): boolean {
    // Family and port, then the IPv4 address or the IPv6 flow information; for IPv6, then the address and scope.
    if (this.view.getInt32(0) !== view.getInt32(0) || this.ipv4 !== view.getInt32(4)) return false
    if (this.family === family.inet) return true
    for (let i = 8; i < ipv6Bytes; i += 4) if (this.view.getInt32(i) !== view.getInt32(i)) return false
    return true
  }

  copy(): SocketAddress {
    return new SocketAddress(this.bytes.slice())
  }
}

/** Address to dial: struct sockaddr of any kind. */
export interface AnySocketAddress {
  readonly family: number
  readonly bytes: Uint8Array
  /** Used bytes. */
  readonly length: number
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback({ bytes, length }: AnySocketAddress): boolean {
  if (length === ipv4Bytes) return bytes[4] === 127
  if (length !== ipv6Bytes) return false
  for (let i = 8; i < 23; i += 1) if (bytes[i] !== 0) return false
  return bytes[23] === 1
}
