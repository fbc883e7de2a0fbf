/** Messages of the vhost-user protocol (QEMU, docs/interop/vhost-user.rst), little-endian as x86 and arm64 are. */

export const headerBytes = 12
/** Larger than every message that a front-end sends. */
export const maxPayloadBytes = 512
export const maxRegions = 8

export const request = {
  getFeatures: 1,
  setFeatures: 2,
  setOwner: 3,
  resetOwner: 4,
  setMemTable: 5,
  setVringNum: 8,
  setVringAddr: 9,
  setVringBase: 10,
  getVringBase: 11,
  setVringKick: 12,
  setVringCall: 13,
  setVringErr: 14,
  getProtocolFeatures: 15,
  setProtocolFeatures: 16,
  setVringEnable: 18,
} as const

const version = 1
const replyFlag = 4

/** Feature bits of virtio-net (virtio 1.2 section 5.1.3), and of vhost-user. */
const bits = {
  checksum: 0,
  guestChecksum: 1,
  guestTso4: 7,
  guestTso6: 8,
  hostTso4: 11,
  hostTso6: 12,
  mergeableBuffers: 15,
  protocolFeatures: 30,
  version1: 32,
} as const
/** Neither indirect descriptors nor event indexes: both are optional, and each is another parser of guest memory. */
export const features: bigint = Object.values(bits).reduce((all, bit) => all | (1n << BigInt(bit)), 0n)
/** No extension: migration, among others, needs LOG_SHMFD. */
export const protocolFeatures = 0n
/** Without it, rings start enabled. */
export const protocolFeaturesBit: bigint = 1n << BigInt(bits.protocolFeatures)
/** Without these, headers and buffers have another layout. */
export const requiredFeatures: bigint = (1n << BigInt(bits.mergeableBuffers)) | (1n << BigInt(bits.version1))

export interface Message {
  request: number
  payload: DataView
}

/** Size of the payload; undefined if the header is invalid. */
export function payloadBytesOf(header: DataView): number | undefined {
  const bytes = header.getUint32(8, true)
  const isSound = (header.getUint32(4, true) & 3) === version && bytes <= maxPayloadBytes
  return isSound ? bytes : undefined
}

const reply = (to: number, payloadBytes: number): DataView => {
  const view = new DataView(new ArrayBuffer(headerBytes + payloadBytes))
  view.setUint32(0, to, true)
  view.setUint32(4, version | replyFlag, true)
  view.setUint32(8, payloadBytes, true)
  return view
}

export function wordReply(to: number, word: bigint): Uint8Array {
  const view = reply(to, 8)
  view.setBigUint64(headerBytes, word, true)
  return new Uint8Array(view.buffer)
}

export interface VringState {
  index: number
  value: number
}

export function vringReply(to: number, { index, value }: VringState): Uint8Array {
  const view = reply(to, 8)
  view.setUint32(headerBytes, index, true)
  view.setUint32(headerBytes + 4, value, true)
  return new Uint8Array(view.buffer)
}

export function vringStateOf(payload: DataView): VringState | undefined {
  if (payload.byteLength < 8) return undefined
  return { index: payload.getUint32(0, true), value: payload.getUint32(4, true) }
}

export interface VringAddresses {
  index: number
  descriptors: number
  used: number
  available: number
}

export function vringAddressesOf(payload: DataView): VringAddresses | undefined {
  if (payload.byteLength < 40) return undefined
  const [descriptors, used, available] = [8, 16, 24].map((at) => numberAt(payload, at))
  return { index: payload.getUint32(0, true), descriptors: descriptors!, used: used!, available: available! }
}

export interface RegionMessage {
  guestAt: number
  bytes: number
  userAt: number
  /** Offset of the region in its file. */
  fileAt: number
}

/** Undefined if their number, or a size, is invalid. */
export function regionsOf(payload: DataView): RegionMessage[] | undefined {
  const count = payload.byteLength < 8 ? 0 : payload.getUint32(0, true)
  if (count < 1 || count > maxRegions || payload.byteLength < 8 + 32 * count) return undefined
  const regions = Array.from({ length: count }, (_, i) => {
    const [guestAt, bytes, userAt, fileAt] = [0, 8, 16, 24].map((at) => numberAt(payload, 8 + 32 * i + at))
    return { guestAt: guestAt!, bytes: bytes!, userAt: userAt!, fileAt: fileAt! }
  })
  const isSound = ({ guestAt, bytes, userAt, fileAt }: RegionMessage): boolean =>
    bytes > 0 && [guestAt + bytes, userAt + bytes, fileAt + bytes].every(Number.isSafeInteger)
  return regions.every(isSound) ? regions : undefined
}

/** Above 2^53 it is rounded. */
function numberAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + 2 ** 32 * view.getUint32(at + 4, true)
}
