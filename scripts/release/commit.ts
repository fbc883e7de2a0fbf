/** The commit of a release. */
import { $ } from 'zx'

export interface Release {
  version: string
  /** null outside git. */
  commit: string | null
  /** The checkout has uncommitted changes. */
  modified: boolean
  /** Time of the commit, or SOURCE_DATE_EPOCH: used for all timestamps of a release. */
  date: string
}

export async function releaseOf(root: string, version: string): Promise<Release> {
  const git = $({ cwd: root, quiet: true, nothrow: true, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } })
  const log = await git`git log -1 --format=${'%H %ct'}`
  const [commit = null, time = '0'] = log.exitCode === 0 ? log.stdout.trim().split(' ') : []
  const modified = commit !== null && (await git`git status --porcelain`).stdout.trim() !== ''
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? time)
  if (!Number.isSafeInteger(seconds)) throw new Error('SOURCE_DATE_EPOCH is not a number of seconds')
  return { version, commit, modified, date: new Date(seconds * 1000).toISOString() }
}
