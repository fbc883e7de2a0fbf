/** bin/desktop starts in any environment and on any file system, or reports the problem. */
import { realpath, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findProgram } from '../../src/host/packages.ts'
import { type BootstrapHost, bootstrapHost } from '../support/bin/bootstrap-host.ts'

let host: BootstrapHost
beforeEach(async () => {
  host = await bootstrapHost()
})
afterEach(() => host[Symbol.asyncDispose]())

const ran = { code: 0, stdout: 'ran\n', stderr: '' }

/** Mounts the checkout read-only. */
const readOnly = (): readonly string[] => {
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, host.checkout]
}

test('the first start installs and builds, and every argument reaches the command', async () => {
  expect(await host.desktop(['one', 'two words'])).toMatchObject({ code: 0, stdout: 'ran one two words\n' })
  expect(await host.desktop()).toMatchObject(ran)
})

test('a registry that cannot be reached ends the start with one sentence, and nothing is left', async () => {
  const npm = await findProgram('npm')
  expect(npm).toBeDefined()
  await host.add('npm', `#!/bin/sh\nexec ${process.execPath} ${await realpath(npm ?? '')} "$@"\n`)
  // The port of `discard`, where nothing listens.
  const { code, stderr } = await host.desktop([], { npm_config_registry: 'http://127.0.0.1:9/' })
  expect(code).toBe(1)
  expect(stderr.split('\n').slice(1)).toEqual([
    expect.stringMatching(
      /^desktop: Node 24 could not be installed: the npm registry cannot be reached \(.*ECONNREFUSED.*\)$/,
    ),
    'desktop: hint: check the network and `npm config get registry proxy`, then run again',
    '',
  ])
  expect((await host.made(host.cache)).filter((name) => name !== 'compiled')).toEqual([])
})

test('a read-only checkout that is built runs, without a recorded Node and with other times too', async () => {
  await host.desktop()
  await rm(join(host.checkout, 'node_modules/.desktop-node'))
  expect(await host.desktop([], {}, readOnly())).toMatchObject(ran)
  await utimes(join(host.checkout, 'src/main.ts'), 1_000_000_000, 1_000_000_000)
  expect(await host.desktop([], {}, readOnly())).toMatchObject(ran)
})

test('a read-only checkout that is not built, or built from other sources, is refused by name', async () => {
  const refusal = {
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      `desktop: ${host.checkout} is not built and cannot be written\ndesktop: hint: .*\n$`,
    ),
  }
  expect(await host.desktop([], {}, readOnly())).toMatchObject(refusal)
  await host.desktop()
  await writeFile(join(host.checkout, 'src/main.ts'), "console.log('new')\n")
  expect(await host.desktop([], {}, readOnly())).toMatchObject(refusal)
})

test('a recorded Node that was replaced by an older one is not used', async () => {
  await host.desktop()
  const programs = host.env.PATH ?? ''
  await host.add('old.mjs', "Object.defineProperty(process.versions, 'node', { value: '20.0.0' })\n")
  await host.add('old-node', `#!/bin/sh\nexec ${process.execPath} --import ${programs}/old.mjs "$@"\n`)
  await writeFile(join(host.checkout, 'node_modules/.desktop-node'), `${programs}/old-node\n`)
  expect(await host.desktop(['again'])).toMatchObject({ code: 0, stdout: 'ran again\n', stderr: '' })
})

test('NODE_OPTIONS that Node refuses does not reach it, and DESKTOP_NODE_OPTIONS does', async () => {
  await host.desktop()
  expect(await host.desktop([], { NODE_OPTIONS: '--no-such-option' })).toMatchObject(ran)
  await host.add('hello.mjs', "console.log('before')\n")
  const hello = { DESKTOP_NODE_OPTIONS: `--import ${host.env.PATH}/hello.mjs` }
  expect((await host.desktop([], hello)).stdout).toBe('before\nran\n')
})

test('a package without its build says how to pack it', async () => {
  await host.desktop()
  for (const path of ['src', 'dist', 'node_modules']) await rm(join(host.checkout, path), { recursive: true })
  expect(await host.desktop()).toMatchObject({
    code: 1,
    stderr: `desktop: ${host.checkout} was packed without its build\ndesktop: hint: pack it again with: npm pack --ignore-scripts=false\n`,
  })
})
