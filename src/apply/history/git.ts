/**
 * The commit that a configuration was applied from. The repository is untrusted: no program in its
 * configuration is run (core.fsmonitor, filters, core.sshCommand), and it is never written.
 */
import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { readRegularFile } from '../../host/regular-file.ts'
import { run } from '../../host/run.ts'

export interface GitState {
  /** Full object name of HEAD. */
  commit: string
  /** A configuration file differs from that commit, or is not in it. */
  dirty: boolean
}

/** A repository on a file system that hangs must not block an apply. */
const deadlineMs = 5_000
/** Larger files are not configurations. */
const maxBytes = 2 ** 20

/** Overrides repository settings that git applies to every command. */
const overrides = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'protocol.allow=never'] as const

/** Disables lazy fetches, prompts and replacement objects. */
const environment = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_SSH_COMMAND: 'false',
  GIT_ASKPASS: 'false',
  GIT_PAGER: 'cat',
  GIT_EXTERNAL_DIFF: '',
}

/** undefined outside a repository, before its first commit, or without git. */
export async function gitState(files: readonly string[]): Promise<GitState | undefined> {
  const [first] = files
  if (first === undefined) return undefined
  const git = async (...args: string[]): Promise<string | undefined> => {
    const settings = overrides.flatMap((one) => ['-c', one])
    const { code, stdout } = await run(['git', ...settings, '-C', dirname(first), ...args], {
      env: environment,
      signal: AbortSignal.timeout(deadlineMs),
    })
    return code === 0 ? stdout : undefined
  }
  try {
    const head = (await git('rev-parse', '--verify', '--quiet', 'HEAD'))?.trim()
    const top = (await git('rev-parse', '--show-toplevel'))?.replace(/\n$/, '')
    if (head === undefined || top === undefined) return undefined
    const paths = await Promise.all(
      files.map(async (file) => join(await realpath(dirname(file)), basename(file))),
    )
    // Not `git status`, which would run filters from the repository's attributes and configuration.
    const listed = await git(
      'ls-tree',
      '-z',
      '--full-tree',
      head,
      '--',
      ...paths.map((path) => relative(top, path)),
    )
    return { commit: head, dirty: listed === undefined || !paths.every((path) => isIn(listed, top, path)) }
  } catch {
    return undefined
  }
}

/** Whether the tree contains this file with its current content. */
function isIn(listed: string, top: string, file: string): boolean {
  const path = relative(top, file)
  const entry = listed.split('\0').find((line) => line.slice(line.indexOf('\t') + 1) === path)
  const object = entry?.split(/[ \t]/)[2]
  if (object === undefined) return false
  const content = readRegularFile(file, { maxBytes })
  const hash = createHash(object.length === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex') === object
}
