/** The kernel image: kernel, command line, microcode, and an archive that is unpacked to `/`. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { bytesOf, type Content, type Entry } from '../archive/entry.ts'
import { readTar } from '../archive/tar-read.ts'
import type { Assembled } from './assembled.ts'
import { buildTime, directory, file } from './fixed.ts'
import type { KernelSection } from './types.ts'

interface KernelParts {
  entries: Entry[]
  kernel: NonNullable<Assembled['kernel']>
}

/** In the image's order. Throws `linuxkit/bad-value` if it lacks the kernel or the archive. */
export async function kernelEntries(section: KernelSection, image: readonly Entry[]): Promise<KernelParts> {
  const kernelName = section.binary || 'kernel'
  const archiveName = section.tar === 'none' ? '' : (section.tar ?? 'kernel.tar')
  const microcodeName = section.ucode ?? ''
  const cmdline = section.cmdline ?? ''
  const entries: Entry[] = []
  let kernel: Content | undefined
  let ucode: Content | undefined
  let archived = archiveName === ''
  const boot = (): Entry[] => (kernel === undefined && ucode === undefined ? [directory('boot')] : [])
  for (const entry of image) {
    if (entry.type !== 'file') continue
    const { content, mode } = entry
    if (entry.path === kernelName) {
      entries.push(...boot(), file('boot/cmdline', cmdline), bootFile('boot/kernel', content, mode))
      kernel = content
    } else if (entry.path === archiveName) {
      entries.push(...(await unpacked(content)))
      archived = true
    } else if (entry.path === microcodeName) {
      entries.push(...boot(), bootFile('boot/ucode.cpio', content, mode))
      ucode = content
    }
  }
  if (kernel === undefined) throw missing(section, `kernel "${kernelName}"`)
  if (!archived) throw missing(section, `archive "${archiveName}"`)
  return { entries, kernel: { image: kernel, cmdline, ucode } }
}

const bootFile = (path: string, content: Content, mode: number): Entry => {
  return { type: 'file', path, content, mode, uid: 0, gid: 0, mtime: buildTime }
}

function missing({ image }: KernelSection, what: string): DesktopError {
  return new DesktopError('linuxkit/bad-value', `the kernel image ${image} has no ${what}`)
}

/** An archive inside a layer is read in place: its files are slices of the layer. */
async function unpacked(content: Content): Promise<Entry[]> {
  const entries: Entry[] = []
  if (content instanceof Uint8Array) {
    for await (const entry of readTar(once(content))) entries.push(entry)
    return entries
  }
  await using cursor = content.source.open()
  const bytes = cursor.read(content.offset, content.size)
  for await (const entry of readTar(bytes, { source: content.source, offset: content.offset }))
    entries.push(entry)
  return entries
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await bytesOf(content)
}
