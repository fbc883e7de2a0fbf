/** A bootstrap ends with everything installed, or with a one-sentence instruction and nothing installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunResult, run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { type BootstrapHost, bootstrapHost } from '../support/bin/bootstrap-host.ts'

let host: BootstrapHost
beforeEach(async () => {
  host = await bootstrapHost()
})
afterEach(() => host[Symbol.asyncDispose]())

const bootstrap = (env: Record<string, string> = {}, command = 'bootstrap "$0"'): Promise<RunResult> =>
  run(host.argv(command), { env: { ...host.env, ...env } })

/** The error message, after checking that nothing was installed. */
async function refusal(env?: Record<string, string>, command?: string): Promise<string> {
  const { code, stdout, stderr } = await bootstrap(env, command)
  expect([code, stdout]).toEqual([1, ''])
  expect(await host.made(host.checkout)).toEqual([])
  expect((await host.made(host.cache)).filter((name) => name !== 'node')).toEqual([])
  return stderr
}

const installed = ['node', 'node-24']
const built = ['dist', 'node_modules']

async function expectInstalled(): Promise<void> {
  expect(await host.made(host.cache)).toEqual(installed)
  expect(await host.made(host.checkout)).toEqual(built)
}

test('a bootstrap installs Node and the npm packages once, and the next one installs nothing', async () => {
  expect(await bootstrap()).toMatchObject({ code: 0, stdout: '' })
  expect(await bootstrap()).toMatchObject({ code: 0, stderr: '' })
  expect(await host.installs()).toEqual([expect.stringMatching(/^node-.*@24$/), expect.any(String)])
  await expectInstalled()
})

test('a machine without Node and npm gets instructions for both', async () => {
  await host.remove('node')
  await host.remove('npm')
  expect(await refusal()).toMatch(
    /^desktop: Node is not installed\ndesktop: hint: install Node 24 or later.*\n$/,
  )
})

test('a machine with an old Node and no npm gets instructions for npm', async () => {
  await host.remove('npm')
  expect(await refusal()).toMatch(/^desktop: npm is not installed\ndesktop: hint: .*\n$/)
})

test('an npm that cannot read the lock file is refused by its version', async () => {
  const said = await refusal({ NPM_VERSION: '6.14.4' })
  expect(said).toBe(
    'desktop: npm 7 or later is needed and this machine has 6.14.4\ndesktop: hint: as root: npm install -g npm@10\n',
  )
})

test.each([
  ['ENOTFOUND', 'the npm registry cannot be reached (the reason)'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate of the npm registry is not trusted (the reason)'],
  ['E404', 'the npm registry lacks it (the reason)'],
  ['EACCES', 'the reason'],
])('a failure of npm with %s becomes one sentence and one hint', async (code, sentence) => {
  const said = (await refusal({ NPM_DOES: 'fails', NPM_CODE: code })).split('\n').slice(1)
  expect(said).toEqual([
    `desktop: Node 24 could not be installed: ${sentence}`,
    expect.stringMatching(/^desktop: hint: .*run again$/),
    '',
  ])
})

test('a failure of npm that has no sentence is printed as npm printed it', async () => {
  expect(await refusal({ NPM_DOES: 'fails', NPM_CODE: 'EOTHER' })).toContain(
    'npm error code EOTHER\nnpm error the reason\ndesktop: Node 24 could not be installed by npm\n',
  )
})

test('a full file system is named, and partial files on it are removed', async () => {
  const before = 'mkdir -p "$XDG_CACHE_HOME" && mount -t tmpfs -o size=1m tmpfs "$XDG_CACHE_HOME"'
  const left =
    'cd "$XDG_CACHE_HOME/desktop"; for file in * .desktop*; do [ ! -e "$file" ] || echo "$file"; done'
  const [sh, ...rest] = host.argv(`${before}; (bootstrap "$0") || { ${left}; exit 1; }`)
  const { code, stdout, stderr } = await run(
    ['unshare', '--user', '--map-root-user', '--mount', sh, ...rest],
    {
      env: { ...host.env, NPM_DOES: 'fills' },
    },
  )
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('desktop: Node 24 could not be installed: no space is left in ')
  expect(stderr).toContain('desktop: hint: free 500 MB there, then run again\n')
})

test('a user without sudo is given the command for root', async () => {
  await host.add('id', '#!/bin/sh\necho 1000\n')
  await host.add('dpkg-query', '#!/bin/sh\nexit 1\n')
  const said = await refusal({}, 'install_packages qemu-utils')
  expect(said.split('\n').at(-2)).toBe('desktop: hint: as root: apt-get update && apt-get install qemu-utils')
})

test.each([
  ['flock', []],
  ['a folder, where flock is missing', ['flock']],
])('two bootstraps at once install once, with the lock by %s', async (_, without) => {
  for (const program of without) await host.remove(program)
  const results = await Promise.all([bootstrap(), bootstrap()])
  expect(results.map(({ code }) => code)).toEqual([0, 0])
  expect(await host.installs()).toHaveLength(2)
  await expectInstalled()
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
  'a bootstrap that %s ends in the middle is redone by the next one',
  async (signal) => {
    const [file, ...args] = host.argv('bootstrap "$0"')
    // A separate process group, as in a terminal, so that npm gets the signal too.
    const first = spawn(file, args, {
      env: { ...host.env, NPM_DOES: 'hangs' },
      detached: true,
      stdio: 'ignore',
    })
    const ended = once(first, 'close')
    await until(async () => ((await host.installs()).length > 0 ? true : undefined), { deadlineMs: 30_000 })
    process.kill(-(first.pid ?? 0), signal)
    await ended
    if (signal !== 'SIGKILL') expect(await host.made(host.cache)).toEqual([])
    expect(await bootstrap()).toMatchObject({ code: 0 })
    await expectInstalled()
  },
)

test('a lock folder whose holder has died is taken over', async () => {
  await host.remove('flock')
  // A pid above Linux's maximum, so that no process has it.
  const stale =
    'mkdir -p "$XDG_CACHE_HOME/desktop/.desktop-lock"; echo 4194305 >"$XDG_CACHE_HOME/desktop/.desktop-lock/pid"'
  expect(await bootstrap({}, `${stale}; bootstrap "$0"`)).toMatchObject({ code: 0 })
  await expectInstalled()
})
