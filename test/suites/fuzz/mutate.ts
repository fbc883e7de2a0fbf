/** Changes inputs of a corpus at random: bits, bytes, numbers at their edges, pieces doubled, cut, moved in from another. */

const edges = [0, 1, 2, 3, 0x7f, 0x80, 0xc0, 0xfe, 0xff]

export function mutated(
  input: Uint8Array,
  other: Uint8Array,
  maxBytes: number,
  random: (below: number) => number,
): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(input)
  const changes = 1 + random(4)
  for (let i = 0; i < changes; i += 1) bytes = changed(bytes, other, random)
  return bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes
}

function changed(bytes: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random(256))
  const at = random(bytes.length)
  const length = Math.min(1 + random(16), bytes.length - at)
  switch (random(8)) {
    case 0:
      bytes[at]! ^= 1 << random(8)
      return bytes
    case 1:
      bytes[at] = random(256)
      return bytes
    case 2:
      bytes[at] = edges[random(edges.length)]!
      return bytes
    case 3: {
      const value = random(0x10000)
      bytes[at] = value >> 8
      if (at + 1 < bytes.length) bytes[at + 1] = value
      return bytes
    }
    case 4:
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + length))
    case 5:
      return Uint8Array.of(...bytes.subarray(0, at + length), ...bytes.subarray(at))
    case 6: {
      const from = other.length === 0 ? 0 : random(other.length)
      return Uint8Array.of(
        ...bytes.subarray(0, at),
        ...other.subarray(from, from + length),
        ...bytes.subarray(at),
      )
    }
    default: {
      const from = other.length === 0 ? 0 : random(other.length)
      return Uint8Array.of(...bytes.subarray(0, at), ...other.subarray(from))
    }
  }
}
