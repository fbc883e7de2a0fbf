import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Capture, type CaptureOptions, captureDefaults } from '../../../src/net/pcap/capture.ts'
import { parseFilter } from '../../../src/net/pcap/filter.ts'
import { StreamSink } from '../../../src/net/pcap/host-sink.ts'
import { arp, frame } from '../../support/net/pcap-frames.ts'

const web = frame(6, '192.168.65.3:40000', '10.0.0.1:443')
const dns = frame(17, '192.168.65.1:53', '192.168.65.3:5353')

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
  test('timestamps have nanosecond precision, and truncated frames keep their original length', () => {
    const { sink, running } = capture({ snapBytes: 20 })
    running.frame(web, 1_700_000_000_123_456_789n)
    const record = Buffer.from(sink.chunks[1]!)
    expect([0, 4, 8, 12].map((at) => record.readUInt32BE(at))).toEqual([1_700_000_000, 123_456_789, 20, 54])
    expect(record.subarray(16)).toEqual(Buffer.from(web.subarray(0, 20)))
  })

  test('a slow reader loses frames, which are counted, and delays nothing', () => {
    const { sink, running } = capture({ maxWaitingBytes: 100 })
    running.frame(web, 0n)
    sink.waitingBytes = 101
    running.frame(web, 0n)
    sink.waitingBytes = 0
    running.frame(web, 0n)
    expect(running.counters).toEqual({ captured: 2, lost: 1 })
  })

  test('a capture file is complete when closed, and readable only by its owner', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pcap-'))
    const file = StreamSink.toFile(join(dir, 'c.pcap'))
    const running = new Capture(file, { ...captureDefaults, filter: () => true })
    for (let i = 0; i < 1000; i += 1) running.frame(web, 1n)
    await file[Symbol.asyncDispose]()
    const { size, mode } = await stat(join(dir, 'c.pcap'))
    expect([size, mode & 0o777]).toEqual([24 + 1000 * (16 + web.length), 0o600])
    await rm(dir, { recursive: true })
  })

  test('a reader that exits ends the capture, not the process', async () => {
    const pipe = new PassThrough()
    const sink = new StreamSink(pipe)
    const running = new Capture(sink, { ...captureDefaults, filter: () => true })
    pipe.destroy(new Error('EPIPE'))
    running.frame(web, 1n)
    await expect(sink.closed).rejects.toThrow('EPIPE')
    await sink[Symbol.asyncDispose]()
  })

  const run = promisify(execFile)
  test('tcpdump reads a capture', async ({ skip }) => {
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
