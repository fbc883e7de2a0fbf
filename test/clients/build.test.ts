/** Typical builds, with Debian's docker and buildx. The tests share a VM and run in order. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ok } from '../e2e/environment.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'

let clients: ClientMachine

beforeAll(async () => {
  clients = await clientMachine('build', ['box'])
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

const docker = (args: readonly string[], env?: Record<string, string>): Promise<string> =>
  ok(clients.project('build').docker(args, env))

const common = ['--secret', 'id=token,src=token', '--build-context', 'extra=../extra']

/** Contents of a file in an image. */
const said = (image: string, path: string): Promise<string> => docker(['run', '--rm', image, 'cat', path])

test('a cache mount is kept from build to build', async () => {
  for (const runs of ['1', '2', '3']) {
    await docker(['buildx', 'build', ...common, '--build-arg', `ROUND=${runs}`, '-t', 'built', '.'])
    expect(await said('built', '/runs')).toBe(`${runs}\n`)
  }
})

test('a build secret is seen by its RUN and is in no layer', async () => {
  expect(await said('built', '/seen')).toBe('token\n')
  const mounted = await docker(['run', '--rm', 'built', 'sh', '-c', 'ls /run/secrets 2>/dev/null; true'])
  expect(mounted).toBe('')
})

test('.dockerignore, another build context and a build argument take effect', async () => {
  await docker(['buildx', 'build', ...common, '--build-arg', 'GREETING=hello', '-t', 'built', '.'])
  expect(await said('built', '/extra')).toBe('extra\n')
  expect(await said('built', '/greeting')).toBe('hello\n')
  const context = (await docker(['run', '--rm', 'built', 'ls', '/context'])).split('\n')
  expect(context).toContain('kept')
  expect(context).not.toContain('ignored')
})

test('a second build of the same takes every step from the cache', async () => {
  const { stderr } = await clients
    .project('build')
    .docker(['buildx', 'build', ...common, '--build-arg', 'GREETING=hello', '--progress=plain', '.'])
  expect(stderr.match(/ RUN /g)?.length).toBeGreaterThan(0)
  expect(stderr.match(/ CACHED$/gm)?.length).toBe(5)
})

test('files of a target are written to a folder of the host', async () => {
  await docker(['buildx', 'build', ...common, '--target', 'other', '--output', 'type=local,dest=out', '.'])
  expect(await readFile(join(clients.project('build').dir, 'out', 'greeting'), 'utf8')).toBe('none\n')
})

test('bake builds a group of targets that inherit from each other', async () => {
  await docker(['buildx', 'bake', '-f', 'bake.hcl', '--set', '*.contexts.extra=../extra'])
  expect(await said('baked-one', '/greeting')).toBe('one\n')
  expect(await said('baked-two', '/greeting')).toBe('two\n')
})

test('a context of 40 MB is transferred once, then only what changed', async () => {
  const { dir, docker: run } = clients.project('build')
  await writeFile(join(dir, 'large'), Buffer.alloc(40e6, 'x'))
  const sizes: number[] = []
  for (const text of ['first', 'second']) {
    await writeFile(join(dir, 'kept'), text)
    const { code, stderr } = await run(['buildx', 'build', ...common, '--progress=plain', '.'])
    expect(code, stderr).toBe(0)
    const transfers = [...stderr.matchAll(/transferring context: ([\d.]+)([kM]?)B(?= \S+ done)/g)]
    // The other build context is a transfer of its own, of a few bytes.
    sizes.push(
      Math.max(
        ...transfers.map(([, size, unit]) => Number(size) * (unit === 'M' ? 1e6 : unit === 'k' ? 1e3 : 1)),
      ),
    )
  }
  expect(sizes[0]).toBeGreaterThan(39e6)
  expect(sizes[1]).toBeLessThan(1e5)
})

test('the builder before BuildKit still builds', async () => {
  const legacy = { DOCKER_BUILDKIT: '0' }
  await writeFile(join(clients.project('build').dir, 'Legacy'), 'FROM box\nRUN echo legacy >/legacy\n')
  await docker(['build', '-f', 'Legacy', '-t', 'legacy', '.'], legacy)
  expect(await said('legacy', '/legacy')).toBe('legacy\n')
})

test('save, rmi and load give the same image; commit, diff, export and import work', async () => {
  const id = (image: string): Promise<string> => docker(['image', 'inspect', '-f', '{{.Id}}', image])
  const before = await id('legacy')
  await docker(['save', '-o', 'legacy.tar', 'legacy'])
  await docker(['rmi', '-f', 'legacy'])
  await docker(['load', '-i', 'legacy.tar'])
  expect(await id('legacy')).toBe(before)
  await docker(['run', '--name', 'changed', 'legacy', 'sh', '-c', 'echo new >/new'])
  expect(await docker(['diff', 'changed'])).toContain('A /new')
  await docker(['commit', 'changed', 'committed'])
  expect(await said('committed', '/new')).toBe('new\n')
  await docker(['export', '-o', 'changed.tar', 'changed'])
  await docker(['import', 'changed.tar', 'imported'])
  expect(await said('imported', '/new')).toBe('new\n')
})
