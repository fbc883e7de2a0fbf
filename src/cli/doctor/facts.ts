/** Gathers facts for the checks of `desktop doctor`: files, sockets, programs. Read-only. */
import { constants } from 'node:fs'
import { access, lstat, readFile, readlink, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { readContext } from '../../engine/context.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { dialOnce } from '../../host/dial.ts'
import { findProgram } from '../../host/packages.ts'
import type { BaseDirs } from '../../host/paths.ts'
import { run } from '../../host/run.ts'
import type { DirectoryFact, SocketFact } from './access.ts'

/** undefined if the file cannot be read for any reason. */
export const textOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined)

/** Namespaces of these kinds that a process shares with this one; unreadable ones count as shared. */
export async function sharedNamespaces(pid: number, kinds: readonly string[]): Promise<string[]> {
  const same = await Promise.all(
    kinds.map(async (kind) => {
      const [its, ours] = await Promise.all(
        [pid, 'self'].map((process) => readlink(`/proc/${process}/ns/${kind}`).catch(() => undefined)),
      )
      return its === undefined || its === ours
    }),
  )
  return kinds.filter((_, index) => same[index])
}

/** Standard output of a program that exits by itself; undefined if it fails. */
export async function outputOf(argv: readonly [string, ...string[]]): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(argv, { signal: AbortSignal.timeout(5_000) })
    return code === 0 ? stdout : undefined
  } catch {
    return undefined
  }
}

export async function socketFact(path: string): Promise<SocketFact> {
  try {
    if (!(await lstat(path)).isSocket()) return { path, state: 'other' }
    ;(await dialOnce(path)).destroy()
    return { path, state: 'answers' }
  } catch (error) {
    const code = systemCode(error)
    // Some QEMU sockets accept one connection at a time; this refusal means that QEMU is alive.
    if (code === 'EAGAIN') return { path, state: 'answers' }
    return { path, state: code === 'ECONNREFUSED' ? 'stale' : 'absent' }
  }
}

const variables: Readonly<Record<keyof BaseDirs, string>> = {
  state: 'XDG_STATE_HOME',
  cache: 'XDG_CACHE_HOME',
  config: 'XDG_CONFIG_HOME',
  runtime: 'XDG_RUNTIME_DIR',
}

export function directoryFacts(dirs: BaseDirs): Promise<DirectoryFact[]> {
  const names = ['state', 'cache', 'runtime'] as const
  return Promise.all(
    names.map(async (name) => ({
      variable: variables[name],
      path: dirs[name],
      problem: await cannotWrite(dirs[name]),
    })),
  )
}

/** Checks the directory, or the nearest existing parent in which it would be created. */
async function cannotWrite(path: string): Promise<string | undefined> {
  for (let dir = path; ; dir = dirname(dir)) {
    try {
      if (!(await stat(dir)).isDirectory()) return `${dir} is not a directory`
      await access(dir, constants.W_OK | constants.X_OK)
      return undefined
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') return messageOf(error)
      if (dir === dirname(dir)) return 'it does not exist'
    }
  }
}

/** Current endpoint of this user's docker command, by the CLI's own precedence. */
export async function dockerEndpoint(
  env: NodeJS.ProcessEnv,
): Promise<{ client: string | undefined; endpoint: { from: string; host: string } | undefined }> {
  const client = await findProgram('docker', env.PATH)
  if (env.DOCKER_HOST) return { client, endpoint: { from: 'DOCKER_HOST', host: env.DOCKER_HOST } }
  const name = env.DOCKER_CONTEXT || (await currentContext(env))
  if (name === undefined || name === 'default') return { client, endpoint: undefined }
  const host = (await readContext(name).catch(() => undefined)) ?? 'no endpoint: the context does not exist'
  return { client, endpoint: { from: `docker context ${name}`, host } }
}

async function currentContext(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const root = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker')
  try {
    const { currentContext: name } = JSON.parse((await textOf(join(root, 'config.json'))) ?? '{}') as {
      currentContext?: unknown
    }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}

/** As reported by systemd; undefined without systemd, e.g. in a container. */
export async function clockSynchronised(): Promise<boolean | undefined> {
  const text = (await outputOf(['timedatectl', 'show', '-p', 'NTPSynchronized', '--value']))?.trim()
  return text === 'yes' ? true : text === 'no' ? false : undefined
}

/** When this version was installed or checked out: any clock before that is wrong. */
export const installedAt = async (packageRoot: string): Promise<Date> =>
  (await stat(join(packageRoot, 'package.json'))).mtime
