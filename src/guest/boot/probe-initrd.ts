/**
 * initrd of the accelerator probe: the guest's initrd, followed by an archive with another init. The kernel unpacks
 * concatenated archives in order (early-userspace/buffer-format).
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../host/paths.ts'
import { cpioChunks } from '../archive/cpio-write.ts'
import { file } from '../debian/layer.ts'
import { cpuCheck } from './cpu-check.ts'

/** Value of the kernel's `rdinit=`. */
export const probeInit = '/probe'

export async function probeInitrd(initrd: string, arch: string = process.arch): Promise<Uint8Array> {
  const [own, init] = await Promise.all([
    readFile(initrd),
    readFile(join(packageRoot(), 'templates', 'probe', 'init')),
  ])
  const added = await Array.fromAsync(
    cpioChunks([
      file(probeInit.slice(1), init, 0o755),
      ...(arch === 'x64' ? [file('cpu-check', cpuCheck(), 0o755)] : []),
    ]),
  )
  // Archives are aligned to four bytes.
  return Buffer.concat([own, Buffer.alloc(-own.length & 3), ...added])
}
