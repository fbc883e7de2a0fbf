/**
 * Folders of this host that `docker run` or compose binds and the VM does not have. dockerd reports that they do not exist, although they
 * do here.
 */
import { statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'

/** The client's commands that take `-v` and `--mount`, with the word before them where there is one. */
const creates: readonly string[] = ['run', 'create']

/** Of `docker run` and `docker create`. */
export function commandBinds(args: readonly string[]): string[] {
  const command = args[0] === 'container' ? args[1] : args[0]
  return command !== undefined && creates.includes(command) ? bindSources(args) : []
}

/** In the order of the binds, each once; of a file, the folder that it is in. */
export function unsharedFolders(
  binds: readonly string[],
  shares: readonly { source: string; target: string }[],
  cwd: string,
): string[] {
  const sources = binds
    .filter((source) => isAbsolute(source) || source.startsWith('.'))
    .map((source) => resolve(cwd, source))
  const isShared = (path: string): boolean => shares.some(({ target }) => isIn(path, target))
  // What is not here either, like /var/run/docker.sock of the VM, is meant to be the VM's.
  const unshared = sources.filter((path) => !isShared(path) && !isOfVm(path)).flatMap(folderOf)
  return [...new Set(unshared)]
}

function folderOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return []
  return [found.isDirectory() ? path : dirname(path)]
}

/** What to do about one of them: a share may have it at another path. */
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

/** As an entry of desktop.yaml's `shares`. */
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

/** `SOURCE:TARGET[:OPTIONS]`; without a colon it is a volume without a name. */
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
/** These exist on both sides; a bind mount means the VM's. */
const isOfVm = (path: string): boolean =>
  ['/var/run', '/run', '/var/lib', '/proc', '/sys', '/dev', '/lib/modules'].some((one) => isIn(path, one))
