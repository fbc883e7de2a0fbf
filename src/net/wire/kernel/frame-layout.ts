/** Offsets in an ethernet frame that carries TCP over IPv4, neither with options. */
export const tcpFrame = {
  type: 12,
  ip: 14,
  totalBytes: 16,
  fragment: 20,
  ttl: 22,
  ipChecksum: 24,
  source: 26,
  destination: 30,
  tcp: 34,
  sequence: 38,
  acknowledgment: 42,
  headerWords: 46,
  flags: 47,
  window: 48,
  checksum: 50,
  payload: 54,
} as const
