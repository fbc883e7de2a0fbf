/** Converts the assembler's output to the three files that QEMU boots: kernel, initrd, read-only squashfs root. */
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { bytesOf, type Content, ContentReader, type Entry } from '../archive/entry.ts'
import { tarChunks } from '../archive/tar-write.ts'
import { mergeTree } from '../archive/tree.ts'
import { guestFilesDir } from '../debian/images.ts'
import { file } from '../debian/layer.ts'
import type { Assembled } from '../linuxkit/assembled.ts'
import { streamTool } from '../tools.ts'
import { initrdChunks } from './initrd.ts'
import { type BundleRuntime, prepareScript, unsupported } from './prepare.ts'

const bundle = /^containers\/(onboot|onshutdown|services)\/[^/]+\/runtime\.json$/

/** Adds to each runtime.json the script that init runs in its place. */
async function prepareScripts(entries: readonly Entry[]): Promise<Entry[]> {
  const scripts: Entry[] = []
  for (const entry of entries) {
    if (entry.type !== 'file' || !bundle.test(entry.path)) continue
    const runtime = JSON.parse(Buffer.from(await bytesOf(entry.content)).toString('utf8')) as BundleRuntime
    const refused = unsupported(runtime)
    if (refused.length > 0) {
      throw new DesktopError(
        'guest/build-failed',
        `${entry.path}: ${refused.join(', ')} is not supported by this init`,
      )
    }
    const script = prepareScript(runtime)
    if (script !== undefined) scripts.push(file(entry.path.replace('runtime.json', 'prepare'), script))
  }
  return scripts
}

function contentAt(tree: readonly Entry[], path: string): Content {
  const found = tree.find((entry) => entry.path === path)
  if (found?.type === 'file') return found.content
  throw new DesktopError('guest/build-failed', `the guest has no file ${path}`)
}

async function writeInitrd(tree: readonly Entry[], path: string): Promise<void> {
  const index = tree.find((entry) => /^usr\/lib\/modules\/[^/]+\/modules\.dep$/.test(entry.path))
  if (index === undefined) throw new DesktopError('guest/build-failed', 'the guest has no kernel modules')
  const modulesDir = index.path.slice(0, -'modules.dep'.length)
  const chunks = initrdChunks({
    busybox: contentAt(tree, 'usr/bin/busybox'),
    init: await readFile(join(guestFilesDir(), 'initrd', 'init')),
    modulesDep: Buffer.from(await bytesOf(contentAt(tree, index.path))).toString('utf8'),
    moduleContent: (name) => contentAt(tree, modulesDir + name),
  })
  await pipeline(chunks, createWriteStream(path))
}

/** lz4 packs in three seconds instead of zstd's forty, and is the fastest to read under emulation. */
async function writeSquashfs(tree: readonly Entry[], path: string, signal?: AbortSignal): Promise<void> {
  const options = [
    '-comp',
    'lz4',
    '-no-progress',
    '-quiet',
    '-reproducible',
    // The tree has no root entry; the tool's default mode would be 0777.
    '-root-mode',
    '0755',
    '-mkfs-time',
    '0',
    '-all-time',
    '0',
  ]
  const tool = streamTool('sqfstar', [...options, path], signal)
  tool.stdout.resume()
  const [finished, written] = await Promise.allSettled([tool.done, pipeline(tarChunks(tree), tool.stdin)])
  if (finished.status === 'rejected') throw finished.reason
  if (written.status === 'rejected') throw written.reason
}

/** Writes `kernel`, `initrd` and `root.squashfs` to `dir`; returns the kernel command line. */
export async function writeBootFiles(
  { entries, kernel }: Assembled,
  dir: string,
  signal?: AbortSignal,
): Promise<string> {
  if (kernel === undefined) throw new DesktopError('guest/build-failed', 'the LinuxKit YAML has no kernel')
  const kept = entries.filter((entry) => entry.path !== 'boot' && !entry.path.startsWith('boot/'))
  const tree = mergeTree([...kept, ...(await prepareScripts(kept))])
  await using reader = new ContentReader()
  await pipeline(reader.read(kernel.image), createWriteStream(join(dir, 'kernel')))
  await writeInitrd(tree, join(dir, 'initrd'))
  await writeSquashfs(tree, join(dir, 'root.squashfs'), signal)
  return kernel.cmdline
}
