/**
 * DHCPv6 messages (RFC 8415 section 8): type, transaction ID, then options.
 *
 *   message   0 type   1 transaction 3   4 options
 *   option    0 code 2   2 length 2   4 …
 */
export const messageType = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  informationRequest: 11,
} as const

export const option = {
  clientId: 1,
  serverId: 2,
  addresses: 3,
  temporaryAddresses: 4,
  address: 5,
  statusCode: 13,
  rapidCommit: 14,
  dnsServers: 23,
  searchList: 24,
  prefixes: 25,
  refreshTime: 32,
} as const

/** RFC 8415 section 21.13. */
export const status = { success: 0, noAddresses: 2, notOnLink: 4, noPrefixes: 6 } as const

export const headerBytes = 4

/** Options in message order; undefined if malformed. */
export function optionsOf(
  bytes: Uint8Array,
  start: number,
): [code: number, content: Uint8Array][] | undefined {
  const options: [number, Uint8Array][] = []
  let at = start
  while (at + 4 <= bytes.length) {
    const code = (bytes[at]! << 8) | bytes[at + 1]!
    const end = at + 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (end > bytes.length) return undefined
    options.push([code, bytes.subarray(at + 4, end)])
    at = end
  }
  return at === bytes.length ? options : undefined
}

export function optionOf(code: number, content: ArrayLike<number>): number[] {
  return [...bytesOf(code, 2), ...bytesOf(content.length, 2), ...Array.from(content)]
}

export function statusOf(code: number): number[] {
  return optionOf(option.statusCode, bytesOf(code, 2))
}

export function bytesOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >>> (8 * (count - 1 - i))) & 255)
}

export function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((byte, i) => byte === b[i])
}
