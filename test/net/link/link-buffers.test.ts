import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkBuffers, segmentsPerBatch } from '../../../src/net/link/link-buffers.ts'

const mtu = fc.integer({ min: 1280, max: 65_535 })

test('the segments of a batch fit it with their headers, and another one may not', () => {
  fc.assert(
    fc.property(mtu, fc.double({ min: 0.2, max: 1, noNaN: true }), (bytes, share) => {
      const payload = Math.max(536, Math.floor((bytes - 40) * share))
      const count = segmentsPerBatch(bytes, payload)
      const { batchBytes } = linkBuffers(bytes)
      // Length prefix, Ethernet, IPv6, TCP with the most options.
      const headers = 4 + 14 + 40 + 60
      expect(count * (payload + headers)).toBeLessThanOrEqual(batchBytes)
      expect((count + 1) * (payload + 128)).toBeGreaterThan(batchBytes)
    }),
  )
})

test('a batch is a power of two, and the socket holds at least two', () => {
  fc.assert(
    fc.property(mtu, (bytes) => {
      const { batchBytes, socketBytes } = linkBuffers(bytes)
      expect(Math.log2(batchBytes) % 1).toBe(0)
      expect(socketBytes).toBeGreaterThanOrEqual(2 * batchBytes)
    }),
  )
})
