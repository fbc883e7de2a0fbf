/**
 * VMN3T, the link protocol of hyperkit and vpnkit: a handshake on a unix stream, then frames with a u16 length
 * prefix. All numbers are little-endian.
 *
 *   client → Init      49: "VMN3T", version u32, commit 40 ASCII      server → its own Init
 *   client → command   41: code u8, then for Ethernet (1) uuid 36 ASCII;
 *                          for Preferred_ipv4 (8) uuid 36 ASCII, address u32
 *   server → reply    258: type u8, then for Vif (1) mtu u16, max packet u16, MAC 6;
 *                          for Disconnect (2) length u8, message
 */
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
  /** 36 characters; empty: the server chooses. */
  uuid: string
  /** Requested address as a 32-bit number. */
  preferredAddress: number | undefined
}

/** The client's network card. */
export interface Vif {
  /** Six bytes. */
  mac: Uint8Array
  mtu: number
}

export interface Vmn3tHandlers {
  /** A UUID must always get the same card; a returned message rejects the client. */
  assign(client: Vmn3tClient): Vif | string
  send(bytes: Uint8Array): void
}

export type Vmn3tProgress =
  | { state: 'greeting' }
  /** Disconnect the client after the sent data is flushed. */
  | { state: 'refused'; reason: string }
  /** The handshake is complete; `rest` contains the first bytes of frames. */
  | { state: 'up'; rest: Uint8Array }

/** Server side of the handshake with one client, without the socket. Do not call `feed` after its end. */
export class Vmn3tHandshake {
  readonly #handlers: Vmn3tHandlers
  #isGreeted = false
  #pending: Uint8Array = new Uint8Array()

  constructor(handlers: Vmn3tHandlers) {
    this.#handlers = handlers
  }

  feed(chunk: Uint8Array): Vmn3tProgress {
    let bytes = new Uint8Array(this.#pending.length + chunk.length)
    bytes.set(this.#pending)
    bytes.set(chunk, this.#pending.length)
    if (!this.#isGreeted && bytes.length >= initBytes) {
      const reason = checkInit(bytes)
      if (reason !== undefined) return { state: 'refused', reason }
      this.#handlers.send(ownInit())
      this.#isGreeted = true
      bytes = bytes.slice(initBytes)
    }
    if (this.#isGreeted && bytes.length >= commandBytes) return this.#introduced(bytes)
    this.#pending = bytes
    return { state: 'greeting' }
  }

  #introduced(bytes: Uint8Array): Vmn3tProgress {
    const client = parseCommand(bytes)
    const vif = client === undefined ? `unknown command ${bytes[0]}` : this.#handlers.assign(client)
    if (typeof vif === 'string') {
      this.#handlers.send(disconnectReply(vif))
      return { state: 'refused', reason: vif }
    }
    this.#handlers.send(vifReply(vif))
    return { state: 'up', rest: bytes.slice(commandBytes) }
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
  // The client only logs the commit.
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
