/**
 * Native part of koffi alone; replaces koffi in the bundle of the launcher (rolldown.config.ts). The JavaScript around it adds only
 * deprecated names, and takes 7 of the 15 ms that the launcher needs beyond a start of Node.
 */
import { join } from 'node:path'
import type koffi from 'koffi'

const { platform, arch } = process
const folder = join(import.meta.dirname, `vendor/@koromix/koffi-${platform}-${arch}`)

function load(): typeof koffi {
  const native = { exports: {} as typeof koffi }
  try {
    process.dlopen(native, join(folder, `${platform}_${arch}`, 'koffi.node'))
  } catch {
    process.dlopen(native, join(folder, `musl_${arch}`, 'koffi.node'))
  }
  return native.exports
}

const native: typeof koffi = load()
export default native
