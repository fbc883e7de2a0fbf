import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandBinds, shareAdvice, shareEntry, unsharedFolders } from '../../src/cli/unshared.ts'

let project: string
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'desktop-unshared-'))
  await mkdir(join(project, 'data'))
})
afterAll(() => rm(project, { recursive: true, force: true }))

const found = (line: string, shares: { source: string; target: string }[] = []): string[] =>
  unsharedFolders(commandBinds(line.replaceAll('PWD', project).split(' ')), shares, project)

test.each([
  'run -v PWD:/x box',
  'run -vPWD:/x box',
  'run --volume=PWD:/x:ro box',
  'container create --mount type=bind,source=PWD,target=/x box',
  'run --mount=type=bind,src=PWD,dst=/x box',
  'run -v .:/x -v PWD:/y box',
])('a folder of this host that is bound and not shared is named: %s', (line) => {
  expect(found(line)).toEqual([project])
})

test.each([
  'run -v name:/x box',
  'run -v /x box',
  'run --mount type=volume,source=PWD,target=/x box',
  'run -v /var/run/docker.sock:/var/run/docker.sock box',
  'run -v PWD/none:/x box',
  'ps -v PWD:/x',
  'build .',
])('volumes, sockets of the VM and missing folders are not named: %s', (line) => {
  expect(found(line)).toEqual([])
})

test('a folder inside a share is there', () => {
  const shares = [{ source: project, target: project }]
  expect(found('run -v PWD/data:/x box', shares)).toEqual([])
  expect(found('run -v PWD-other:/x box', shares)).toEqual([])
})

test('of a file, the folder that it is in is named', async () => {
  await writeFile(join(project, 'data/app.conf'), '')
  expect(found('run -v PWD/data/app.conf:/x box')).toEqual([join(project, 'data')])
})

test('the entry to add names a folder of the project by its relative path', () => {
  expect(shareEntry(project, project)).toBe('{ source: ".", writable: true }')
  expect(shareEntry(join(project, 'data'), project)).toBe('{ source: "data", writable: true }')
  expect(shareEntry('/srv/models', project)).toBe('{ source: "/srv/models", writable: true }')
})

test('a folder that a share has at another path is named by that path', () => {
  const shares = [{ source: '/home/me/shop', target: '/work' }]
  expect(shareAdvice('/home/me/shop/src', shares, '/p')).toContain('/home/me/shop/src is /work/src in the VM')
  expect(shareAdvice('/home/me/shop', shares, '/p')).toContain('/home/me/shop is /work in the VM')
  expect(shareAdvice('/home/me/shopping', shares, '/p')).toContain('add to `shares`')
})
