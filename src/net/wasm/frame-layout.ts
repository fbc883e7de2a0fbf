/** Offsets in an Ethernet frame with TCP, without IP options; `payload` assumes no TCP options. */
export interface TcpFrame {
  readonly type: number
  readonly ip: number
  /** Offset of the IP length field, which counts bytes from `countedFrom`. */
  readonly length: number
  readonly countedFrom: number
  /** Source, then destination. */
  readonly addresses: number
  readonly tcp: number
  readonly sequence: number
  readonly acknowledgment: number
  readonly headerWords: number
  readonly flags: number
  readonly window: number
  readonly checksum: number
  readonly payload: number
}

export const tcpFrame4: TcpFrame & { readonly [name in 'fragment' | 'ttl' | 'ipChecksum']: number } = {
  type: 12,
  ip: 14,
  length: 16,
  countedFrom: 14,
  fragment: 20,
  ttl: 22,
  ipChecksum: 24,
  addresses: 26,
  ...tcpFrom(34),
}

export const tcpFrame6: TcpFrame & { readonly nextHeader: number } = {
  type: 12,
  ip: 14,
  length: 18,
  countedFrom: 54,
  nextHeader: 20,
  addresses: 22,
  ...tcpFrom(54),
}

function tcpFrom(tcp: number) {
  return {
    tcp,
    sequence: tcp + 4,
    acknowledgment: tcp + 8,
    headerWords: tcp + 12,
    flags: tcp + 13,
    window: tcp + 14,
    checksum: tcp + 16,
    payload: tcp + 20,
  }
}
