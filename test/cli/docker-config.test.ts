import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configWithPlugins } from '../../src/cli/docker-config.ts'

let dir: string
let own: string
const plugins = { 'docker-compose': '/cache/docker-compose', 'docker-buildx': '/cache/docker-buildx' }
const prepare = (given: Record<string, string> = plugins): Promise<string> =>
  configWithPlugins(join(dir, 'cache'), given, { DOCKER_CONFIG: own })

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-config-'))
  own = join(dir, 'docker')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test("docker finds our plugins, and the user's logins and contexts as they are", async () => {
  await mkdir(join(own, 'contexts'), { recursive: true })
  await writeFile(join(own, 'config.json'), '{"auths":{}}')
  const config = await prepare()
  expect(await readFile(join(config, 'config.json'), 'utf8')).toBe('{"auths":{}}')
  expect(await readlink(join(config, 'contexts'))).toBe(join(own, 'contexts'))
  expect(await readlink(join(config, 'cli-plugins', 'docker-compose'))).toBe('/cache/docker-compose')
  expect(await readdir(own)).toEqual(['config.json', 'contexts'])
})

test('the first login lands in the own directory of the user', async () => {
  const config = await prepare()
  // docker writes a temporary file next to the link's target and renames it over the target.
  await writeFile(join(await readlink(join(config, 'config.json'))), '{}')
  expect(await readFile(join(own, 'config.json'), 'utf8')).toBe('{}')
})

test('what docker made in place is moved to the user at the next run, and linked', async () => {
  const config = await prepare()
  await mkdir(join(config, 'buildx', 'instances'), { recursive: true })
  await prepare()
  expect(await readdir(join(own, 'buildx'))).toEqual(['instances'])
  expect((await lstat(join(config, 'buildx'))).isSymbolicLink()).toBe(true)
})

test("a user's own plugin goes before ours", async () => {
  await mkdir(join(own, 'cli-plugins'), { recursive: true })
  await writeFile(join(own, 'cli-plugins', 'docker-compose'), '')
  const links = join(await prepare(), 'cli-plugins')
  expect(await readlink(join(links, 'docker-compose'))).toBe(join(own, 'cli-plugins', 'docker-compose'))
  expect(await readlink(join(links, 'docker-buildx'))).toBe('/cache/docker-buildx')
})

test('entries that were removed or moved are no longer linked', async () => {
  await mkdir(join(own, 'contexts'), { recursive: true })
  await prepare()
  await rm(join(own, 'contexts'), { recursive: true })
  const config = await prepare({ 'docker-compose': '/newer/docker-compose' })
  expect((await readdir(config)).sort()).toEqual(['cli-plugins', 'config.json'])
  expect(await readdir(join(config, 'cli-plugins'))).toEqual(['docker-compose'])
  expect(await readlink(join(config, 'cli-plugins', 'docker-compose'))).toBe('/newer/docker-compose')
})

test('commands that begin at the same time all get a whole directory', async () => {
  await mkdir(join(own, 'contexts'), { recursive: true })
  const configs = await Promise.all(Array.from({ length: 8 }, () => prepare()))
  expect(new Set(configs).size).toBe(1)
  expect((await readdir(configs[0] ?? '')).sort()).toEqual(['cli-plugins', 'config.json', 'contexts'])
})
