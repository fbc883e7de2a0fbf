/** A hand-assembled static arm64 program that prints a line; needs no compiler and no mirror. */

const line = 'hello from arm64\n'
const base = 0x40_0000
const headers = 64 + 56

/** A64 instructions: write(1, line, length), exit(0). */
const code = [
  0xd280_0020, // mov x0, 1
  0x1000_00e1, // adr x1, line: 28 bytes further
  0xd280_0002 | (line.length << 5), // mov x2, length
  0xd280_0808, // mov x8, 64
  0xd400_0001, // svc 0
  0xd280_0000, // mov x0, 0
  0xd280_0ba8, // mov x8, 93
  0xd400_0001, // svc 0
]

export const arm64Line: string = line

/** An ELF file with one segment (ELF-64 Object File Format). */
export function arm64Program(): Buffer {
  const size = headers + 4 * code.length + line.length
  const file = Buffer.alloc(size)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  file.writeUInt16LE(2, 16)
  file.writeUInt16LE(183, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(base + headers), 24)
  file.writeBigUInt64LE(64n, 32)
  file.writeUInt16LE(64, 52)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(1, 56)
  // PT_LOAD, readable and executable.
  file.writeUInt32LE(1, 64)
  file.writeUInt32LE(5, 68)
  for (const [at, value] of [
    [80, base],
    [88, base],
    [96, size],
    [104, size],
    [112, 0x1000],
  ] as const)
    file.writeBigUInt64LE(BigInt(value), at)
  for (const [i, instruction] of code.entries()) file.writeUInt32LE(instruction >>> 0, headers + 4 * i)
  file.write(line, headers + 4 * code.length)
  return file
}
