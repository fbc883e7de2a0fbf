import { describe, expect, test } from 'vitest'
import { MappedMemory } from '../../../../bench/net/vhost-user/mapped-memory.ts'
import { isLinux } from '../../../../src/net/host/linux/libc.ts'
import { closeFd } from '../../../../src/net/host/linux/sockets.ts'
import { memoryFile } from './front-end.ts'

const bytes = 65_536
const region = { guestAt: 0, userAt: 0x1000, bytes, fileAt: 0 }
const seal = { shrink: 2, grow: 4 } as const

describe.runIf(isLinux)('mapped memory', () => {
  test('two mappings of a file show the same bytes', () => {
    const fd = memoryFile(bytes, seal.shrink)
    using one = MappedMemory.map([region], [fd])!
    using other = MappedMemory.map([region], [fd])!
    closeFd(fd)
    one.memory.regions[0]!.bytes[bytes - 1] = 42
    expect(other.memory.regions[0]!.bytes[bytes - 1]).toBe(42)
  })

  test('every view is empty once it is unmapped, so that a late access cannot fault', () => {
    const fd = memoryFile(bytes, seal.shrink)
    const mapped = MappedMemory.map([region], [fd])!
    closeFd(fd)
    const view = mapped.memory.regions[0]!.bytes
    const words = new Int32Array(view.buffer)
    mapped[Symbol.dispose]()
    expect([view.length, words.length]).toEqual([0, 0])
    expect(view[0]).toBeUndefined()
    expect(() => Atomics.load(words, 0)).toThrow(TypeError)
    expect(mapped.memory.regionOf(0, 1)).toBeUndefined()
  })

  test('a file that can shrink under the mapping, or ends before the region, is refused', () => {
    for (const [seals, wanted] of [
      [0, bytes],
      [seal.grow, bytes],
      [seal.shrink, bytes + 1],
    ] as const) {
      const fd = memoryFile(bytes, seals)
      expect(MappedMemory.map([{ ...region, bytes: wanted }], [fd])).toBeUndefined()
      closeFd(fd)
    }
    expect(MappedMemory.map([region], [])).toBeUndefined()
  })
})
