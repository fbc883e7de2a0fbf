/**
 * A docker configuration directory with our plugins, because docker looks for a user's plugins only there. It
 * links everything in the user's own directory, so that logins and contexts stay the user's.
 */
import { createHash, randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../errors/system.ts'

/** @param base parent directory. Returns the value for DOCKER_CONFIG. */
export async function configWithPlugins(
  base: string,
  plugins: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const own = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker')
  await mkdir(own, { recursive: true, mode: 0o700 })
  await mkdir(base, { recursive: true })
  // docker replaces config.json by renaming, which must not cross file systems.
  const sameDevice = (await stat(own)).dev === (await stat(base)).dev
  const name = `config-${createHash('sha256').update(own).digest('hex').slice(0, 16)}`
  const dir = sameDevice ? join(base, name) : join(own, '.desktop-client')
  await mkdir(join(dir, 'cli-plugins'), { recursive: true, mode: 0o700 })
  await adopt(dir, own)
  const names = (await readdir(own)).filter((one) => one !== 'cli-plugins' && one !== '.desktop-client')
  for (const one of new Set([...names, 'config.json'])) await link(join(own, one), join(dir, one))
  const theirs = await readdir(join(own, 'cli-plugins')).catch(() => [])
  const chosen = {
    ...plugins,
    ...Object.fromEntries(theirs.map((one) => [one, join(own, 'cli-plugins', one)])),
  }
  for (const [one, target] of Object.entries(chosen)) await link(target, join(dir, 'cli-plugins', one))
  await removeLeft(join(dir, 'cli-plugins'), new Set(Object.keys(chosen)))
  await removeLeft(dir, new Set([...names, 'config.json', 'cli-plugins']))
  return dir
}

/** Moves files that docker created here, e.g. the first `contexts`, to the user's own directory. */
async function adopt(dir: string, own: string): Promise<void> {
  for (const { name } of (await readdir(dir, { withFileTypes: true })).filter(
    (one) => !one.isSymbolicLink(),
  )) {
    const isTheirs = name !== 'cli-plugins' && !name.endsWith('.tmp')
    if (isTheirs && (await lstat(join(own, name)).catch(() => undefined)) === undefined)
      await rename(join(dir, name), join(own, name))
  }
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return
  // Two commands may run this concurrently.
  const temporary = `${path}.${randomUUID()}.tmp`
  await symlink(target, temporary)
  await rename(temporary, path).catch(async (error: unknown) => {
    await rm(temporary, { force: true })
    if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
  })
}

/** Removes links to files that the user has removed. */
async function removeLeft(dir: string, kept: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true }))
    if (entry.isSymbolicLink() && !kept.has(entry.name) && !entry.name.endsWith('.tmp'))
      await rm(join(dir, entry.name), { force: true })
}
