/** The guest's end of a link with QEMU's stream framing, without a guest: it answers ARP and neighbour solicitations. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { until } from '../../../src/host/until.ts'
import { icmp6, icmp6Frame, textOf } from '../../support/net/ipv6-messages.ts'
import { octets } from '../../support/net/segments.ts'

const guestMac = [2, 0x50, 0, 0, 0, 1]

export class Wire {
  /** Gets every frame that is neither ARP nor neighbour discovery. */
  onFrame: (frame: Uint8Array) => void = () => {}
  readonly #socket: Socket
  readonly #guest4: string
  #pending: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket, guest4: string) {
    this.#socket = socket
    this.#guest4 = guest4
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => {})
  }

  static async join(path: string, guest4: string): Promise<Wire> {
    // The socket's file is there before its process listens.
    const socket = await until(() => connected(path), { deadlineMs: 10_000 })
    return new Wire(socket, guest4)
  }

  send(frame: Uint8Array): void {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    this.#socket.write(Buffer.concat([length, frame]))
  }

  /** So that whoever is behind the link knows the guest. */
  announce(gateway4: string): void {
    this.send(arp(1, this.#guest4, [0, 0, 0, 0, 0, 0], gateway4))
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk])
    for (;;) {
      if (this.#pending.length < 4) return
      const end = 4 + this.#pending.readUInt32BE(0)
      if (this.#pending.length < end) return
      const frame = Uint8Array.from(this.#pending.subarray(4, end))
      this.#pending = this.#pending.subarray(end)
      this.#arrived(frame)
    }
  }

  #arrived(frame: Uint8Array): void {
    const view = new DataView(frame.buffer)
    const type = view.getUint16(12)
    if (type === 0x0806) {
      const target = octets(this.#guest4)
      const isForUs = view.getUint16(20) === 1 && target.every((octet, i) => frame[38 + i] === octet)
      const asker = [...frame.subarray(28, 32)].join('.')
      if (isForUs) this.send(arp(2, this.#guest4, [...frame.subarray(22, 28)], asker))
    } else if (type === 0x86dd && frame[20] === 58 && frame[54] === 135) {
      const target = textOf(frame.subarray(62, 78))
      const source = textOf(frame.subarray(22, 38))
      // Solicited, override; our link-layer address.
      const body = [0x60, 0, 0, 0, ...octets(target), 2, 1, ...guestMac]
      this.send(icmp6Frame(target, source, icmp6(136, 0, body)))
    } else this.onFrame(withoutPadding(frame, type))
  }
}

/** Ethernet's least length may have made it longer. */
function withoutPadding(frame: Uint8Array, type: number): Uint8Array {
  const view = new DataView(frame.buffer)
  if (type === 0x0800) return frame.slice(0, 14 + view.getUint16(16))
  return type === 0x86dd ? frame.slice(0, 54 + view.getUint16(18)) : frame
}

function arp(operation: number, sender: string, targetMac: readonly number[], target: string): Uint8Array {
  const to = operation === 1 ? [255, 255, 255, 255, 255, 255] : targetMac
  const head = [...to, ...guestMac, 8, 6, 0, 1, 8, 0, 6, 4, 0, operation]
  return Uint8Array.of(...head, ...guestMac, ...octets(sender), ...targetMac, ...octets(target))
}

async function connected(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return socket
  } catch {
    return undefined
  }
}
