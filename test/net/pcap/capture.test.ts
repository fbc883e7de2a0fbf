import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Capture, type CaptureOptions, captureDefaults } from '../../../src/net/pcap/capture.ts'
import { parseFilter } from '../../../src/net/pcap/filter.ts'
import { StreamSink } from '../../../src/net/pcap/host-sink.ts'
import { icmp6, icmp6Frame } from '../ip6/messages.ts'
import { tcpFrame } from '../tcp/segments.ts'

/** An IPv4 frame with ports, or a fragment's tail without. */
function frame(protocol: number, from: string, to: string, fragmentOffset = 0): Uint8Array {
  const [fromAddress, fromPort = '0'] = from.split(':')
  const [toAddress, toPort = '0'] = to.split(':')
  const bytes = new Uint8Array(14 + 20 + 20)
  const view = new DataView(bytes.buffer)
  view.setUint16(12, 0x0800)
  bytes[14] = 0x45
  view.setUint16(16, 40)
  view.setUint16(20, fragmentOffset)
  bytes[22] = 64
  bytes[23] = protocol
  bytes.set(fromAddress!.split('.').map(Number), 26)
  bytes.set(toAddress!.split('.').map(Number), 30)
  view.setUint16(34, Number(fromPort))
  view.setUint16(36, Number(toPort))
  bytes[46] = 0x50
  return bytes
}

function arp(): Uint8Array {
  const bytes = new Uint8Array(42)
  bytes.set([8, 6], 12)
  bytes.set([0, 1, 8, 0, 6, 4, 0, 1], 14)
  bytes.set([10, 0, 0, 1], 28)
  bytes.set([10, 0, 0, 2], 38)
  return bytes
}

const web = frame(6, '192.168.65.3:40000', '10.0.0.1:443')
const dns = frame(17, '192.168.65.1:53', '192.168.65.3:5353')

describe('filter', () => {
  test.each([
    ['', true, true, true],
    ['tcp', true, false, false],
    ['udp port 53', undefined, undefined, undefined],
    ['udp and port 53', false, true, false],
    ['host 192.168.65.3', true, true, false],
    ['net 10.0.0.0/8', true, false, true],
    ['net 10.0.0.0/30 and not tcp', false, false, true],
    ['tcp or udp and port 9', true, false, false],
    ['( tcp or udp ) and port 9', false, false, false],
    ['(tcp or udp)and(port 53)', false, true, false],
    ['not not arp', false, false, true],
    ['host fd00::1', false, false, false],
    ['net 0.0.0.0/0', true, true, true],
  ])('%j', (text, isWeb, isDns, isArp) => {
    if (isWeb === undefined) return expect(() => parseFilter(text)).toThrow('"port"')
    const filter = parseFilter(text)
    expect([web, dns, arp()].map(filter)).toEqual([isWeb, isDns, isArp])
  })

  test.each([
    'port',
    'port 70000',
    'host nowhere',
    'net 10.0.0.0',
    'tcp and',
    '(tcp',
    'tcp)',
    'ether host x',
  ])('%j is refused with the word that makes no sense', (text) =>
    expect(() => parseFilter(text)).toThrow(/capture filter: /),
  )

  test("a later fragment's payload is not taken for ports", () => {
    expect(parseFilter('port 443')(frame(6, '192.168.65.3:443', '10.0.0.1:443', 100))).toBe(false)
  })

  test('frames of any bytes never throw', () => {
    const filter = parseFilter('tcp and port 1 or host 1.2.3.4 or net fd00::/8 or arp and not icmp')
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => typeof filter(bytes) === 'boolean'))
  })
})

class MemorySink {
  readonly chunks: Uint8Array[] = []
  waitingBytes = 0

  write(bytes: Uint8Array): void {
    this.chunks.push(bytes)
  }
}

function capture(change: Partial<CaptureOptions> = {}) {
  const sink = new MemorySink()
  return { sink, running: new Capture(sink, { ...captureDefaults, filter: () => true, ...change }) }
}

describe('capture', () => {
  test('stamps are kept to the nanosecond, long frames are cut and say how long they were', () => {
    const { sink, running } = capture({ snapBytes: 20 })
    running.frame(web, 1_700_000_000_123_456_789n)
    const record = Buffer.from(sink.chunks[1]!)
    expect([0, 4, 8, 12].map((at) => record.readUInt32BE(at))).toEqual([1_700_000_000, 123_456_789, 20, 54])
    expect(record.subarray(16)).toEqual(Buffer.from(web.subarray(0, 20)))
  })

  test('a reader that does not keep up loses frames, counted, and nothing waits for it', () => {
    const { sink, running } = capture({ maxWaitingBytes: 100 })
    running.frame(web, 0n)
    sink.waitingBytes = 101
    running.frame(web, 0n)
    sink.waitingBytes = 0
    running.frame(web, 0n)
    expect(running.counters).toEqual({ captured: 2, lost: 1 })
  })

  test('into a file: whole when it is closed, and readable by its owner only', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pcap-'))
    const file = StreamSink.toFile(join(dir, 'c.pcap'))
    const running = new Capture(file, { ...captureDefaults, filter: () => true })
    for (let i = 0; i < 1000; i += 1) running.frame(web, 1n)
    await file[Symbol.asyncDispose]()
    const { size, mode } = await stat(join(dir, 'c.pcap'))
    expect([size, mode & 0o777]).toEqual([24 + 1000 * (16 + web.length), 0o600])
    await rm(dir, { recursive: true })
  })

  test('a reader that leaves ends the capture, not the process', async () => {
    const pipe = new PassThrough()
    const sink = new StreamSink(pipe)
    const running = new Capture(sink, { ...captureDefaults, filter: () => true })
    pipe.destroy(new Error('EPIPE'))
    running.frame(web, 1n)
    await expect(sink.closed).rejects.toThrow('EPIPE')
    await sink[Symbol.asyncDispose]()
  })

  const run = promisify(execFile)
  test('tcpdump reads it back', async ({ skip }) => {
    const installed = await run('tcpdump', ['--version']).then(
      () => true,
      () => false,
    )
    if (!installed) skip()
    const { sink, running } = capture({ filter: parseFilter('udp or tcp') })
    for (const bytes of [web, arp(), dns]) running.frame(bytes, 1_700_000_000_000_000_007n)
    const dir = await mkdtemp(join(tmpdir(), 'pcap-'))
    await writeFile(join(dir, 'c.pcap'), Buffer.concat(sink.chunks))
    const { stdout } = await run('tcpdump', ['-nr', join(dir, 'c.pcap'), '-tt', '--nano'])
    await rm(dir, { recursive: true })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.slice(0, 70)),
    ).toEqual([
      expect.stringContaining('1700000000.000000007 IP 192.168.65.3.40000 > 10.0.0.1.443:'),
      expect.stringContaining('1700000000.000000007 IP 192.168.65.1.53 > 192.168.65.3.5353:'),
    ])
  })
})

test('icmp6 is neighbour discovery and pings of IPv6, and no other packet', () => {
  const filter = parseFilter('icmp6')
  expect(filter(icmp6Frame('fd00::3', 'fd00::1', icmp6(128, 0, [0, 1, 0, 1])))).toBe(true)
  expect(filter(tcpFrame('fd00::3', 'fd00::1', { guestPort: 1, port: 2 }, { flags: 'S' }))).toBe(false)
  expect(parseFilter('icmp')(icmp6Frame('fd00::3', 'fd00::1', icmp6(128, 0, [])))).toBe(false)
})
