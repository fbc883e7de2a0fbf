/** Converts Debian packages and guest files to the files of a component image, as a value. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Content, Entry } from '../archive/entry.ts'
import { readTar } from '../archive/tar-read.ts'
import { debFiles } from './deb.ts'

/** Entries by path. With Debian's merged /usr, /bin, /sbin, /lib and /lib64 are symlinks. */
export type Layer = Map<string, Entry>

/** Default owner and time; equal packages give equal bytes. */
const fixed = { uid: 0, gid: 0, mtime: 0 }
const mergedDirs = /^(bin|sbin|lib|lib64)(?=\/|$)/

/** Adds an entry, and its missing parent directories. */
export function put(layer: Layer, entry: Entry): void {
  const parts = entry.path.split('/')
  for (let depth = 1; depth < parts.length; depth++) {
    const path = parts.slice(0, depth).join('/')
    if (!layer.has(path)) layer.set(path, directory(path))
  }
  layer.set(entry.path, entry)
}

export const file = (path: string, content: string | Content, mode = 0o644): Entry => ({
  type: 'file',
  path,
  content: typeof content === 'string' ? Buffer.from(content) : content,
  mode,
  ...fixed,
})

export const symlink = (path: string, target: string): Entry => ({
  type: 'symlink',
  path,
  target,
  mode: 0o777,
  ...fixed,
})

export const directory = (path: string, mode = 0o755): Entry => ({ type: 'directory', path, mode, ...fixed })

/** Content of a file in this layer; undefined if there is none. */
export function bytesAt(layer: Layer, path: string): Buffer | undefined {
  const entry = layer.get(path)
  return entry?.type === 'file' && entry.content instanceof Uint8Array
    ? Buffer.from(entry.content)
    : undefined
}

/** Sorted by path, so that parents come first and equal layers give equal archives. */
export function sorted(layer: Layer): Entry[] {
  return [...layer.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

const merged = (path: string): string => path.replace(mergedDirs, 'usr/$1')

/** Adds a package's files, except for paths that match a pattern of `drop`. */
export async function addDeb(
  layer: Layer,
  deb: string,
  drop: readonly RegExp[],
  signal?: AbortSignal,
): Promise<void> {
  for await (const entry of readTar(await debFiles(deb))) {
    signal?.throwIfAborted()
    const path = merged(entry.path)
    if (path === '.' || drop.some((pattern) => pattern.test(path))) continue
    const target = entry.type === 'hardlink' ? { target: merged(entry.target) } : {}
    put(layer, { ...entry, ...target, path, mtime: 0 })
  }
}

/** Adds a folder of templates/guest, overriding existing files; executable bits are those of the checkout. */
export async function addFolder(layer: Layer, dir: string): Promise<void> {
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const found = await stat(join(dir, name))
    if (found.isDirectory()) continue
    put(layer, file(name, await readFile(join(dir, name)), (found.mode & 0o100) === 0 ? 0o644 : 0o755))
  }
}

/** Applets that scripts and the kernel call by full path. */
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

/** Adds busybox applets as symlinks, without replacing real programs. */
export function addApplets(layer: Layer, applets: readonly string[]): void {
  for (const applet of applets) {
    if (['bin', 'sbin'].some((dir) => layer.has(`usr/${dir}/${applet}`))) continue
    if (sbinApplets.includes(applet)) put(layer, symlink(`usr/sbin/${applet}`, '../bin/busybox'))
    else put(layer, symlink(`usr/bin/${applet}`, 'busybox'))
  }
}
