import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from './arbitrary.ts'
import { daemonSamples } from './daemon-samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'desktop-dockerd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dockerd = (process.env.PATH ?? '')
  .split(delimiter)
  .map((dir) => join(dir, 'dockerd'))
  .find((file) => existsSync(file))

const daemonOf = (config: unknown) =>
  parsed(stringify({ apiVersion: 'desktop/v1', engine: { config } })).engine.daemon

test('there is a sample for every key', () => {
  expect(Object.keys(daemonSamples).sort()).toEqual(Object.keys(daemonKeys))
})

test.each(Object.entries(daemonSamples))('%s is rendered as it is written', (_key, config) => {
  expect(daemonOf(config)).toMatchObject(config)
})

test.skipIf(dockerd === undefined)('the dockerd of this machine accepts every sample', () => {
  const file = join(folder, 'daemon.json')
  const args = [
    '--validate',
    '--config-file',
    file,
    '--containerd',
    '/run/x',
    '--swarm-default-advertise-addr=eth0',
  ]
  for (const [key, config] of Object.entries(daemonSamples)) {
    // docker-proxy may not be installed where this runs; dockerd wants to see it unless it is switched off.
    writeFileSync(file, JSON.stringify({ 'userland-proxy': false, ...daemonOf(config) }))
    const { status, stderr } = spawnSync(dockerd ?? '', args, { encoding: 'utf8' })
    expect([key, status, status === 0 ? '' : stderr]).toEqual([key, 0, ''])
  }
})
