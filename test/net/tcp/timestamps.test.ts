/** Timestamps in bursts; the rules themselves are tested by scripts in test/suites/packetdrill/scripts. */
import { expect, test } from 'vitest'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

const cases = [1500, 9000, 65_520].flatMap((mtu) =>
  [true, false].map((canGather): [number, boolean] => [mtu, canGather]),
)

test.each(cases)(
  'MTU %i, gathering %s: each segment of a burst has timestamps, and fits',
  (mtu, canGather) => {
    const lab = new Lab(mtu)
    lab.canGather = canGather
    const syn = {
      mss: mtu - 40,
      windowShift: 7,
      sackPermitted: true,
      timestamps: [1000, 0] as [number, number],
    }
    const c = new LabConnection(lab, syn)
    // The lab's own ACK has no timestamp and was dropped, so the handshake is still incomplete.
    c.send({ flags: 'A', ack: 0, window: 65_535, timestamps: [1001, 0] })
    lab.act(({ tcp }) => {
      for (const one of tcp.connections()) one.congestionWindow = 0x3fff_ffff
    })
    c.take()
    const sent = Uint8Array.from({ length: 300_001 }, (_, index) => index * 31 + (index >> 8))
    lab.act((stack) => stack.tcp.hostData(c.host.connection!, sent, 0, sent.length))
    const segments = c.take()
    expect(Buffer.concat(segments.map(({ payload }) => payload)).equals(sent)).toBe(true)
    for (const { payload, timestamps } of segments) {
      expect(payload.length).toBeLessThanOrEqual(mtu - 52)
      expect(timestamps?.[1]).toBe(1001)
    }
    expect(segments[0]!.payload).toHaveLength(Math.min(mtu, 65_535) - 52)
  },
)

test('the timestamps of two connections are unrelated', () => {
  const lab = new Lab(1500)
  const clocks = [50_001, 50_002].map((guestPort) => {
    const c = new LabConnection(lab, { mss: 1460, timestamps: [7, 0] }, { guestPort })
    return c.host.connection!.timestampOffset
  })
  expect(clocks[0]).not.toBe(clocks[1])
})
