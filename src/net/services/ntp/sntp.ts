/**
 * Time service of the gateway: an SNTP server with the host's clock (RFC 4330, packet of RFC 5905 section 7.3).
 *
 *    0 LI 2 bits, VN 3, mode 3   1 stratum   2 poll   3 precision
 *    4 root delay   8 root dispersion   12 reference id
 *   16 reference   24 originate   32 receive   40 transmit     (timestamps: u32 seconds since 1900, u32 fraction)
 */

export const sntpPort = 123
const packetBytes = 48
const mode = { symmetricActive: 1, symmetricPassive: 2, client: 3, server: 4 }
/** Assumes that the host follows a stratum 1 server. */
const stratum = 2
/** 2^-10 s: the resolution of a millisecond clock. */
const precisionExponent = -10
/** 10 ms in 16.16 fixed point: upper bound of the delay between clock and packet. */
const rootDispersion = Math.round(0.01 * 65_536)
const referenceId = 0x7f000001
const secondsFrom1900To1970 = 2_208_988_800

/** The reply; undefined if the datagram is not a request. `nowMs` is in milliseconds since the Unix epoch. */
export function answerSntp(request: Uint8Array, nowMs: number): Uint8Array | undefined {
  if (request.length < packetBytes) return undefined
  const version = (request[0]! >> 3) & 7
  const requestMode = request[0]! & 7
  if (version < 1 || version > 4 || (requestMode !== mode.client && requestMode !== mode.symmetricActive))
    return undefined
  const reply = new Uint8Array(packetBytes)
  const view = new DataView(reply.buffer)
  reply[0] = (version << 3) | (requestMode === mode.client ? mode.server : mode.symmetricPassive)
  reply[1] = stratum
  reply[2] = request[2]!
  view.setInt8(3, precisionExponent)
  view.setUint32(8, rootDispersion)
  view.setUint32(12, referenceId)
  writeTimestamp(view, 16, nowMs)
  reply.set(request.subarray(40, 48), 24)
  writeTimestamp(view, 32, nowMs)
  writeTimestamp(view, 40, nowMs)
  return reply
}

/** Seconds wrap in 2036 (era 1); clients resolve that with their approximate time (RFC 4330 section 3). */
function writeTimestamp(view: DataView, offset: number, nowMs: number): void {
  const seconds = Math.floor(nowMs / 1000)
  view.setUint32(offset, (seconds + secondsFrom1900To1970) % 2 ** 32)
  view.setUint32(offset + 4, Math.floor(((nowMs / 1000 - seconds) * 2 ** 32) % 2 ** 32))
}
