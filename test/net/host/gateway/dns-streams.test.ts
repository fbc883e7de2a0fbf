/** DNS over TCP with a scripted guest and the real stack and resolver. */
import packet from 'dns-packet'
import { expect, onTestFinished, test } from 'vitest'
import type { HostStream } from '../../../../src/net/core/host-stream.ts'
import { clockMs, EventLoop } from '../../../../src/net/host/event-loop.ts'
import { DnsStreams, dnsIdleMs, maxDnsStreams } from '../../../../src/net/host/gateway/dns-streams.ts'
import { HostDns } from '../../../../src/net/host/gateway/host-dns.ts'
import { framed, MessageReader } from '../../../../src/net/services/dns/stream.ts'
import type { TcpConnection } from '../../../../src/net/tcp/connection.ts'
import { PacketBuffer } from '../../../../src/net/wire/packet.ts'
import { clientQuery, own, settings } from '../../../support/net/dns-resolver.ts'
import { flow, Lab, network } from '../../../support/net/lab.ts'
import { type SegmentText, tcpFrame } from '../../../support/net/segments.ts'

/** A chain of aliases, with a response much larger than the query. */
const far = Array.from({ length: 8 }, (_, i) => `${String.fromCharCode(97 + i).repeat(60)}.${i}.test`)
const hosts = Object.fromEntries(['x', ...far].map((name, i) => [name, far[i] ?? '10.0.0.1']))

class DnsLab extends Lab {
  readonly loop: EventLoop = new EventLoop(this.stack)
  readonly dns: HostDns = new HostDns({ settings: settings({ hosts }), own, loop: () => this.loop })
  readonly streams: DnsStreams = new DnsStreams(this.loop, this.dns)

  constructor() {
    super()
    onTestFinished(() => {
      this.streams[Symbol.dispose]()
      this.dns[Symbol.dispose]()
      this.loop.close()
    })
  }

  override dialTcp(connection: TcpConnection): HostStream {
    return this.streams.open(connection)
  }
}

/** A connection of the guest. */
class Client {
  readonly #lab: DnsLab
  readonly #ports: typeof flow
  readonly #reader = new MessageReader()
  #isn = 0
  #sent = 0
  #got = 0
  window = 65_535
  flags = ''

  private constructor(lab: DnsLab, guestPort: number) {
    this.#lab = lab
    this.#ports = { ...flow, guestPort }
  }

  static async open(lab: DnsLab, guestPort = 40_000): Promise<Client> {
    const client = new Client(lab, guestPort)
    client.#arrive({ flags: 'S', seq: -1, mss: 1460, windowShift: 7 })
    await Promise.resolve()
    client.#isn = lab.takeSegments().find(({ flags }) => flags.includes('S'))!.seq
    client.#arrive({ flags: 'A', ack: 0 })
    return client
  }

  send(bytes: Uint8Array, flags = 'A'): void {
    this.#arrive({ flags, seq: this.#sent, ack: this.#got, payload: bytes })
    this.#sent += bytes.length
  }

  /** Reads and acknowledges responses until there are no more. */
  read(): Uint8Array[] {
    const answers: Uint8Array[] = []
    for (;;) {
      const segments = this.#lab.takeSegments()
      this.flags += segments.map(({ flags }) => flags).join('')
      const data = segments.filter(({ payload }) => payload.length > 0)
      if (data.length === 0) return answers
      for (const { payload } of data) {
        this.#got += payload.length
        this.#reader.push(payload)
      }
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
        answers.push(next.slice())
      }
      this.#arrive({ flags: 'A', seq: this.#sent, ack: this.#got })
    }
  }

  #arrive({ seq = 0, ack, ...rest }: SegmentText): void {
    const segment = {
      ...rest,
      seq: 1001 + seq,
      window: this.window,
      ...(ack === undefined ? {} : { ack: (this.#isn + 1 + ack) | 0 }),
    }
    const frame = tcpFrame(network.address, flow.address, this.#ports, segment)
    const { loop, link } = this.#lab
    const stack = loop.begin()
    stack.from = link
    stack.frame(new PacketBuffer(frame), 0, frame.length)
    loop.end()
  }
}

const query = (id: number, name = 'x'): Uint8Array => framed(clientQuery(name, 'A', { id }))
const ids = (answers: readonly Uint8Array[]): number[] =>
  answers.map((answer) => packet.decode(Buffer.from(answer)).id!)

test('pipelined queries, and one sent byte by byte, are all answered', async () => {
  const client = await Client.open(new DnsLab())
  const sent = Array.from({ length: 30 }, (_, i) => i)
  client.send(Buffer.concat(sent.map((id) => query(id))))
  for (const byte of query(99)) client.send(Uint8Array.of(byte))
  expect(ids(client.read())).toEqual([...sent, 99])
})

test('a guest that does not read responses gets no further ones, and receives all when it reads', async () => {
  const lab = new DnsLab()
  const client = await Client.open(lab)
  const sent = Array.from({ length: 16_000 }, (_, id) => id)
  client.window = 0
  for (let i = 0; i < sent.length; i += 400)
    client.send(Buffer.concat(sent.slice(i, i + 400).map((id) => query(id))))
  expect(lab.stack.tcp.bufferedBytes).toBeLessThan(5_000_000)
  client.window = 65_535
  client.send(new Uint8Array())
  expect(ids(client.read())).toEqual(sent)
})

test('responses are sent after the guest has half-closed, and then the connection ends', async () => {
  const client = await Client.open(new DnsLab())
  client.send(Buffer.concat([query(1), query(2)]), 'FA')
  expect(ids(client.read())).toEqual([1, 2])
  expect(client.flags).toContain('F')
})

test.each([
  ['nothing', Uint8Array.of(0, 0)],
  ['an answer', framed(Uint8Array.of(0, 1, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0))],
])('a client that sends %s as a question is disconnected', async (_, bytes) => {
  const lab = new DnsLab()
  const client = await Client.open(lab)
  client.send(Buffer.concat([query(1), bytes, query(2)]))
  expect(ids(client.read())).toEqual([1])
  expect(client.flags).toContain('R')
  expect(lab.streams.size).toBe(0)
})

test('an idle connection is closed, and reset if the guest keeps it open', async () => {
  const lab = new DnsLab()
  const client = await Client.open(lab)
  client.send(query(1))
  client.read()
  lab.streams.expire(clockMs() + dnsIdleMs - 1000)
  client.read()
  expect(client.flags).not.toContain('F')
  lab.streams.expire(clockMs() + dnsIdleMs)
  client.read()
  expect(client.flags).toContain('F')
  lab.streams.expire(clockMs() + 2 * dnsIdleMs)
  client.read()
  expect(client.flags).toContain('R')
  expect(lab.streams.size).toBe(0)
})

test('a connection above the limit evicts the least recently used one', async () => {
  const lab = new DnsLab()
  for (let i = 0; i <= maxDnsStreams; i += 1) await Client.open(lab, 1000 + i)
  expect(lab.streams.size).toBe(maxDnsStreams)
  const ports = Array.from(lab.stack.tcp.connections(), ({ guestPort }) => guestPort)
  expect(ports.toSorted((a, b) => a - b)).toEqual(Array.from({ length: maxDnsStreams }, (_, i) => 1001 + i))
})
