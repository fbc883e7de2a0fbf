/** Which commit a configuration was applied from. Asks git and writes nothing into the repository. */
import { dirname } from 'node:path'
import { run } from '../host/run.ts'

export interface GitState {
  /** Full object name of HEAD. */
  commit: string
  /** A file of the configuration differs from that commit, or is not in it. */
  dirty: boolean
}

/** A repository on a file system that hangs must not hold up an apply. */
const deadlineMs = 5_000

/** undefined outside of a repository, before its first commit, and where git is not installed. */
export async function gitState(files: readonly string[]): Promise<GitState | undefined> {
  const [first] = files
  if (first === undefined) return undefined
  const git = (...args: string[]): ReturnType<typeof run> =>
    run(['git', '--no-optional-locks', '-C', dirname(first), ...args], {
      signal: AbortSignal.timeout(deadlineMs),
    })
  try {
    const head = await git('rev-parse', '--verify', '--quiet', 'HEAD')
    if (head.code !== 0) return undefined
    const status = await git('status', '--porcelain', '--ignored', '--', ...files)
    return { commit: head.stdout.trim(), dirty: status.code !== 0 || status.stdout !== '' }
  } catch {
    return undefined
  }
}
