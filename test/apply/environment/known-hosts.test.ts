/** What this host remembers of others. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  forgetFile,
  knownHost,
  pathOf,
  placesThere,
  rememberFile,
  rememberPlaces,
} from '../../../src/apply/environment/known-hosts.ts'
import { isOwnedBy, ownerOf, ownersOf } from '../../../src/apply/environment/owner.ts'
import type { Desired, MachineHost } from '../../../src/config/desired.ts'
import { hostId } from '../../../src/host/host-id.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'known-'))
  vi.stubEnv('XDG_STATE_HOME', dir)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const host = { name: 'builder', ssh: { host: 'builder', port: 2222, user: 'me' } }
const place = { control: '/c', docker: '/d' }
const file = (cluster: string, owner = 'laptop/a:/p') => ({
  cluster,
  owner,
  file: '/p/desktop.yaml',
  hostId: 'x',
})

test('two commands that remember at the same time lose nothing', async () => {
  const clusters = Array.from({ length: 8 }, (_, index) => `c${index}`)
  await Promise.all([
    ...clusters.map((cluster) => rememberFile(host, file(cluster))),
    rememberPlaces(host, 'c1', { 'c1.w.1': place }),
  ])
  const known = await knownHost(host)
  expect(known?.files.map(({ cluster }) => cluster).sort()).toEqual(clusters)
  expect(known?.places).toEqual({ 'c1.w.1': place })
})

test.each([
  ['damaged', '{', 'state/unreadable'],
  ['without files', '{ "format": "desktop-known-host/1" }', 'state/unreadable'],
  ['of a later version', '{ "format": "desktop-known-host/2" }', 'state/newer'],
])('a record that is %s is an error, and not overwritten', async (_name, text, code) => {
  await rememberFile(host, file('lab'))
  await writeFile(pathOf(host), text)
  await expect(rememberPlaces(host, 'lab', { 'lab.w.1': place })).rejects.toMatchObject({ code })
  await expect(rememberFile(host, file('lab'))).rejects.toMatchObject({ code })
  await expect(forgetFile('x', 'lab', ['laptop/a:/p'])).rejects.toMatchObject({ code })
  expect(await readFile(pathOf(host), 'utf8')).toBe(text)
})

test('a file of another owner with the same cluster does not replace the first', async () => {
  await rememberFile(host, file('lab'))
  await rememberFile(host, file('lab', 'laptop/a:/q'))
  expect((await knownHost(host))?.files.map(({ owner }) => owner)).toEqual(['laptop/a:/p', 'laptop/a:/q'])
})

test('forgetting lab keeps lab.x, whose name begins the same, and disconnects only unused hosts', async () => {
  await rememberPlaces(host, 'lab', { 'lab.w.1': place })
  await rememberPlaces(host, 'lab.x', { 'lab.x.w.1': place })
  for (const cluster of ['lab', 'lab.x']) await rememberFile(host, file(cluster))
  expect(await forgetFile('x', 'lab', ['laptop/a:/p'])).toEqual([])
  const known = await knownHost(host)
  expect(known?.files.map(({ cluster }) => cluster)).toEqual(['lab.x'])
  expect(known?.places).toEqual({ 'lab.x.w.1': place })
  expect(await forgetFile('x', 'lab.x', ['laptop/a:/p'])).toMatchObject([{ name: 'builder' }])
})

test('a machine that moved away is forgotten, and those of other files are not', async () => {
  await rememberPlaces(host, 'lab.x', { 'lab.x.w.1': place })
  await rememberPlaces(host, 'lab', { 'lab.w.1': place, 'lab.w.2': place })
  await rememberPlaces(host, 'lab', { 'lab.w.1': place })
  expect(Object.keys((await knownHost(host))?.places ?? {})).toEqual(['lab.x.w.1', 'lab.w.1'])
})

test('a machine is reached through its own host only, not through one that it left or never had', async () => {
  const other = { name: 'other', ssh: { host: 'other' } }
  await rememberPlaces(host, 'lab', { 'lab.w.1': place, 'lab.w.2': place, 'lab.w.3': place })
  await rememberPlaces(other, 'lab', { 'lab.w.2': { ...place, control: '/other' } })
  const machine = (name: string, at?: MachineHost) => {
    const own = { name, kind: 'w', alike: 3, cluster: 'lab', peers: [] }
    return { name: `lab.${name}`, machine: at === undefined ? own : { ...own, host: at } }
  }
  const there = await placesThere([machine('w.1', host), machine('w.2', other), machine('w.3')])
  expect([...there].map(([name, { forward }]) => [name, forward])).toEqual([
    ['lab.w.1', { ssh: host.ssh, path: '/c' }],
    ['lab.w.2', { ssh: other.ssh, path: '/other' }],
  ])
})

test('the id of a state directory is the same for all commands, also the first ones', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => hostId()))
  expect(new Set(ids).size).toBe(1)
  expect(await hostId()).toBe(ids[0])
})

test('an owner is the same after its host was renamed, and another one in another folder or state directory', async () => {
  const own = await ownerOf('/p/desktop.yaml')
  const id = await hostId()
  expect(isOwnedBy(own, [`renamed/${id}:/p`])).toBe(true)
  expect(isOwnedBy(own, [`renamed/${id}:/q`])).toBe(false)
  expect(isOwnedBy(own, [own.replace(id, '0000000000000000')])).toBe(false)
  expect(isOwnedBy(undefined, [own])).toBe(false)
})

test('an owner is the same through a symbolic link to its folder', async () => {
  const folder = join(dir, 'project')
  await mkdir(folder)
  await symlink(folder, join(dir, 'link'))
  expect(await ownerOf(join(dir, 'link/desktop.yaml'))).toBe(await ownerOf(join(folder, 'desktop.yaml')))
})

test('a file takes over machines of a file that was moved, but not of one that still has them', async () => {
  const old = { ...file('lab', `laptop/${await hostId()}:/old`), file: join(dir, 'desktop.yaml') }
  const moved = { file: '/new/desktop.yaml', desired: { machine: { cluster: 'lab' } } as Desired }
  const own = await ownerOf(moved.file)
  expect(await ownersOf(moved, [old])).toEqual([own, old.owner])
  await writeFile(old.file, 'apiVersion: desktop/v1\nname: lab\nvms: { m: {} }\n')
  expect(await ownersOf(moved, [old])).toEqual([own])
  await writeFile(old.file, 'apiVersion: desktop/v1\nname: other\nvms: { m: {} }\n')
  expect(await ownersOf(moved, [old])).toEqual([own, old.owner])
})
