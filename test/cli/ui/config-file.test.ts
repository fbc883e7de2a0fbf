import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configFile } from '../../../src/cli/ui/config-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'config-file-'))
  for (const name of ['desktop.yaml', 'base.yaml', 'desktop.lock', 'secret'])
    await writeFile(join(dir, name), `# ${name}\r\nlast\n`)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const environment = () => ({
  files: [join(dir, 'desktop.yaml'), join(dir, 'base.yaml')],
  lockFile: join(dir, 'desktop.lock'),
})

test('each file of the configuration is read by the name that the plan gives it', () => {
  for (const name of ['desktop.yaml', 'base.yaml', 'desktop.lock'])
    for (const written of [name, `./${name}`, join(dir, name), relative(process.cwd(), join(dir, name))])
      expect(configFile(written, environment())).toEqual({
        path: join(dir, name),
        lines: [`# ${name}`, 'last'],
      })
})

test('no other file is read, whatever a request names', () => {
  for (const name of ['secret', join(dir, 'secret'), '/etc/passwd', '../../../etc/passwd', '--set', ''])
    expect(configFile(name, environment())).toBeNull()
})

test('two files with the same name are distinguished by folder, and a bare name selects neither', () => {
  const files = [join(dir, 'a/desktop.yaml'), join(dir, 'desktop.yaml')]
  expect(configFile(join(dir, 'desktop.yaml'), { files })).toMatchObject({ path: files[1] })
  expect(configFile('desktop.yaml', { files })).toBeNull()
})

test('credentials in URLs are masked, and lines keep their numbers', async () => {
  await writeFile(join(dir, 'base.yaml'), 'a: 1\nproxy: http://me:secret@proxy.test:3128\nb: 2\n')
  expect(configFile('base.yaml', environment())?.lines).toEqual([
    'a: 1',
    'proxy: http://xxxxx:xxxxx@proxy.test:3128',
    'b: 2',
  ])
})

test('a file replaced by a device is an error, not read', async () => {
  await rm(join(dir, 'base.yaml'))
  await symlink('/dev/zero', join(dir, 'base.yaml'))
  expect(() => configFile('base.yaml', environment())).toThrow(
    expect.objectContaining({ code: 'file/not-regular' }),
  )
})
