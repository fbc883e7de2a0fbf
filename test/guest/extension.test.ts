import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { GuestFile, GuestService } from '../../src/config/desired.ts'
import { pinImages } from '../../src/guest/debian/images.ts'
import { extensionParts, resolveExtension, stageSources } from '../../src/guest/extension.ts'
import { parseLinuxkit } from '../../src/guest/linuxkit/parse.ts'
import { renderLinuxkit } from '../../src/guest/render.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-extension-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const resolve = (services: GuestService[], files: GuestFile[] = []) =>
  resolveExtension({
    sysctl: {},
    sshAgent: false,
    platforms: [],
    builder: 'desktop' as const,
    services,
    files,
  })

test('services and files come after those of the guest, and LinuxKit reads them as they are written', async () => {
  const service: GuestService = {
    name: 'web',
    image: 'desktop/tools',
    command: ['httpd', '-f', '-p', '0x50', 'yes', '1_0', '~'],
    env: ['A=: #x', 'B="q"\n'],
    resources: { memory: { limit: 1_000_000 } },
  }
  const file: GuestFile = { path: 'etc/motd', contents: 'two\nlines: yes\n', mode: '0644' }
  const extension = await resolve([service], [file])
  const { services, files } = parseLinuxkit(await renderLinuxkit(extension))
  expect(services?.at(-1)).toEqual(service)
  expect(files?.at(-1)).toEqual(file)
  expect(services?.slice(0, -1)).toEqual(parseLinuxkit(await renderLinuxkit()).services)
})

test('an image of the guest is pinned in a service as anywhere else', async () => {
  const yaml = await renderLinuxkit(await resolve([{ name: 'a', image: 'desktop/tools' }]))
  const pinned = pinImages(yaml, new Map([['desktop/tools', 'abc']]))
  expect((parse(pinned) as { services: GuestService[] }).services.at(-1)?.image).toBe('desktop/tools:abc')
})

test('a source is named by its content, which the image depends on, and not by where it lies', async () => {
  const [one, two] = [join(dir, 'one'), join(dir, 'two')]
  await writeFile(one, 'same')
  await writeFile(two, 'same')
  const yaml = async (source: string): Promise<string> =>
    renderLinuxkit(await resolve([], [{ path: 'etc/a', source }]))
  const before = await yaml(one)
  expect(await yaml(two)).toBe(before)
  expect(before).not.toContain(dir)
  await writeFile(one, 'other')
  expect(await yaml(one)).not.toBe(before)
})

test('a source that changes after it was named is not built in', async () => {
  const source = join(dir, 'source')
  await writeFile(source, 'a')
  const { sources } = await resolve([], [{ path: 'etc/a', source }])
  await stageSources(sources, dir)
  expect(await readFile(join(dir, sources[0]?.name ?? ''), 'utf8')).toBe('a')
  await writeFile(source, 'b')
  await expect(stageSources(sources, dir)).rejects.toMatchObject({ code: 'guest/source-changed' })
})

test('an optional source that is not there is left out', async () => {
  const file = { path: 'etc/a', source: join(dir, 'none'), optional: true }
  expect((await resolve([], [file])).files).toEqual([])
})

test.each([
  [{ capabilities: ['CAP_NONSENSE'] }, /guest.services\[0\] \(a\): .*CAP_NONSENSE/],
  [{ binds: ['nonsense'] }, /guest.services\[0\] \(a\): /],
])('a file that LinuxKit refuses is refused before anything is built: %j', async (fields, message) => {
  await expect(resolve([{ name: 'a', image: 'desktop/tools', ...fields }])).rejects.toThrow(message)
})

test('a change of one entry shows in its part and in no other', async () => {
  const parts = async (command: string[]) =>
    extensionParts(
      await resolve([
        { name: 'a', image: 'desktop/tools', command },
        { name: 'b', image: 'desktop/tools' },
      ]),
    )
  const [one, two] = [await parts(['x']), await parts(['y'])]
  expect(one.services.a).not.toBe(two.services.a)
  expect(one.services.b).toBe(two.services.b)
})
