/** Debian packages and guest files → the files of one component image, as a value. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import tar from 'tar-stream'
import { streamTool } from '../tools.ts'

interface Common {
  mode: number
  uid: number
  gid: number
}

export type LayerEntry = Common &
  ({ type: 'directory' } | { type: 'file'; content: Buffer } | { type: 'symlink' | 'link'; target: string })

/** Path without a leading slash → entry. Debian's merged /usr: nothing but symlinks at /bin, /sbin, /lib, /lib64. */
export type Layer = Map<string, LayerEntry>

const owner = { uid: 0, gid: 0 }
const mergedDirs = /^(bin|sbin|lib|lib64)(?=\/|$)/

export function put(layer: Layer, path: string, entry: LayerEntry): void {
  const parts = path.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    const parent = parts.slice(0, depth).join('/')
    if (!layer.has(parent)) layer.set(parent, { type: 'directory', mode: 0o755, ...owner })
  }
  layer.set(path, entry)
}

export const file = (content: string | Buffer, mode = 0o644): LayerEntry => ({
  type: 'file',
  content: Buffer.from(content),
  mode,
  ...owner,
})

export const symlink = (target: string): LayerEntry => ({ type: 'symlink', target, mode: 0o777, ...owner })

/** Adds a package's files, those of `drop` left out. */
export async function addDeb(
  layer: Layer,
  deb: string,
  drop: readonly RegExp[],
  signal?: AbortSignal,
): Promise<void> {
  const unpack = streamTool('dpkg-deb', ['--fsys-tarfile', deb], signal)
  unpack.stdin.end()
  const extract = tar.extract()
  unpack.stdout.pipe(extract)
  const failed = unpack.done.catch((error: unknown) => extract.destroy(error as Error))
  for await (const entry of extract) {
    const { name, type, linkname, mode, uid, gid } = entry.header
    const path = name
      .replace(/^\.?\//, '')
      .replace(/\/$/, '')
      .replace(mergedDirs, 'usr/$1')
    const wanted = path !== '' && !drop.some((pattern) => pattern.test(path))
    if (!wanted || !(type === 'file' || type === 'directory' || type === 'symlink' || type === 'link')) {
      entry.resume()
      continue
    }
    const common = { mode: (mode ?? 0o644) & 0o7777, uid: uid ?? 0, gid: gid ?? 0 }
    if (type === 'file') {
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      put(layer, path, { type, content: Buffer.concat(chunks), ...common })
      continue
    }
    entry.resume()
    if (type === 'directory') put(layer, path, { type, ...common })
    else {
      const target = linkname ?? ''
      put(layer, path, {
        type,
        target: type === 'link' ? target.replace(/^\.?\//, '').replace(mergedDirs, 'usr/$1') : target,
        ...common,
      })
    }
  }
  await failed
  await unpack.done
}

/** Lays a folder of templates/guest over the layer; executable bits are those of the checkout. */
export async function addFolder(layer: Layer, dir: string): Promise<void> {
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const found = await stat(join(dir, name))
    if (found.isDirectory()) continue
    put(layer, name, file(await readFile(join(dir, name)), (found.mode & 0o100) === 0 ? 0o644 : 0o755))
  }
}

/** Where scripts and the kernel expect these by their full path. */
const sbinApplets: readonly string[] = [
  'halt',
  'ifconfig',
  'init',
  'ip',
  'modprobe',
  'poweroff',
  'reboot',
  'route',
]

/** Applets of a busybox layer as symlinks, never over a real program. */
export function addApplets(layer: Layer, applets: readonly string[]): void {
  for (const applet of applets) {
    if (['bin', 'sbin'].some((dir) => layer.has(`usr/${dir}/${applet}`))) continue
    if (sbinApplets.includes(applet)) put(layer, `usr/sbin/${applet}`, symlink('../bin/busybox'))
    else put(layer, `usr/bin/${applet}`, symlink('busybox'))
  }
}

/** Sorted by path with fixed times, so that the same packages give the same bytes. */
export function packLayer(layer: Layer): tar.Pack {
  const pack = tar.pack()
  for (const [name, entry] of [...layer].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const header = { name, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: new Date(0) }
    if (entry.type === 'file') pack.entry({ ...header, type: 'file' }, entry.content)
    else if (entry.type === 'directory') pack.entry({ ...header, type: 'directory' })
    else pack.entry({ ...header, type: entry.type, linkname: entry.target })
  }
  pack.finalize()
  return pack
}
