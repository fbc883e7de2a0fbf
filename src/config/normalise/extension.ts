/** guest.services and guest.files: checks beyond LinuxKit's schema, specific to this guest. */
import { posix } from 'node:path'
import type { GuestFile, GuestService } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { ownImages, ownServices } from '../guest-components.ts'
import type { Path } from '../read/source.ts'
import { filePath } from './paths.ts'
import type { Context } from './report.ts'

type RawGuest = NonNullable<DesktopFile['guest']>
type RawService = NonNullable<RawGuest['services']>[number]
type RawFile = NonNullable<RawGuest['files']>[number]

export function guestServices(raw: readonly RawService[], context: Context): GuestService[] {
  const names = new Set<string>()
  const services = raw.map((given, index) => {
    const path: Path = ['guest', 'services', index]
    const { name, image } = given ?? {}
    // The schema has already reported it.
    if (name === undefined || image === undefined) return undefined
    checkName(name, names, [...path, 'name'], context)
    for (const key of ['interfaces', 'bindNS'] as const) {
      if (given.runtime?.[key] === undefined) continue
      context.report(
        [...path, 'runtime', key],
        `runtime.${key} is not supported by this guest`,
        'leave it out',
        'key',
      )
    }
    return { ...given, image: imageOf(image, [...path, 'image'], context) } as GuestService
  })
  return services.filter((one) => one !== undefined)
}

function checkName(name: string, names: Set<string>, path: Path, { report }: Context): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) {
    report(path, `"${name}" is not a valid service name`, 'use lower-case letters, digits, dots and dashes')
  } else if (ownServices.includes(name)) report(path, `the guest has its own "${name}"`, 'use another name')
  else if (names.has(name)) report(path, `two services are named "${name}"`, 'rename one of them')
  names.add(name)
}

/** A path starts with a slash or a dot; anything else is a name. */
export const isImagePath = (image: string): boolean => /^(\.{1,2}\/|\/|~\/)/.test(image)

function imageOf(image: string, at: Path, context: Context): string {
  if (!isImagePath(image)) {
    if (ownImages.includes(image)) return image
    const file = `${image.replace(/^.*\//, '').replace(/[:@].*$/, '')}.tar`
    context.report(
      at,
      `"${image}" is not an image of the guest (${ownImages.join(', ')})`,
      `export it to a file: docker save -o ${file} ${image}, and image: ./${file}`,
    )
    return image
  }
  const path = filePath(image, at, context)
  if (!context.mayOpen(path, at)) return path
  const kind = context.kindOf(path)
  if (kind === 'directory') {
    context.report(at, `${image} is a folder`, `pack it: tar -C ${image} -cf image.tar .`)
  } else if (kind === undefined) context.report(at, `${image} does not exist`, 'write it with docker save -o')
  else if (kind === 'special')
    context.report(at, `${image} is not a regular file`, 'write it with docker save -o')
  return path
}

export function guestFiles(raw: readonly RawFile[], context: Context): GuestFile[] {
  const seen = new Set<string>()
  const leaves = new Map<string, number>()
  const files = raw.map((given, index) => {
    const at: Path = ['guest', 'files', index]
    if (given === undefined) return undefined
    const { path } = given
    if (path === undefined || path === '') {
      context.report(at, 'a file has no path', 'add path:')
      return undefined
    }
    checkFile(given, path, at, context)
    const place = posix.normalize(`/${path}`)
    if (seen.has(place))
      context.report([...at, 'path'], `two files are at ${place}`, 'leave one out, or change its path')
    if (given.directory !== true) leaves.set(place, index)
    seen.add(place)
    const source =
      given.source === undefined ? {} : { source: filePath(given.source, [...at, 'source'], context) }
    return { ...given, path, ...source } as GuestFile
  })
  for (const [index, given] of raw.entries()) {
    const parent = ancestors(given?.path ?? '').find((place) => leaves.has(place))
    if (parent !== undefined)
      context.report(
        ['guest', 'files', index, 'path'],
        `${parent} is a file, and cannot contain ${given?.path}`,
        'change one of the two paths',
      )
  }
  return files.filter((one) => one !== undefined)
}

/** `/a` and `/a/b` for `/a/b/c`. */
function ancestors(path: string): string[] {
  const parts = posix.normalize(`/${path}`).split('/').slice(1, -1)
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)
}

/** Directories of every guest image; a file in place of one would prevent booting. */
const directories: ReadonlySet<string> = new Set(
  'bin boot containers etc home lib lib64 media mnt opt root sbin srv usr usr/bin usr/lib usr/sbin'.split(
    ' ',
  ),
)
/** Limits of a name, and of a path (limits.h). */
const longest = { name: 255, path: 4095 }

function checkPath(file: RawFile, place: string, at: Path, { report }: Context): void {
  const tooLong = place.split('/').find((name) => Buffer.byteLength(name) > longest.name)
  if (tooLong !== undefined)
    report([...at, 'path'], `a file name has at most ${longest.name} bytes`, 'use a shorter name')
  else if (Buffer.byteLength(place) > longest.path)
    report([...at, 'path'], `a path has at most ${longest.path} bytes`, 'use a shorter path')
  if (file.directory !== true && directories.has(place)) {
    report(
      [...at, 'path'],
      `${file.path} is a directory of the guest`,
      'write directory: true, or a path inside it',
    )
  }
  for (const key of ['uid', 'gid'] as const) {
    const id = file[key]
    if (id === undefined || (typeof id === 'string' && !/^-?\d+$/.test(id))) continue
    if (Number.isInteger(Number(id)) && Number(id) >= 0 && Number(id) < 2 ** 32 - 1) continue
    report([...at, key], `${id} is not a ${key}`, 'use a number, 0 or greater')
  }
}

const contentKeys = ['contents', 'source', 'symlink', 'directory', 'metadata'] as const

function checkFile(file: RawFile, path: string, at: Path, context: Context): void {
  const { report, kindOf } = context
  const place = posix.normalize(path.replace(/^\/+/, ''))
  if (place.startsWith('..') || place === '.')
    report([...at, 'path'], `${path} leads outside the guest`, 'e.g. etc/motd')
  else if (place === 'etc/linuxkit.yml')
    report([...at, 'path'], `${path} describes the guest itself`, 'use another path')
  else if (/^(dev|proc|run|sys|tmp|var)(\/|$)/.test(place)) {
    report([...at, 'path'], `${path} would be hidden: the VM mounts over it at boot`, 'e.g. etc/motd')
  }
  checkPath(file, place, at, context)
  const given = contentKeys.filter((key) => file[key] !== undefined && file[key] !== false)
  if (given.length === 0)
    report(at, `${path} has no contents`, 'add contents:, source:, symlink: or directory: true')
  if (given.length > 1)
    report([...at, given[1] ?? ''], `${path} has both ${given[0]} and ${given[1]}`, 'keep one', 'key')
  if (file.mode !== undefined && !/^[0-7]{3,5}$/.test(file.mode)) {
    report([...at, 'mode'], `"${file.mode}" is not an octal mode`, 'e.g. "0644"')
  }
  if (file.source === undefined) return
  const source = filePath(file.source, [...at, 'source'], context)
  if (!context.mayOpen(source, [...at, 'source'])) return
  if (file.optional === true && kindOf(source) === undefined) return
  const kind = kindOf(source)
  if (kind === 'file') return
  const what =
    kind === undefined ? 'does not exist' : kind === 'directory' ? 'is a folder' : 'is not a regular file'
  report(
    [...at, 'source'],
    `${file.source} ${what}`,
    kind === undefined ? 'correct the path, or write optional: true' : 'use a regular file',
  )
}
