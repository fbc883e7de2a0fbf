/** Volumes: named file systems, created at boot, which containers bind by name. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Entry } from '../archive/entry.ts'
import { directories, directory } from './fixed.ts'
import { imageTree } from './image-tree.ts'
import type { Container, Volume } from './types.ts'

const bad = (message: string): DesktopError => new DesktopError('linuxkit/bad-value', message)

export const volumeDir = (name: string): string =>
  name === '' ? 'containers/volumes' : `containers/volumes/${name}`

/** `files`: initial content of the volume. Init mounts an overlay over it at `merged`. */
export function volumeEntries({ name = '' }: Volume, files: readonly Entry[]): Entry[] {
  const dir = volumeDir(name)
  return [...directories(`${dir}/lower`), ...files, directory(`${dir}/tmp`), directory(`${dir}/merged`)]
}

/** Initial content of a volume in any format except `oci`. */
export function volumeFiles({ name = '' }: Volume, image: readonly Entry[], resolvConf: string): Entry[] {
  return imageTree(image, { under: `${volumeDir(name)}/lower`, resolvConf })
}

/**
 * Resolves volume names in `binds` to directories. Throws `linuxkit/bad-value` for an unknown volume, or a writable
 * bind of a read-only one.
 */
export function withVolumes(container: Container, volumes: readonly Volume[]): Container {
  const find = (name: string): Volume => {
    const found = volumes.find((volume) => (volume.name ?? '') === name)
    if (found === undefined) throw bad(`${container.name}: there is no volume "${name}"`)
    return found
  }
  const readWrite = (name: string): DesktopError =>
    bad(`${container.name}: the volume "${name}" is read-only`)
  const bind = (text: string): string => {
    const [source = '', ...rest] = text.split(':')
    if (source.startsWith('/')) return text
    if (find(source).readonly === true && rest[1] !== 'ro') throw readWrite(source)
    return [`/${volumeDir(source)}/merged`, ...rest].join(':')
  }
  // Upstream checks volumes in `mounts`, but does not resolve their names.
  for (const { type, source = '', options = [] } of container.mounts ?? []) {
    if (type !== 'bind' || source.startsWith('/')) continue
    const access = options.find((option) => option === 'rw' || option === 'ro')
    if (find(source).readonly === true && access !== 'ro') throw readWrite(source)
  }
  return {
    ...container,
    ...(container.binds && { binds: container.binds.map(bind) }),
    ...(container['binds.add'] && { 'binds.add': container['binds.add'].map(bind) }),
  }
}
