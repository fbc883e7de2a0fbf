import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { HostFacts } from '../../../src/config/import/defaults.ts'
import { importSettings, type Tool } from '../../../src/config/import/import.ts'

const host: HostFacts = { cpus: 8, memoryBytes: 6 * 2 ** 30, home: '/home/ada', platform: 'linux' }

const imported = (tool: Tool, ...texts: string[]) =>
  importSettings({ tool, name: 'web', files: texts.map((text) => ({ file: 'f', text })), host })
const fileOf = (tool: Tool, ...texts: string[]) => parse(imported(tool, ...texts).text)

test('the default sizes of Lima are written out', () => {
  expect(fileOf('lima', 'memory: null\n').vm).toEqual({ cpus: 4, memory: '3GiB', disk: '100GiB' })
})

test('a Lima file with a base gets no defaults, since the base may set them', () => {
  expect(fileOf('lima', 'base: template:docker\n').vm).toBeUndefined()
})

test.each(['mounts: []\n', 'mounts: null\n', ''])(
  'the home folder that Colima shares for %j is a share',
  (text) => {
    expect(fileOf('colima', text)).toMatchObject({
      vm: { cpus: 2, memory: '2GiB', disk: '100GiB' },
      shares: [{ source: '/home/ada', target: '/home/ada', writable: true }],
    })
  },
)

test('explicit mounts of Colima replace the home folder', () => {
  expect(fileOf('colima', 'mounts: [{ location: /srv, writable: true }]\n').shares).toEqual([
    { source: '/srv', target: '/srv', writable: true },
  ])
})

test('what Docker Desktop leaves out of its store is written out, and an empty list of folders stays empty', () => {
  expect(fileOf('docker-desktop', '{"SettingsVersion": 41}')).toMatchObject({
    vm: { cpus: 8, memory: '3GiB' },
    shares: [{ source: '/home', target: '/home', writable: true }],
  })
  expect(fileOf('docker-desktop', '{"FilesharingDirectories": []}').shares).toBeUndefined()
})

test('a daemon.json alone says nothing about the machine', () => {
  expect(fileOf('docker-desktop', '{"debug": true}')).toEqual({
    apiVersion: 'desktop/v1',
    name: 'web',
    engine: { config: { debug: true } },
  })
})

test('a default goes over no value of an earlier file', () => {
  expect(fileOf('colima', 'memory: 7\n', 'cpu: 3\n').vm).toEqual({ cpus: 3, memory: '7GiB', disk: '100GiB' })
})

test.each(['lima', 'colima'] as const)(
  'host.lima.internal keeps leading to the host after an import from %s',
  (tool) => {
    expect(fileOf(tool, '').network.dns.hosts).toEqual({ 'host.lima.internal': '192.168.65.254' })
  },
)
