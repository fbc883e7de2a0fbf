/**
 * A newcomer's setup: a clone of the last commit, an empty home directory, and this host's network access.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type RunResult, run } from '../../src/host/run.ts'
import { ok } from './environment.ts'

const root = join(import.meta.dirname, '../..')

export interface FreshClone extends AsyncDisposable {
  dir: string
  /** Runs a line of a document in the clone, unmodified. */
  sh(line: string, deadlineMs: number): Promise<RunResult>
}

/** Proxies, certificates and mirrors belong to the host, not to the user. */
const isOfHost = (name: string): boolean =>
  /^(CI|PATH|LANG|TERM|USER|TMPDIR|DESKTOP_DEBIAN_MIRROR|NPM_CONFIG_REGISTRY|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|\w+_PROXY)$/i.test(
    name,
  )

export async function freshClone(): Promise<FreshClone> {
  // Sockets and the directories of inner test runs need short paths.
  const home = await mkdtemp(join(tmpdir(), 'h-'))
  const dir = join(home, 'desktop')
  const env: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(process.env).map(([name, value]) => [name, isOfHost(name) ? value : undefined]),
  )
  // Exclude the Node that bin/desktop keeps in the cache, because the host does not have it.
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('/.cache/desktop/'))
    .join(delimiter)
  env.HOME = home
  env.XDG_RUNTIME_DIR = join(home, 'run')
  env.NPM_CONFIG_USERCONFIG = process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), '.npmrc')
  await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 })
  // A checkout may belong to another user than the test runner, as in a CI container.
  const gitConfig = join(home, 'git')
  await writeFile(gitConfig, '[safe]\n\tdirectory = *\n')
  const clone = ['git', 'clone', '--quiet', '--no-hardlinks', root, dir] as const
  await ok(run(clone, { env: { ...env, GIT_CONFIG_GLOBAL: gitConfig } }))
  await rm(gitConfig)
  return {
    dir,
    sh: (line, deadlineMs) =>
      run(['sh', '-c', line], { cwd: dir, env, signal: AbortSignal.timeout(deadlineMs) }),
    [Symbol.asyncDispose]: async () => {
      await run(['sh', '-c', './bin/desktop destroy --yes'], { cwd: dir, env })
      await rm(home, { recursive: true, force: true })
    },
  }
}
