import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dockerClient, hostGlibc } from '../../../src/guest/debian/client.ts'
import { type CachePaths, cachePaths } from '../../../src/host/paths.ts'
import { run } from '../../../src/host/run.ts'
import {
  type MirrorPackage,
  packaged,
  type SignedMirror,
  signedMirror,
} from '../../support/guest/signed-mirror.ts'

let dir: string
let cache: CachePaths
let mirror: SignedMirror

const plugins = './usr/libexec/docker/cli-plugins'
const client = async (version = '1'): Promise<MirrorPackage[]> => [
  await packaged('docker-cli', { './usr/bin/docker': `docker ${version}` }, 'libc6 (>= 2.34)', version),
  await packaged(
    'docker-compose',
    { [`${plugins}/docker-compose`]: 'compose' },
    'docker-cli, libc6 (>= 2.38)',
  ),
  await packaged('docker-buildx', { [`${plugins}/docker-buildx`]: 'buildx' }, 'libc6 (>= 2.34)'),
  // A loader that says what it was asked to run.
  await packaged(
    'libc6',
    {
      './usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': '#!/bin/sh\necho "$@"\n',
      './usr/lib/x86_64-linux-gnu/libc.so.6': 'libc',
      './usr/lib/x86_64-linux-gnu/gconv/UTF-7.so': 'not wanted',
    },
    '',
    '2.41',
  ),
]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-client-'))
  cache = cachePaths({ state: dir, cache: dir, runtime: dir, config: dir } as never)
  mirror = await signedMirror()
  for (const [key, value] of Object.entries(mirror.env)) vi.stubEnv(key, value)
  await mirror.publish('trixie', await client())
  await mirror.publish('trixie-security', [])
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await mirror[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('a host with a libc that is new enough runs the programs themselves', async () => {
  const { docker, plugins } = await dockerClient({ cache, glibc: '2.38' })
  expect(docker).toMatch(/\/programs\/docker$/)
  expect(Object.keys(plugins).sort()).toEqual(['docker-buildx', 'docker-compose'])
})

test.each([
  ['an older libc', '2.36'],
  ['another libc than glibc', undefined],
])('a host with %s runs them by the loader and the libraries that come with them', async (_name, glibc) => {
  const found = await dockerClient({ cache, glibc })
  for (const [name, path] of Object.entries({ docker: found.docker, ...found.plugins })) {
    const { stdout } = await run([path, 'compose', 'a b'])
    const base = join(path, '..', '..')
    expect(stdout).toBe(`--library-path ${base}/lib --argv0 ${path} ${base}/programs/${name} compose a b\n`)
    expect((await readdir(join(base, 'lib'))).sort()).toEqual(['ld-linux-x86-64.so.2', 'libc.so.6'])
  }
})

test('the second run needs no mirror, and a newer package on the mirror changes nothing by itself', async () => {
  const first = await dockerClient({ cache, glibc: '2.38' })
  await mirror.publish('trixie', await client('2'))
  mirror.requests.length = 0
  expect(await dockerClient({ cache, glibc: '2.38' })).toEqual(first)
  expect(mirror.requests).toEqual([])
})

test('desktop.lock decides which client it is', async () => {
  await mirror.publish('trixie', [...(await client('2')), ...(await client('1')).slice(0, 1)])
  const locked = (await client('1')).map(({ name, version, deb }) => ({
    name,
    version,
    sha256: createHash('sha256').update(deb).digest('hex'),
    sizeBytes: deb.length,
  }))
  const lock = { source: 'trixie/amd64', components: [], client: locked }
  const { docker } = await dockerClient({ cache, glibc: '2.38', lock })
  const { docker: newest } = await dockerClient({ cache, glibc: '2.38' })
  const text = async (path: string): Promise<string> => (await run(['cat', path])).stdout
  expect([await text(docker), await text(newest)]).toEqual(['docker 1', 'docker 2'])
})

test('two runs at once unpack one client, and leave nothing half-unpacked', async () => {
  const both = await Promise.all([dockerClient({ cache }), dockerClient({ cache })])
  expect(both[0]).toEqual(both[1])
  expect((await readdir(cache.clientDir)).filter((name) => name.startsWith('.'))).toEqual([])
})

test('the glibc version of this process is found, or undefined without glibc', () => {
  expect(hostGlibc()).toMatch(/^\d+\.\d+/)
})
