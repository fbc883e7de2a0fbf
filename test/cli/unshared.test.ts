import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bindAdvice, commandBinds, shareEntry } from '../../src/cli/unshared.ts'

let base: string
let project: string
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'desktop-unshared-')))
  project = join(base, 'project')
  for (const folder of ['project/data', 'elsewhere/deep'])
    await mkdir(join(base, folder), { recursive: true })
  await writeFile(join(project, 'data/app.conf'), '')
  await symlink(join(base, 'elsewhere'), join(project, 'outward'))
  await symlink('data', join(project, 'inward'))
  await symlink(project, join(base, 'alias'))
})
afterAll(() => rm(base, { recursive: true, force: true }))

interface Given {
  source: string
  target?: string
  writable?: boolean
}

/** BASE and PWD stand for the folders of this test. */
function advice(line: string, shares: Given[] = []): string {
  const expand = (text: string): string => text.replaceAll('PWD', project).replaceAll('BASE', base)
  const expanded = shares.map(({ source, target = source, writable = true }) => ({
    source: expand(source),
    target: expand(target),
    writable,
  }))
  const binds = commandBinds(expand(line).split(' '))
  return bindAdvice(binds, { shares: expanded, cwd: project, project })
    .join('\n')
    .replaceAll(project, 'PWD')
    .replaceAll(base, 'BASE')
}

const toAdd = (folder: string, source: string): string =>
  `${folder} is not shared with the VM; add to \`shares\` in desktop.yaml, then \`desktop apply\`: { source: "${source}", writable: true }`

test.each([
  'run -v PWD:/x box',
  'run -vPWD:/x box',
  'run --volume=PWD:/x:ro box',
  'container create --mount type=bind,source=PWD,target=/x box',
  'service create --mount type=bind,source=PWD,target=/x box',
  'run --mount=type=bind,src=PWD,dst=/x box',
  'run -v .:/x -v PWD:/y box',
])('a folder of this host that is bound and not shared is named: %s', (line) => {
  expect(advice(line)).toBe(toAdd('PWD', '.'))
})

test.each([
  'run -v name:/x box',
  'run -v /x box',
  'run --mount type=volume,source=PWD,target=/x box',
  'run -v /var/run/docker.sock:/var/run/docker.sock box',
  'run -v /no-such-folder/of/this/host:/x box',
  'run -v /tmp/no-such-folder-of-this-host:/x box',
  'run -v /etc/no-such-folder/of/this/host:/x box',
  'run -v /:/x box',
  'ps -v PWD:/x',
  'build .',
])('volumes, sockets of the VM and folders that may be those of the VM are not named: %s', (line) => {
  expect(advice(line)).toBe('')
})

test('of a file, and of a folder that docker would create, the folder that it is in is named', () => {
  expect(advice('run -v PWD/data/app.conf:/x box')).toBe(toAdd('PWD/data', 'data'))
  expect(advice('run -v ./data/new/cache:/x box')).toBe(toAdd('PWD/data', 'data'))
})

test('a folder inside a share is there, and so is one that docker creates in it', () => {
  for (const path of ['PWD/data', 'PWD/new', 'PWD/inward']) {
    expect(advice(`run -v ${path}:/x box`, [{ source: 'PWD' }])).toBe('')
    expect(advice(`run -v PWD-other:/x box`, [{ source: 'PWD' }])).toBe(toAdd('BASE', 'BASE'))
  }
})

test('a folder that docker would create in a read-only share is named', () => {
  expect(advice('run -v ./new:/x box', [{ source: 'PWD', writable: false }])).toBe(
    'PWD/new does not exist, and its share is read-only; create it first',
  )
})

test('of a link that leads out of the share, the folder that it leads to is named', () => {
  expect(advice('run -v ./outward/deep:/x box', [{ source: 'PWD' }])).toBe(
    toAdd('BASE/elsewhere/deep', 'BASE/elsewhere/deep'),
  )
  const both = [{ source: 'PWD' }, { source: 'BASE/elsewhere' }]
  expect(advice('run -v ./outward/deep:/x box', both)).toBe('')
})

test('a folder that a share has at another path is named by that path', () => {
  const moved = [{ source: 'PWD', target: '/work' }]
  const how = 'bind that, or take `target` out of the share'
  expect(advice('run -v PWD/data:/x box', moved)).toBe(`PWD/data is /work/data in the VM: ${how}`)
  expect(advice('run -v PWD:/x box', moved)).toBe(`PWD is /work in the VM: ${how}`)
  expect(advice('run -v BASE/alias/data:/x box', [{ source: 'PWD' }])).toBe(
    'BASE/alias/data is PWD/data in the VM: bind that',
  )
})

test('a folder that the VM has too is shared at another path', () => {
  const etc =
    '/etc is the VM\'s own; to bind this host\'s, add to `shares`: { source: "/etc", target: "/host/etc" }, and bind /host/etc'
  expect(advice('run -v /etc/passwd:/x box')).toBe(etc)
  expect(advice('run -v /tmp:/x box')).toContain('{ source: "/tmp", target: "/host/tmp" }')
})

test('the entry to add names a folder of the project by its relative path', () => {
  expect(shareEntry('/p', '/p')).toBe('{ source: ".", writable: true }')
  expect(shareEntry('/p/data', '/p')).toBe('{ source: "data", writable: true }')
  expect(shareEntry('/p/my data', '/p')).toBe('{ source: "my data", writable: true }')
  expect(shareEntry('/srv/models', '/p')).toBe('{ source: "/srv/models", writable: true }')
})
