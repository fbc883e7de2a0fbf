/**
 * VMN3T, the link of hyperkit and vpnkit: a handshake on a unix stream, then frames behind a u16 length. All
 * numbers are little-endian.
 *
 *   client → Init      49: "VMN3T", version u32, commit 40 ASCII      server → its own Init
 *   client → command   41: code u8, then for Ethernet (1) uuid 36 ASCII;
 *                          for Preferred_ipv4 (8) uuid 36 ASCII, address u32
 *   server → reply    258: type u8, then for Vif (1) mtu u16, max packet u16, MAC 6;
 *                          for Disconnect (2) length u8, message
 */
import { FrameReader16 } from './frames16.ts'

const magic = 'VMN3T'
const version = 22
const initBytes = 49
const commandBytes = 41
const replyBytes = 258
const uuidBytes = 36
const command = { ethernet: 1, preferredIpv4: 8 }
const reply = { vif: 1, disconnect: 2 }
const ethernetHeaderBytes = 14

export interface Vmn3tClient {
  /** 36 characters; empty: the client leaves the choice to the server. */
  uuid: string
  /** The address it would like, as a 32-bit number. */
  preferredAddress: number | undefined
}

/** The network card that the client is to be. */
export interface Vif {
  /** Six bytes. */
  mac: Uint8Array
  mtu: number
}

export interface Vmn3tHandlers {
  /** The same uuid must always give the same card; a text refuses the client. */
  assign(client: Vmn3tClient): Vif | string
  send(bytes: Uint8Array): void
  /** An ethernet frame; the view is valid during the call only. */
  frame(bytes: Uint8Array): void
}

/** The server's side of one client, without the socket. */
export class Vmn3tSession {
  readonly #handlers: Vmn3tHandlers
  readonly #frames = new FrameReader16()
  #stage: 'init' | 'command' | 'frames' | 'broken' = 'init'
  #pending: Uint8Array = new Uint8Array()

  constructor(handlers: Vmn3tHandlers) {
    this.#handlers = handlers
  }

  /** True once frames may be sent to the client. */
  get isUp(): boolean {
    return this.#stage === 'frames'
  }

  /** Undefined, or why the client is to be dropped (after what was sent is flushed). */
  feed(chunk: Uint8Array): string | undefined {
    if (this.#stage === 'broken') return 'the session is over'
    const broken = this.#stage === 'frames' ? this.#feedFrames(chunk) : this.#feedHandshake(chunk)
    if (broken !== undefined) this.#stage = 'broken'
    return broken
  }

  #feedFrames(chunk: Uint8Array): string | undefined {
    const isSound = this.#frames.feed(chunk, (bytes) => this.#handlers.frame(bytes))
    return isSound ? undefined : 'a frame is shorter than an ethernet header'
  }

  #feedHandshake(chunk: Uint8Array): string | undefined {
    const bytes = new Uint8Array(this.#pending.length + chunk.length)
    bytes.set(this.#pending)
    bytes.set(chunk, this.#pending.length)
    let at = 0
    if (this.#stage === 'init' && bytes.length >= initBytes) {
      const refusal = checkInit(bytes)
      if (refusal !== undefined) return refusal
      this.#handlers.send(ownInit())
      this.#stage = 'command'
      at = initBytes
    }
    if (this.#stage === 'command' && bytes.length - at >= commandBytes) {
      const refusal = this.#introduce(bytes.subarray(at, at + commandBytes))
      if (refusal !== undefined) return refusal
      return this.#feedFrames(bytes.subarray(at + commandBytes))
    }
    this.#pending = bytes.slice(at)
    return undefined
  }

  #introduce(bytes: Uint8Array): string | undefined {
    const client = parseCommand(bytes)
    const vif = client === undefined ? `unknown command ${bytes[0]}` : this.#handlers.assign(client)
    if (typeof vif === 'string') {
      this.#handlers.send(disconnectReply(vif))
      return vif
    }
    this.#handlers.send(vifReply(vif))
    this.#stage = 'frames'
    this.#pending = new Uint8Array()
    return undefined
  }
}

function checkInit(bytes: Uint8Array): string | undefined {
  if (ascii(bytes.subarray(0, magic.length)) !== magic) return 'not a VMN3T client'
  const theirs = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length, true)
  return theirs === version ? undefined : `VMN3T version ${theirs}, ours is ${version}`
}

function ownInit(): Uint8Array {
  const bytes = new Uint8Array(initBytes)
  bytes.set(fromAscii(magic))
  new DataView(bytes.buffer).setUint32(magic.length, version, true)
  // The commit is only ever logged by the other side.
  bytes.fill(0x30, magic.length + 4)
  return bytes
}

function parseCommand(bytes: Uint8Array): Vmn3tClient | undefined {
  const code = bytes[0]
  const uuid = ascii(bytes.subarray(1, 1 + uuidBytes))
  if (code === command.ethernet) return { uuid, preferredAddress: undefined }
  if (code !== command.preferredIpv4) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { uuid, preferredAddress: view.getUint32(1 + uuidBytes, true) }
}

function vifReply({ mac, mtu }: Vif): Uint8Array {
  const bytes = new Uint8Array(replyBytes)
  const view = new DataView(bytes.buffer)
  bytes[0] = reply.vif
  view.setUint16(1, mtu, true)
  view.setUint16(3, Math.min(mtu + ethernetHeaderBytes, 0xffff), true)
  bytes.set(mac.subarray(0, 6), 5)
  return bytes
}

function disconnectReply(message: string): Uint8Array {
  const bytes = new Uint8Array(replyBytes)
  const text = fromAscii(message).subarray(0, replyBytes - 3)
  bytes[0] = reply.disconnect
  bytes[1] = text.length
  bytes.set(text, 2)
  return bytes
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.filter((byte) => byte !== 0))
}

function fromAscii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0x7f)
}
