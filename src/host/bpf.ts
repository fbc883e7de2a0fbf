/** Classic BPF programs for seccomp(2) (linux/filter.h, linux/seccomp.h). */

/** Offsets in struct seccomp_data: call number, architecture, and low and high word of an argument. */
export const at = {
  call: 0,
  architecture: 4,
  argument: (i: number): number => 16 + 8 * i,
  highWord: (i: number): number => 20 + 8 * i,
} as const

export type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number]

export const load = (offset: number): Instruction => [0x20, 0, 0, offset]
export const equals = (value: number, whenTrue: number, whenFalse: number): Instruction => [
  0x15,
  whenTrue,
  whenFalse,
  value,
]
/** Skips this jump and the next instruction if the value is below. */
export const isAtLeast = (value: number): Instruction => [0x35, 0, 1, value]
export const hasAny = (bits: number, whenTrue: number, whenFalse: number): Instruction => [
  0x45,
  whenTrue,
  whenFalse,
  bits,
]
/** Skips the next instruction unless the value is this. */
export const unless = (value: number): Instruction => equals(value, 0, 1)
export const give = (value: number): Instruction => [0x06, 0, 0, value]

/** Removes all other bits. */
export const keepBits = (bits: number): Instruction => [0x54, 0, 0, bits]

/** Instructions for this call only; they always return a verdict. */
export const forCall = (call: number, body: readonly Instruction[]): Instruction[] => [
  equals(call, 0, body.length),
  ...body,
]

/** struct sock_filter, one per instruction. */
export function encodeProgram(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [i, [code, whenTrue, whenFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8)
    bytes.writeUInt8(whenTrue, i * 8 + 2)
    bytes.writeUInt8(whenFalse, i * 8 + 3)
    bytes.writeUInt32LE(value, i * 8 + 4)
  }
  return bytes
}
