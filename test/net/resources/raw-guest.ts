/** A guest at frame level: sends given frames, with enough TCP for short connections. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { octets, type SegmentText, tcpFrame } from '../../support/net/segments.ts'

const address = '192.168.65.3'

interface Connection {
  to: string
  port: number
  /** Next sequence number to send, and next one expected. */
  sequence: number
  awaited: number
  received: number
  isOpen: boolean
  isEnded: boolean
}

export class RawGuest {
  readonly connections: Map<number, Connection> = new Map()
  readonly #socket: Socket
  #pending: Buffer = Buffer.alloc(0)
  /** Number of received frames. */
  frames = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk))
    socket.on('error', () => {})
  }

  static async attach(path: string): Promise<RawGuest> {
    const socket = connect(path)
    await once(socket, 'connect')
    return new RawGuest(socket)
  }

  async detach(): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.destroy()
    await closed
  }

  /** Resolves when the forwarder has accepted the frames. */
  async send(frames: readonly Uint8Array[]): Promise<void> {
    if (!this.#socket.write(joined(frames))) await once(this.#socket, 'drain')
  }

  open(guestPort: number, to: string, port: number): Uint8Array {
    const connection = { to, port, sequence: 101, awaited: 0, received: 0, isOpen: false, isEnded: false }
    this.connections.set(guestPort, connection)
    return tcpFrame(address, to, { guestPort, port }, { flags: 'S', seq: 100, mss: 1460, windowShift: 7 })
  }

  data(guestPort: number, payload: Uint8Array | string): Uint8Array {
    const { sequence } = this.connections.get(guestPort)!
    this.connections.get(guestPort)!.sequence += payload.length
    return this.#segment(guestPort, { flags: 'PA', seq: sequence, payload })
  }

  fin(guestPort: number): Uint8Array {
    const connection = this.connections.get(guestPort)!
    connection.sequence += 1
    return this.#segment(guestPort, { flags: 'FA', seq: connection.sequence - 1 })
  }

  reset(guestPort: number): Uint8Array {
    const { sequence } = this.connections.get(guestPort)!
    return this.#segment(guestPort, { flags: 'R', seq: sequence })
  }

  #segment(guestPort: number, segment: SegmentText): Uint8Array {
    const { to, port, sequence, awaited } = this.connections.get(guestPort)!
    return tcpFrame(address, to, { guestPort, port }, { seq: sequence, ack: awaited, ...segment })
  }

  #arrived(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const answers: Uint8Array[] = []
    let at = 0
    while (at + 4 <= this.#pending.length) {
      const end = at + 4 + this.#pending.readUInt32BE(at)
      if (end > this.#pending.length) break
      const answer = this.#frame(this.#pending.subarray(at + 4, end))
      if (answer !== undefined) answers.push(answer)
      at = end
    }
    this.#pending = this.#pending.subarray(at)
    if (answers.length > 0) this.#socket.write(joined(answers))
  }

  #frame(frame: Buffer): Uint8Array | undefined {
    this.frames += 1
    if (frame.readUInt16BE(12) === 0x0806) return arpAnswer(frame)
    const segment = parseSegmentFrame(frame)
    const guestPort = frame.readUInt16BE(36)
    const connection = this.connections.get(guestPort)
    if (segment === undefined || connection === undefined || segment.flags.includes('R')) return undefined
    const { flags, seq, payload } = segment
    const isSyn = flags.includes('S')
    const bytes = payload.length + (isSyn || flags.includes('F') ? 1 : 0)
    if (bytes === 0) return undefined
    if (isSyn) connection.isOpen = true
    else connection.received += payload.length
    if (flags.includes('F')) connection.isEnded = true
    connection.awaited = (seq + bytes) | 0
    return this.#segment(guestPort, { flags: 'A' })
  }
}

/** Framing of QEMU. */
const joined = (frames: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    frames.flatMap((frame) => [Uint8Array.of(0, 0, frame.length >> 8, frame.length & 255), frame]),
  )

/** Answers an ARP request. */
function arpAnswer(frame: Buffer): Uint8Array | undefined {
  if (frame.readUInt16BE(20) !== 1) return undefined
  const [own, querier] = [frame.subarray(38, 42), frame.subarray(22, 32)]
  if (!own.equals(Buffer.from(octets(address)))) return undefined
  const mac = [2, 0x50, 0, 0, 0, 1]
  return Uint8Array.of(
    ...querier.subarray(0, 6),
    ...mac,
    8,
    6,
    0,
    1,
    8,
    0,
    6,
    4,
    0,
    2,
    ...mac,
    ...own,
    ...querier,
  )
}
