/** Minimal static ELF executable for x86-64 Linux (System V ABI) with a single loadable segment. */

const loadAddress = 0x400000n
const headerBytes = 64
const segmentHeaderBytes = 56

/** @param code machine code; the entry point is its first instruction */
export function staticElf(code: readonly (readonly number[])[]): Uint8Array {
  const text = Buffer.from(code.flat())
  const bytes = headerBytes + segmentHeaderBytes + text.length
  const header = Buffer.alloc(headerBytes)
  // Magic number, 64 bits, little endian, version 1; executable, x86-64, version 1.
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  header.writeUInt16LE(2, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(loadAddress + BigInt(headerBytes + segmentHeaderBytes), 24)
  header.writeBigUInt64LE(BigInt(headerBytes), 32)
  header.writeUInt16LE(headerBytes, 52)
  header.writeUInt16LE(segmentHeaderBytes, 54)
  header.writeUInt16LE(1, 56)
  const segment = Buffer.alloc(segmentHeaderBytes)
  // PT_LOAD, readable and executable, the whole file at `loadAddress`.
  segment.writeUInt32LE(1, 0)
  segment.writeUInt32LE(5, 4)
  segment.writeBigUInt64LE(loadAddress, 16)
  segment.writeBigUInt64LE(loadAddress, 24)
  segment.writeBigUInt64LE(BigInt(bytes), 32)
  segment.writeBigUInt64LE(BigInt(bytes), 40)
  segment.writeBigUInt64LE(0x1000n, 48)
  return Buffer.concat([header, segment, text])
}
