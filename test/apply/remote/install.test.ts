/** `desktop hosts install`, with a shell in place of ssh and a folder in place of the home directory there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { installThere } from '../../../src/apply/remote/install.ts'
import { toolVersion } from '../../../src/version.ts'

let dir: string
const host = { name: 'builder', ssh: { host: 'builder' } }
const there = (...names: string[]): string => join(dir, 'home', ...names)
const versions = (): Promise<string[]> => readdir(there('.local/share/desktop'))

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'install-'))
  vi.stubEnv('PATH', `${join(dir, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`)
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
  await program('bin/ssh', `HOME=${there()}; export HOME; for last; do :; done; exec sh -c "$last"`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function program(name: string, script: string): Promise<string> {
  const path = join(dir, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

test('an installation replaces the link and removes versions that nothing runs', async () => {
  await program('home/.local/share/desktop/0.0.1-111/bin/desktop', 'exit 0')
  const running = await program('home/.local/share/desktop/0.0.1-222/bin/desktop', 'sleep 60; exit 0')
  await program('home/.local/share/desktop/other/keep', '')
  await mkdir(there('.local/bin'))
  await symlink(running, there('.local/bin/desktop'))
  const child = spawn(running, { detached: true })
  await once(child, 'spawn')
  const place = await installThere(host)
  process.kill(-(child.pid ?? 0))
  expect(await readlink(there('.local/bin/desktop'))).toBe(join(place, 'bin/desktop'))
  const name = place.slice(place.lastIndexOf('/') + 1)
  expect(name.startsWith(`${toolVersion}-`)).toBe(true)
  expect((await versions()).sort()).toEqual(['0.0.1-222', name, 'other'].sort())
  // Installed again, nothing changes.
  expect(await installThere(host)).toBe(place)
})

test('a link that is not from an installation is kept', async () => {
  await mkdir(there('.local/bin'), { recursive: true })
  await symlink('/opt/desktop/bin/desktop', there('.local/bin/desktop'))
  const installed = installThere(host)
  await expect(installed).rejects.toMatchObject({ code: 'hosts/install' })
  await expect(installed).rejects.toThrow('is not from desktop hosts install')
  expect(await readlink(there('.local/bin/desktop'))).toBe('/opt/desktop/bin/desktop')
})

test('nothing is sent if a file here could not be read', async () => {
  await mkdir(there(), { recursive: true })
  await program('bin/tar', 'echo "tar: dist: Cannot stat" >&2; exit 2')
  await expect(installThere(host)).rejects.toMatchObject({ code: 'hosts/install' })
  expect(await readdir(there())).toEqual([])
})

test('a connection that ends early changes nothing', async () => {
  await mkdir(there(), { recursive: true })
  await program(
    'bin/ssh',
    `HOME=${there()}; export HOME; for last; do :; done; head -c 100000 | sh -c "$last"`,
  )
  await expect(installThere(host)).rejects.toThrow('the archive is incomplete')
  expect(await versions()).toEqual([])
  expect(await readdir(there('.local/bin'))).toEqual([])
})
