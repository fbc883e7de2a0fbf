/** The initrd: busybox, modules for the root disk, and the mount script. */
import { cpioChunks } from '../archive/cpio-write.ts'
import type { Content } from '../archive/entry.ts'
import { directory, file } from '../debian/layer.ts'

/** Modules needed to mount the root; coldplug loads the rest later. */
const needed = ['virtio_pci', 'virtio_blk', 'squashfs', 'overlay']

export interface InitrdInputs {
  busybox: Content
  /** `templates/guest/initrd/init`. */
  init: Uint8Array
  /** Text of the kernel's modules.dep. */
  modulesDep: string
  /** Content of a module by its path in modules.dep. */
  moduleContent: (path: string) => Content
}

/** Paths of the given modules and their dependencies, in insmod order; built-in ones have none. */
export function loadOrder(wanted: readonly string[], modulesDep: string): readonly string[] {
  const lines = modulesDep.split('\n').map((line) => line.split(/:? /).filter((path) => path !== ''))
  const fileName = (path: string) => path.replace(/:$/, '').split('/').at(-1)
  const order = new Set<string>()
  for (const name of wanted) {
    const line = lines.find(([path]) => path !== undefined && fileName(path) === `${name}.ko`) ?? []
    // modules.dep lists the nearest dependency first; insmod needs the farthest first and the module last.
    for (const path of line.toReversed()) order.add(path.replace(/:$/, ''))
  }
  return [...order]
}

/** The archive in chunks; deterministic. */
export function initrdChunks(inputs: InitrdInputs): AsyncIterable<Uint8Array> {
  const order = loadOrder(needed, inputs.modulesDep)
  const name = (path: string) => path.split('/').at(-1) ?? path
  const program = (path: string, content: Content) => file(path, content, 0o755)
  return cpioChunks([
    ...['bin', 'dev', 'modules', 'overlay', 'proc', 'sys'].map((path) => directory(path)),
    program('bin/busybox', inputs.busybox),
    program('init', inputs.init),
    ...order.map((path) => file(`modules/${name(path)}`, inputs.moduleContent(path))),
    file('modules/order', order.map((path) => `${name(path)}\n`).join('')),
  ])
}
