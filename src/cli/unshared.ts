/**
 * Host folders that `docker run` or compose binds but the VM does not share. dockerd reports them as missing,
 * although they exist on the host.
 */
import { statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'

/** Client commands that take `-v` and `--mount`. */
const creates: readonly string[] = ['run', 'create']

/** Bind sources of `docker run` and `docker create`. */
export function commandBinds(args: readonly string[]): string[] {
  const command = args[0] === 'container' ? args[1] : args[0]
  return command !== undefined && creates.includes(command) ? bindSources(args) : []
}

/** In the order of the binds, without duplicates; for a file, its folder. */
export function unsharedFolders(
  binds: readonly string[],
  shares: readonly { source: string; target: string }[],
  cwd: string,
): string[] {
  const sources = binds
    .filter((source) => isAbsolute(source) || source.startsWith('.'))
    .map((source) => resolve(cwd, source))
  const isShared = (path: string): boolean => shares.some(({ target }) => isIn(path, target))
  // Paths that are missing on the host too, such as the VM's /var/run/docker.sock, mean the VM's.
  const unshared = sources.filter((path) => !isShared(path) && !isOfVm(path)).flatMap(folderOf)
  return [...new Set(unshared)]
}

function folderOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return []
  return [found.isDirectory() ? path : dirname(path)]
}

/** Hint for one folder: a share may mount it at another path. */
export function shareAdvice(
  path: string,
  shares: readonly { source: string; target: string }[],
  project: string,
): string {
  const share = shares.find(({ source }) => isIn(path, source))
  if (share === undefined)
    return `${path} is not shared with the VM; add to \`shares\` in desktop.yaml: ${shareEntry(path, project)}`
  const there = `${share.target}${path.slice(share.source.length)}`
  return `${path} is ${there} in the VM: bind that, or take \`target\` out of the share`
}

/** Formats an entry of `shares` for desktop.yaml. */
export function shareEntry(path: string, project: string): string {
  const below = relative(project, path)
  const source = below === '' ? '.' : below.startsWith('..') || isAbsolute(below) ? path : below
  return `{ source: ${JSON.stringify(source)}, writable: true }`
}

function bindSources(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    const next = args[i + 1] ?? ''
    if (arg === '-v' || arg === '--volume') return volumeSource(next)
    if (arg === '--mount') return mountSource(next)
    if (arg.startsWith('--volume=')) return volumeSource(arg.slice('--volume='.length))
    if (arg.startsWith('--mount=')) return mountSource(arg.slice('--mount='.length))
    return /^-v[./]/.test(arg) ? volumeSource(arg.slice('-v'.length)) : []
  })
}

/** `SOURCE:TARGET[:OPTIONS]`; without a colon it is an anonymous volume. */
const volumeSource = (value: string): string[] => {
  const [source, target] = value.split(':')
  return source === undefined || target === undefined ? [] : [source]
}

const mountSource = (value: string): string[] => {
  const fields = new Map(
    value.split(',').map((field) => [field.replace(/=.*/, ''), field.replace(/^[^=]*=?/, '')]),
  )
  const source = fields.get('source') ?? fields.get('src')
  return fields.get('type') === 'bind' && source !== undefined ? [source] : []
}

const isIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`)
/** Paths that exist on both sides; a bind mount means the VM's. */
const isOfVm = (path: string): boolean =>
  ['/var/run', '/run', '/var/lib', '/proc', '/sys', '/dev', '/lib/modules'].some((one) => isIn(path, one))
