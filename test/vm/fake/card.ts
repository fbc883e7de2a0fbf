/**
 * The guest's network card, as plainly as can be: it answers ARP for every address and accepts TCP on every
 * port. Nothing is sent again, for the link is a stream that loses nothing.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { ipv4Frame, type SegmentText, tcpPacket } from '../../support/net/segments.ts'

const guestMac = [2, 0x50, 0, 0, 0, 1]
const mss = 1400
const isn = 1000

/** One accepted connection as a stream of bytes. */
class Connection extends Duplex {
  readonly #send: (segment: SegmentText) => void
  #received: number
  #sent = isn + 1
  #acked = isn + 1
  #window = 0
  #pending: { bytes: Buffer; done: () => void }[] = []

  constructor(send: (segment: SegmentText) => void, theirIsn: number, window: number) {
    super({ allowHalfOpen: true })
    this.#send = send
    this.#received = (theirIsn + 1) | 0
    this.#window = window
    this.#send({ flags: 'SA', seq: isn, ack: this.#received, mss })
  }

  arrive(segment: NonNullable<ReturnType<typeof parseSegmentFrame>>): void {
    if (segment.flags.includes('R')) return void this.destroy()
    if (segment.flags.includes('A')) {
      this.#acked = segment.ack
      this.#window = segment.window
    }
    const isNext = segment.seq === this.#received
    const ends = segment.flags.includes('F')
    if (isNext && segment.payload.length > 0) {
      this.#received = (this.#received + segment.payload.length) | 0
      this.push(Buffer.from(segment.payload))
    }
    if (isNext && ends) {
      this.#received = (this.#received + 1) | 0
      this.push(null)
    }
    if (segment.payload.length > 0 || ends) this.#send({ flags: 'A', seq: this.#sent, ack: this.#received })
    this.#pump()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pending.push({ bytes: chunk, done })
    this.#pump()
  }

  override _final(done: () => void): void {
    this.#send({ flags: 'FA', seq: this.#sent, ack: this.#received })
    this.#sent = (this.#sent + 1) | 0
    done()
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#send({ flags: 'RA', seq: this.#sent, ack: this.#received })
    done()
  }

  #pump(): void {
    for (;;) {
      const [first] = this.#pending
      if (first === undefined) return
      const room = this.#window - ((this.#sent - this.#acked) | 0)
      if (room <= 0 && first.bytes.length > 0) return
      const part = first.bytes.subarray(0, Math.min(mss, room))
      first.bytes = first.bytes.subarray(part.length)
      this.#send({ flags: 'PA', seq: this.#sent, ack: this.#received, payload: part })
      this.#sent = (this.#sent + part.length) | 0
      if (first.bytes.length === 0) {
        this.#pending.shift()
        first.done()
      }
    }
  }
}

export class Card {
  readonly #transmit: (frame: Uint8Array) => void
  readonly #accept: (connection: Duplex, port: number) => void
  readonly #connections = new Map<string, Connection>()

  constructor(transmit: (frame: Uint8Array) => void, accept: (connection: Duplex, port: number) => void) {
    this.#transmit = transmit
    this.#accept = accept
  }

  frame(frame: Uint8Array): void {
    const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0)
    if (type === 0x0806) this.#arp(frame)
    else if (type === 0x0800 && frame[23] === 6) this.#tcp(frame)
  }

  #arp(frame: Uint8Array): void {
    if (frame[21] !== 1) return
    const reply = Uint8Array.from(frame)
    reply.set(frame.subarray(6, 12), 0)
    reply.set(guestMac, 6)
    reply[21] = 2
    reply.set(guestMac, 22)
    reply.set(frame.subarray(38, 42), 28)
    reply.set(frame.subarray(22, 32), 32)
    this.#transmit(reply)
  }

  #tcp(frame: Uint8Array): void {
    const segment = parseSegmentFrame(frame)
    if (segment === undefined) return
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    const [theirPort, ourPort] = [view.getUint16(34), view.getUint16(36)]
    const [theirs, ours] = [frame.slice(26, 30).join('.'), frame.slice(30, 34).join('.')]
    const key = `${theirs} ${theirPort} ${ours} ${ourPort}`
    const known = this.#connections.get(key)
    if (segment.flags !== 'S') {
      known?.arrive(segment)
      return
    }
    const send = (out: SegmentText): void =>
      this.#transmit(
        ipv4Frame(6, ours, theirs, tcpPacket(ours, theirs, { guestPort: ourPort, port: theirPort }, out)),
      )
    const connection = new Connection(send, segment.seq, segment.window)
    connection.on('error', () => {})
    connection.on('close', () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key)
    })
    this.#connections.set(key, connection)
    this.#accept(connection, ourPort)
  }
}

/** Frames on a stream, each after its length in four bytes. */
export function serveFrames(socket: Socket, onConnection: (stream: Duplex, port: number) => void): void {
  const card = new Card((frame) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    socket.write(Buffer.concat([length, frame]))
  }, onConnection)
  let pending = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const next = 4 + pending.readUInt32BE(0)
      card.frame(pending.subarray(4, next))
      pending = pending.subarray(next)
    }
  })
}
