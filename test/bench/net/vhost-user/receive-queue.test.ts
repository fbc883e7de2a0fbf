import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buffersAt, netHeaderBytes } from '../../../../bench/net/vhost-user/offload.ts'
import { ReceiveQueue } from '../../../../bench/net/vhost-user/receive-queue.ts'
import { packetMemory } from '../../../../src/net/storage/packet-memory.ts'
import { RingDriver, size } from './ring-driver.ts'

const memory = packetMemory.takeBuffer(16_384)

function send(queue: ReceiveQueue, frames: readonly Uint8Array[]): void {
  for (const frame of frames) {
    memory.bytes.set(frame)
    queue.header.setUint16(0, 0x1234)
    queue.begin(frame.length)
    const half = frame.length >> 1
    queue.add(memory.address, half)
    queue.add(memory.address + half, frame.length - half)
    queue.end()
  }
  queue.publish()
}

/** Frames in the completed buffers, by the number of buffers in each header. */
function framesIn(buffers: readonly Uint8Array[]): number[][] {
  const frames: number[][] = []
  for (let at = 0; at < buffers.length; ) {
    const count = new DataView(buffers[at]!.buffer).getUint16(buffersAt, true)
    const whole = buffers.slice(at, at + count).flatMap((one) => [...one])
    frames.push(whole.slice(netHeaderBytes))
    at += Math.max(1, count)
  }
  return frames
}

describe('receive queue', () => {
  test('frames arrive whole and in order, however few and small the buffers are', () => {
    const frame = fc.uint8Array({ minLength: 14, maxLength: 100 })
    const sizes = fc.array(fc.integer({ min: netHeaderBytes, max: 60 }), { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(sizes),
        (frames, posts) => {
          const driver = new RingDriver(new Uint8Array(65_536))
          let calls = 0
          const queue = new ReceiveQueue({ ring: driver.ring, call: () => (calls += 1) })
          const arrived: number[][] = []
          let free = size
          send(queue, frames.slice(0, 3))
          send(queue, frames.slice(3))
          const bytes = frames.reduce((sum, { length }) => sum + length + netHeaderBytes, 0)
          expect(queue.queuedBytes).toBe(bytes)
          for (const post of posts) {
            driver.post(post, 2)
            free -= post.length
            queue.flush()
            const buffers = driver.completed()
            if (buffers.length > 0) {
              arrived.push(...framesIn(buffers))
              free = size
            }
            if (queue.queuedBytes === 0 || free < 2) break
          }
          expect(arrived).toEqual(frames.slice(0, arrived.length).map((one) => [...one]))
          expect(calls).toBeGreaterThanOrEqual(arrived.length > 0 ? 1 : 0)
          if (queue.queuedBytes === 0) expect(arrived.length).toBe(frames.length)
        },
      ),
    )
  })

  test('a frame for which the buffers do not suffice uses none of them', () => {
    const driver = new RingDriver()
    const queue = new ReceiveQueue({ ring: driver.ring, call: () => {} })
    driver.post([20], 2)
    send(queue, [new Uint8Array(30)])
    expect(driver.completed()).toEqual([])
    driver.post([40], 2)
    expect(queue.flush()).toBe(true)
    expect(framesIn(driver.completed())).toEqual([new Array(30).fill(0)])
  })

  test('without a ring, frames wait', () => {
    const queue = new ReceiveQueue({ ring: undefined, call: () => {} })
    send(queue, [new Uint8Array(30)])
    expect(queue.flush()).toBe(false)
    expect(queue.queuedBytes).toBe(30 + netHeaderBytes)
  })
})
