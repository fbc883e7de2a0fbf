import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { VhostLink } from '../../../../bench/net/vhost-user/link.ts'
import * as messages from '../../../../bench/net/vhost-user/messages.ts'
import type { HostSide } from '../../../../src/net/host/host-side.ts'
import { isLinux } from '../../../../src/net/host/linux/libc.ts'
import { closeFd } from '../../../../src/net/host/linux/sockets.ts'
import { FrontEnd, memoryFile, ringBytes } from './front-end.ts'
import { openStack } from './open-stack.ts'

const { request } = messages
const netHeader = new Uint8Array(12)
/** Who has 192.168.65.1? Tell 192.168.65.3. */
const arp = Buffer.from(
  'ffffffffffff' +
    '025000000011' +
    '0806' +
    '0001080006040001' +
    '025000000011' +
    'c0a84103' +
    '000000000000' +
    'c0a84101',
  'hex',
)

function open(host: HostSide): FrontEnd {
  const frontEnd = new FrontEnd()
  const link = new VhostLink(host.loop, frontEnd.peer, { guest: 1500, stack: 65_520 })
  expect(link.queuedBytes).toBe(0)
  return frontEnd
}

const linkCount = (host: HostSide): number => [...host.loop.stack.links.links].length
const mappings = (): number => readFileSync('/proc/self/maps', 'utf8').split('memfd:test').length - 1
const descriptors = (): number => readdirSync('/proc/self/fd').length

function ask(frontEnd: FrontEnd): void {
  const [buffer] = frontEnd.transmit.post([netHeader.length + arp.length])
  frontEnd.transmit.bytes.set(arp, buffer!.at + netHeader.length)
  frontEnd.kick(1)
}

describe.runIf(isLinux)('vhost-user link', () => {
  test('a frame of the transmit queue is answered into the receive queue, and all is released at the end', async () => {
    await using host = openStack()
    const before = [descriptors(), mappings()]
    {
      using frontEnd = open(host)
      frontEnd.start()
      frontEnd.receive.post([1526], 2)
      ask(frontEnd)
      await expect.poll(() => frontEnd.receive.view.getUint16(162, true)).toBe(1)
      const [reply] = frontEnd.receive.completed()
      expect(Buffer.from(reply!.subarray(24, 42)).toString('hex')).toMatch(/^08060001080006040002/)
      expect(frontEnd.transmit.completed()).toHaveLength(1)
    }
    await expect.poll(() => linkCount(host)).toBe(0)
    expect([descriptors(), mappings()]).toEqual(before)
  })

  test('the memory is replaced while the rings run, and the ring continues at its index', async () => {
    await using host = openStack()
    using frontEnd = open(host)
    frontEnd.start()
    for (const turn of [1, 2]) {
      frontEnd.receive.post([1526], 2)
      ask(frontEnd)
      await expect.poll(() => frontEnd.receive.view.getUint16(162, true)).toBe(turn)
      frontEnd.setMemory()
    }
    frontEnd.send(request.getVringBase, Uint32Array.of(1, 0))
    await expect.poll(() => frontEnd.reply()?.getUint32(4, true)).toBe(2)
  })

  test.each([
    ['a feature that was not offered', (frontEnd: FrontEnd) => frontEnd.start(messages.features | 4n)],
    ['an unknown message', (frontEnd: FrontEnd) => frontEnd.send(99, Uint32Array.of(0))],
    [
      'a ring that does not exist',
      (frontEnd: FrontEnd) => frontEnd.send(request.setVringNum, Uint32Array.of(2, 8)),
    ],
    ['memory that can shrink', (frontEnd: FrontEnd) => unsealed(frontEnd)],
  ])('%s closes the link', async (_, wrong) => {
    await using host = openStack()
    using frontEnd = open(host)
    expect(linkCount(host)).toBe(1)
    wrong(frontEnd)
    await expect.poll(() => linkCount(host)).toBe(0)
  })
})

function unsealed(frontEnd: FrontEnd): void {
  const file = memoryFile(2 * ringBytes, 0)
  frontEnd.setMemory(file)
  closeFd(file)
}
