/** The initrd: busybox, the modules that reach the root disk, and the script that mounts it. */
import { loadOrder, type ModuleInfo } from '../debian/modules.ts'
import { type CpioEntry, packCpio } from './cpio.ts'

const directory = (path: string): CpioEntry => ({ path, mode: 0o040755, content: new Uint8Array() })
const file = (path: string, mode: number, content: Uint8Array | string): CpioEntry => ({
  path,
  mode: 0o100000 | mode,
  content: Buffer.from(content),
})

/** What stands between the kernel and the root; the rest is found by coldplug later. */
const needed = ['virtio_pci', 'virtio_blk', 'squashfs', 'overlay']

interface InitrdInputs {
  busybox: Uint8Array
  /** `templates/guest/initrd/init`. */
  init: Uint8Array
  modules: readonly ModuleInfo[]
  /** Bytes of a module by its path. */
  moduleContent: (path: string) => Uint8Array
}

export function makeInitrd({ busybox, init, modules, moduleContent }: InitrdInputs): Buffer {
  const order = loadOrder(needed, modules)
  const name = (module: ModuleInfo) => `${module.name}.ko`
  return packCpio([
    ...['bin', 'dev', 'modules', 'overlay', 'proc', 'sys'].map(directory),
    file('bin/busybox', 0o755, busybox),
    file('init', 0o755, init),
    ...order.map((module) => file(`modules/${name(module)}`, 0o644, moduleContent(module.path))),
    file('modules/order', 0o644, order.map((module) => `${name(module)}\n`).join('')),
  ])
}
