/**
 * What it costs JavaScript to take frames off a transmit ring: follow the chain, copy it to packet memory, give it back.
 * The driver's half is free: descriptors stay the same, and one store makes a whole ring available.
 *
 *   node bench/net/vhost-user/ring-rate.ts
 */
import { packetMemory } from '../../../src/net/storage/packet-memory.ts'
import { rounded, writeResult } from '../measure.ts'
import { GuestMemory } from './memory.ts'
import { Chain, SplitRing } from './ring.ts'

const size = 256
const [descriptors, available, used, data] = [0, 4096, 8192, 16_384] as const
const cases = [
  { name: '1514 bytes, one descriptor', part: 1526, parts: 1 },
  { name: '64 KiB, 17 pages', part: 3856, parts: 17 },
  { name: '64 KiB, 3 pieces', part: 21_850, parts: 3 },
]
const perCase = 4_000_000_000

const rows: object[] = []
for (const { name, part, parts } of cases) {
  const bytes = new Uint8Array(data + 64 * 2 ** 20)
  const view = new DataView(bytes.buffer)
  const chains = Math.floor(size / parts)
  for (let i = 0; i < chains * parts; i += 1) {
    view.setUint32(descriptors + 16 * i, data + ((i * 65_536) % (63 * 2 ** 20)), true)
    view.setUint32(descriptors + 16 * i + 8, part, true)
    const isLast = i % parts === parts - 1
    view.setUint16(descriptors + 16 * i + 12, isLast ? 0 : 1, true)
    view.setUint16(descriptors + 16 * i + 14, i + 1, true)
  }
  for (let i = 0; i < size; i += 1) view.setUint16(available + 4 + 2 * i, (i % chains) * parts, true)
  const memory = new GuestMemory([{ guestAt: 0, userAt: 0, bytes }])
  const ring = SplitRing.open(memory, { size, descriptors, available, used, base: 0 })!
  const packet = packetMemory.takeBuffer(1024 * 1024)
  const chain = new Chain()
  let index = 0
  const run = (total: number): void => {
    for (let done = 0; done < total; ) {
      index = (index + chains) & 0xffff
      view.setUint16(available + 2, index, true)
      for (let at = 0; ring.take(chain, false, 65_561) === 'taken'; ) {
        if (at + chain.bytes > packet.bytes.length) at = 0
        for (let i = 0; i < chain.count; i += 1) {
          const from = chain.at[i]!
          packet.bytes.set(chain.regions[i]!.bytes.subarray(from, from + chain.lengths[i]!), at)
          at += chain.lengths[i]!
        }
        ring.complete(chain.head, 0)
        done += chain.bytes
      }
      ring.publish()
    }
  }
  run(perCase / 4)
  const before = process.cpuUsage()
  run(perCase)
  const { user, system } = process.cpuUsage(before)
  const secondsPerGigabyte = ((user + system) / 1e6 / perCase) * 1e9
  console.log(
    `${name}\t${rounded(secondsPerGigabyte)} s/GB\t${rounded(8 / secondsPerGigabyte)} Gb/s of one CPU`,
  )
}
writeResult('net-vhost-user-ring', { rows })
