/** The guest's dockerd, run on this host: it accepts every daemon.json key that desktop accepts. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readSchemas } from '../../scripts/generate/schemas.ts'
import { refreshLock } from '../../src/guest/build.ts'
import { debPath, fetchDebs } from '../../src/guest/debian/debs.ts'
import { addDeb, bytesAt, type Layer } from '../../src/guest/debian/layer.ts'
import { lockedPackages } from '../../src/guest/debian/lock.ts'
import { openIndex } from '../../src/guest/debian/package-index.ts'
import { cachedLock } from '../../src/guest/digest.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import { parsed } from '../support/config/arbitrary.ts'
import { daemonSamples } from '../support/config/daemon-samples.ts'
import { acceptedValues } from '../support/config/daemon-values.ts'

const schemas = await readSchemas(join(import.meta.dirname, '../../schemas'))
const known = new Set([
  ...Object.keys(schemas.daemon.properties ?? {}),
  ...Object.keys(schemas.daemon['x-refused'] ?? {}),
])

let dir: string
let dockerd: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-dockerd-'))
  const cache = cachePaths()
  const lock = (await cachedLock(cache)) ?? (await refreshLock({ cache }))
  const engine = lockedPackages(lock).filter(({ name }) => name === 'docker.io')
  await fetchDebs(cache.debsDir, engine, { index: () => openIndex(cache.aptDir) })
  const layer: Layer = new Map()
  for (const one of engine) await addDeb(layer, debPath(cache.debsDir, one), [/^(?!usr\/sbin)/])
  // dockerd checks that its proxy exists, which it would start for published ports.
  for (const name of ['dockerd', 'docker-proxy']) {
    await writeFile(join(dir, name), bytesAt(layer, `usr/sbin/${name}`) ?? '')
    await chmod(join(dir, name), 0o755)
  }
  dockerd = join(dir, 'dockerd')
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const validate = async (daemon: unknown): Promise<string> => {
  const file = join(dir, 'daemon.json')
  await writeFile(file, JSON.stringify(daemon))
  const env = { PATH: `${dir}:${process.env.PATH}` }
  const { code, stderr } = await run([dockerd, '--validate', '--config-file', file], { env })
  return code === 0 ? '' : stderr
}

test.each(Object.entries(daemonSamples))('%s is taken by dockerd', async (_key, config) => {
  const { daemon } = parsed(stringify({ apiVersion: 'desktop/v1', engine: { config } })).engine
  expect(await validate(daemon)).toBe('')
})

test.each(acceptedValues)('%s passes the validation of dockerd', async (values) => {
  expect(await validate(JSON.parse(values))).toBe('')
})

test('a key that desktop does not know is one that dockerd does not know', async () => {
  expect(await validate({ 'no-such-key': true })).toContain('no-such-key')
})

/** Command-line options that are not keys, or are keys of another name. */
const noKeys = ['add-host', 'config-file', 'help', 'validate', 'version']
const otherNames: Readonly<Record<string, string>> = {
  'add-runtime': 'runtimes',
  'containerd-plugins-namespace': 'containerd-plugin-namespace',
  'http-proxy': 'proxies',
  'https-proxy': 'proxies',
  'no-proxy': 'proxies',
}

test('every option of dockerd is a key of desktop, or is refused with the reason', async () => {
  const { stdout } = await run([dockerd, '--help'])
  const options = [...stdout.matchAll(/^\s+(?:-\w, +|)--([a-z0-9-]+)/gm)].map(([, name = '']) => name)
  expect(options.length).toBeGreaterThan(60)
  const asKeys = (name: string): string[] => [name, `${name}s`, name.replace(/y$/, 'ies')]
  const unknown = options.filter(
    (name) => !noKeys.includes(name) && !asKeys(otherNames[name] ?? name).some((key) => known.has(key)),
  )
  expect(unknown).toEqual([])
})
