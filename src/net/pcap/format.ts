/**
 * Classic pcap with nanosecond timestamps (libpcap's pcap-savefile(5)), big-endian: readable by tcpdump, tshark
 * and Wireshark, from a file or live from a pipe.
 *
 *   file     0 magic  4 major u16  6 minor u16  8 zone  12 sigfigs  16 snap length  20 link type
 *   record   0 seconds  4 nanoseconds  8 captured bytes  12 bytes on the wire  16 frame
 */

const nanosecondMagic = 0xa1b23c4d
const linkTypeEthernet = 1
const fileHeaderBytes = 24
const recordHeaderBytes = 16

export function pcapFileHeader(snapBytes: number): Uint8Array {
  const bytes = new Uint8Array(fileHeaderBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, nanosecondMagic)
  view.setUint16(4, 2)
  view.setUint16(6, 4)
  view.setUint32(16, snapBytes)
  view.setUint32(20, linkTypeEthernet)
  return bytes
}

/** @param timeNs since the Unix epoch */
export function pcapRecord(frame: Uint8Array, timeNs: bigint, snapBytes: number): Uint8Array {
  const captured = Math.min(frame.length, snapBytes)
  const bytes = new Uint8Array(recordHeaderBytes + captured)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Number(timeNs / 1_000_000_000n))
  view.setUint32(4, Number(timeNs % 1_000_000_000n))
  view.setUint32(8, captured)
  view.setUint32(12, frame.length)
  bytes.set(frame.subarray(0, captured), recordHeaderBytes)
  return bytes
}
