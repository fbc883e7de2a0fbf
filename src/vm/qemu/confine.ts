/**
 * Starts QEMU with the strongest confinement that this host supports: namespaces, else a Landlock domain, else only
 * without root's capabilities.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { type LandlockPlace, landlockAbi } from '../../host/landlock.ts'
import { withoutCapabilities } from '../../host/least-privilege.ts'
import { packageRoot } from '../../host/paths.ts'
import { memoryFd } from './descriptors.ts'
import { belongsToRoot, type HostFiles, isContained, isolated, look, mountinfo } from './namespaces.ts'

/** `ready`: the program writes a line to fd 3 once it is confined. */
export type Start = (argv: readonly string[], options: { ready: boolean }) => Promise<ChildProcess>

export interface Started {
  /** Exits when QEMU does, with the same status. */
  child: ChildProcess
  /** Pid of QEMU, in this process' namespace. */
  pid: number
}

/**
 * `descriptors`: QEMU opens inherited files by name. Errors of failed attempts are in QEMU's log; `desktop doctor` reads the effective
 * confinement from the kernel.
 */
export async function startConfined(
  argv: readonly string[],
  files: HostFiles | undefined,
  start: Start,
  { descriptors = false }: { descriptors?: boolean } = {},
): Promise<Started> {
  await requireProgram(argv[0] ?? '')
  for (const line of await commandLines(argv, files, descriptors)) {
    const child = await start(line, { ready: true })
    const pid = (await saysReady(child)) ? await onlyChild(child.pid ?? 0) : undefined
    if (pid !== undefined) return { child, pid }
    child.kill('SIGKILL')
  }
  const prefix = await withoutCapabilities()
  const launcher = await landlockLine(argv, files, descriptors)
  if (launcher !== undefined) {
    const child = await start([...prefix, ...launcher], { ready: true })
    if (await saysReady(child)) return { child, pid: child.pid ?? 0 }
    child.kill('SIGKILL')
  }
  const child = await start([...prefix, ...argv], { ready: false })
  return { child, pid: child.pid ?? 0 }
}

/** Path of the launcher: the bundle, if bundled, or the source file. */
function launcherFile(): string {
  const bundled = join(import.meta.dirname, 'landlock.js')
  return existsSync(bundled) ? bundled : join(packageRoot(), 'src', 'vm', 'qemu', 'landlock-launcher.ts')
}

/** For hosts that deny namespaces to users but support Landlock, e.g. many containers and Ubuntu 24.04. */
async function landlockLine(
  argv: readonly string[],
  files: HostFiles | undefined,
  descriptors: boolean,
): Promise<string[] | undefined> {
  if (files === undefined || !isContained(argv[0] ?? '', files) || landlockAbi() === 0) return undefined
  const places: LandlockPlace[] = await look(files)
  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  return [
    ...node,
    launcherFile(),
    JSON.stringify(places),
    JSON.stringify(descriptors ? [memoryFd] : []),
    ...argv,
  ]
}

/** Otherwise the error would blame the confinement program. */
async function requireProgram(binary: string): Promise<void> {
  await access(binary, constants.X_OK).catch((cause: unknown) => {
    throw new DesktopError('vm/start-failed', `${binary} could not be started: ${messageOf(cause)}`, {
      cause,
    })
  })
}

/** From most to least confined. */
async function commandLines(
  argv: readonly string[],
  files: HostFiles | undefined,
  descriptors: boolean,
): Promise<string[][]> {
  if (process.platform !== 'linux' || files === undefined || !isContained(argv[0] ?? '', files)) return []
  const [places, mounts] = await Promise.all([look(files), mountinfo()])
  const isRoot = process.getuid?.() === 0
  const kinds = isRoot ? ((await belongsToRoot(places)) ? [true, false] : [false]) : [true]
  return kinds
    .map((userNamespace) => isolated(argv, places, mounts, { userNamespace, descriptors }))
    .filter((line) => line !== undefined)
}

async function saysReady(child: ChildProcess): Promise<boolean> {
  const said = child.stdio[3] as Readable
  const ready = await new Promise<boolean>((resolve) => {
    said.once('data', () => resolve(true))
    said.once('close', () => resolve(false))
    said.once('error', () => resolve(false))
  })
  said.destroy()
  return ready
}

/** unshare(1) waits as the parent of the first process in its namespace. */
export async function onlyChild(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
  const [child] = text.trim().split(' ').filter(Boolean)
  return child === undefined ? undefined : Number(child)
}
