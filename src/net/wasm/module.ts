/** Functions on packets in WebAssembly memory; addresses are offsets in that memory. */
import type { Kernel } from '../wire/kernel.ts'
import { moduleOf } from './assembler.ts'
import { sum } from './checksum.ts'
import { coalesce4, coalesce6 } from './gro.ts'
import { segments } from './tso.ts'

const pageBytes = 64 * 1024

/** The used part of the global, whose types are only in the DOM library. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: object }
}

let compiled: object | undefined

/** Untouched memory occupies no physical memory. */
export function newKernel(bytes: number): { memory: Uint8Array; kernel: Kernel } {
  compiled ??= new WebAssembly.Module(moduleOf([sum, segments, coalesce4, coalesce6]))
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) })
  const instance = new WebAssembly.Instance(compiled, { host: { memory } })
  return { memory: new Uint8Array(memory.buffer), kernel: instance.exports as Kernel }
}
