/**
 * WebAssembly assembler: each function returns the bytes of an expression or statement and is named after the
 * instruction in the core specification (version 2.0). Types are i32 unless the name begins with `v128`.
 */

export type Code = readonly number[]

export interface Local {
  readonly get: Code
  set(value: Code): Code
}

export interface KernelFunction {
  name: string
  parameters: number
  isGivingValue: boolean
  locals: readonly LocalType[]
  body: Code
}

type LocalType = 'i32' | 'v128'
const typeCode: Readonly<Record<LocalType, number>> = { i32: 0x7f, v128: 0x7b }

function unsignedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; ) {
    const low = rest & 0x7f
    rest >>>= 7
    if (rest === 0) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

function signedLeb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; ) {
    const low = rest & 0x7f
    rest >>= 7
    if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

export const int = (value: number): Code => [0x41, ...signedLeb(value | 0)]

type Binary = (a: Code, b: Code) => Code
const binary =
  (opcode: number): Binary =>
  (a, b) => [...a, ...b, opcode]
export const eq: Binary = binary(0x46)
export const ne: Binary = binary(0x47)
export const ltU: Binary = binary(0x49)
export const gtU: Binary = binary(0x4b)
export const leS: Binary = binary(0x4c)
export const sub: Binary = binary(0x6b)
export const mul: Binary = binary(0x6c)
export const and: Binary = binary(0x71)
export const shl: Binary = binary(0x74)
export const shrU: Binary = binary(0x76)
/** Combines all operands with a binary instruction. */
const chain =
  (opcode: number) =>
  (...operands: Code[]): Code =>
    operands.flatMap((operand, index) => (index === 0 ? operand : [...operand, opcode]))
export const add: (...operands: Code[]) => Code = chain(0x6a)
export const or: (...operands: Code[]) => Code = chain(0x72)

/** Memory is little-endian, unaligned access is allowed; the offset is added to the address. */
type Load = (address: Code, offset?: number) => Code
const load =
  (opcode: number): Load =>
  (address, offset = 0) => [...address, opcode, 0, ...unsignedLeb(offset)]
export type Store = (address: Code, offset: number, value: Code) => Code
const store =
  (opcode: number): Store =>
  (address, offset, value) => [...address, ...value, opcode, 0, ...unsignedLeb(offset)]
export const load32: Load = load(0x28)
export const load16: Load = load(0x2f)
export const load8: Load = load(0x2d)
export const store32: Store = store(0x36)
export const store16: Store = store(0x3b)
export const store8: Store = store(0x3a)
/** Copies bytes; the regions may overlap. */
export const copy = (to: Code, from: Code, bytes: Code): Code => [...to, ...from, ...bytes, 0xfc, 0x0a, 0, 0]

const simd = (opcode: number): Code => [0xfd, ...unsignedLeb(opcode)]
export const v128Load = (address: Code, offset = 0): Code => [
  ...address,
  ...simd(0x00),
  0,
  ...unsignedLeb(offset),
]
export const v128Store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  0,
  ...unsignedLeb(offset),
]
export const v128Zero: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)]
/** Adds eight 16-bit numbers in pairs to four 32-bit numbers. */
export const v128AddPairs = (a: Code): Code => [...a, ...simd(0x7f)]
export const v128Add = (a: Code, b: Code): Code => [...a, ...b, ...simd(0xae)]
export const v128Lane = (a: Code, lane: number): Code => [...a, ...simd(0x1b), lane]

const empty = 0x40
/** Repeats the body while the condition is true. */
export const whileLoop = (condition: Code, ...body: Code[]): Code => [
  ...[0x02, empty, 0x03, empty],
  ...[...condition, 0x45, 0x0d, 1],
  ...body.flat(),
  ...[0x0c, 0, 0x0b, 0x0b],
]
export const ifThen = (condition: Code, ...body: Code[]): Code => [
  ...[...condition, 0x04, empty],
  ...body.flat(),
  0x0b,
]
export const returning = (value: Code): Code => [...value, 0x0f]

/** A function with i32 parameters, and its locals by name. */
export function kernelFunction<P extends string, L extends string>(
  name: string,
  parameters: readonly P[],
  locals: Readonly<Record<L, LocalType>>,
  body: (of: Readonly<Record<P | L, Local>>) => Code,
  isGivingValue = true,
): KernelFunction {
  const names = [...parameters, ...(Object.keys(locals) as L[])]
  const entries = names.map((local, index): [string, Local] => {
    const at = unsignedLeb(index)
    return [local, { get: [0x20, ...at], set: (value) => [...value, 0x21, ...at] }]
  })
  return {
    name,
    parameters: parameters.length,
    isGivingValue,
    locals: Object.values(locals) as LocalType[],
    body: body(Object.fromEntries(entries) as Record<P | L, Local>),
  }
}

const text = (name: string): Code => [name.length, ...[...name].map((letter) => letter.charCodeAt(0))]
const section = (id: number, content: Code): Code => [id, ...unsignedLeb(content.length), ...content]
const list = (items: readonly Code[]): Code => [...unsignedLeb(items.length), ...items.flat()]

/** A module of these functions with memory imported as `host.memory`. */
export function moduleOf(functions: readonly KernelFunction[]): Uint8Array {
  const types = functions.map(({ parameters, isGivingValue }) => [
    ...[0x60, parameters, ...new Array<number>(parameters).fill(typeCode.i32)],
    ...(isGivingValue ? [1, typeCode.i32] : [0]),
  ])
  const codes = functions.map(({ locals, body }) => {
    const content = [...list(locals.map((type) => [1, typeCode[type]])), ...body, 0x0b]
    return [...unsignedLeb(content.length), ...content]
  })
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text('host'), ...text('memory'), 2, 0, 0]])),
    ...section(3, list(functions.map((_, index) => [index]))),
    ...section(7, list(functions.map(({ name }, index) => [...text(name), 0, index]))),
    ...section(10, list(codes)),
  ])
}
