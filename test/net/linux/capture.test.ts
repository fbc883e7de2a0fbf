import { describe, expect, test } from 'vitest'
import type { CaptureSink } from '../../../src/net/pcap/capture.ts'
import { captureDefaults } from '../../../src/net/pcap/capture.ts'
import { parseFilter } from '../../../src/net/pcap/filter.ts'
import { canHaveGuest, startGuest } from './linux-guest.ts'

class Frames implements CaptureSink {
  readonly waitingBytes = 0
  readonly written: Uint8Array[] = []

  write(bytes: Uint8Array): void {
    this.written.push(bytes.slice())
  }
}

const etherHeader = 14
const recordHeader = 16

describe.skipIf(!canHaveGuest)('a capture of a live link (needs root and /dev/net/tun)', () => {
  test('a capture contains both directions, completely, only while it runs, and only frames that match its filter', async () => {
    await using guest = await startGuest()
    const ping = () => guest.run('ping', '-c1', '-W2', guest.network.gateway)
    const sink = new Frames()
    await ping()
    {
      using capture = guest.forwarder.capture(sink, { ...captureDefaults, filter: parseFilter('icmp') })
      await ping()
      expect(capture.counters).toEqual({ captured: 2, lost: 0 })
    }
    await ping()
    const [, ...records] = sink.written
    const icmpTypes = records.map((record) => record[recordHeader + etherHeader + 20])
    expect(icmpTypes).toEqual([8, 0])
    expect(records.map(({ length }) => length - recordHeader)).toEqual([98, 98])
  })

  test('the metrics count the frames of the link', async () => {
    await using guest = await startGuest()
    await guest.run('ping', '-c3', '-i0.01', '-W2', guest.network.gateway)
    const received = guest.forwarder.metrics().find(({ name }) => name === 'link_frames_received_total')
    expect(received?.samples[0]?.value).toBeGreaterThanOrEqual(3)
  })
})
