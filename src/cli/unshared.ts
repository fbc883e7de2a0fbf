/**
 * Host folders that `docker run` or compose binds but the VM does not share. dockerd reports them as missing,
 * although they exist on the host, or can be created there.
 */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { needsTarget } from '../config/normalise/shares.ts'

/** Client commands that take `-v` and `--mount`. */
const creates: readonly string[] = ['run', 'create']
/** Groups of commands that have these. */
const groups: readonly string[] = ['container', 'service']

/** Bind sources of `docker run`, `docker create` and `docker service create`. */
export function commandBinds(args: readonly string[]): string[] {
  const command = groups.includes(args[0] ?? '') ? args[1] : args[0]
  return command !== undefined && creates.includes(command) ? bindSources(args) : []
}

interface Share {
  source: string
  target: string
  writable: boolean
}

interface Place {
  shares: readonly Share[]
  /** Working directory of the docker client. */
  cwd: string
  /** Folder of desktop.yaml. */
  project: string
}

/** What to do about sources that the VM lacks: in their order, without duplicates. */
export function bindAdvice(binds: readonly string[], place: Place): string[] {
  const paths = binds
    .filter((source) => isAbsolute(source) || source.startsWith('.'))
    .map((source) => resolve(place.cwd, source))
    .filter((path) => !isOfVm(path))
  return [...new Set(paths.flatMap((path) => adviceOn(path, place)))]
}

function adviceOn(path: string, place: Place): string[] {
  const share = place.shares.find(({ target }) => isIn(path, target))
  if (share === undefined) return adviceOnUnshared(path, place)
  const onHost = share.source + path.slice(share.target.length)
  const real = realPath(onHost)
  // Docker Desktop creates it, and so does the VM's dockerd in a writable share.
  if (real === undefined)
    return share.writable ? [] : [`${onHost} does not exist, and its share is read-only; create it first`]
  const isThere = isIn(real, realPath(share.source) ?? share.source)
  // A link that leads out of the share.
  return isThere || place.shares.some(({ target }) => isIn(real, target)) ? [] : adviceOnUnshared(real, place)
}

/** Of a file, and of a path that does not exist yet, its folder has to be shared. */
function adviceOnUnshared(path: string, { shares, project }: Place): string[] {
  const folder = existingFolder(path)
  if (folder === undefined) return []
  const real = realPath(folder) ?? folder
  for (const { source, target } of shares) {
    const realSource = realPath(source) ?? source
    if (!isIn(real, realSource)) continue
    const isMoved = target !== source && !needsTarget(source)
    const there = target + real.slice(realSource.length)
    return [
      `${folder} is ${there} in the VM: bind that${isMoved ? ', or take `target` out of the share' : ''}`,
    ]
  }
  if (needsTarget(folder)) {
    const entry = `{ source: ${JSON.stringify(folder)}, target: ${JSON.stringify(`/host${folder}`)} }`
    return [
      `${folder} is the VM's own; to bind this host's, add to \`shares\`: ${entry}, and bind /host${folder}`,
    ]
  }
  return [
    `${folder} is not shared with the VM; add to \`shares\` in desktop.yaml, then \`desktop apply\`: ${shareEntry(folder, project)}`,
  ]
}

/** Undefined if only a top-level folder exists: such a path is more likely one of the VM. */
function existingFolder(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  let folder = found?.isDirectory() === true ? path : dirname(path)
  while (!existsSync(folder)) folder = dirname(folder)
  const isUnlikely = found === undefined && (dirname(folder) === '/' || needsTarget(folder))
  return folder === '/' || isUnlikely ? undefined : folder
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
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
