import { expect, test } from 'vitest'
import { configOf } from '../../src/config/load.ts'
import type { DesktopError } from '../../src/errors/desktop-error.ts'
import { mistakesOf } from '../support/config/mistakes.ts'

const load = (text: string, env: Record<string, string> = {}) =>
  configOf({ file: 'desktop.yaml', path: '/projects/shop/desktop.yaml', text, env })

const mistakes = (text: string): string[] => mistakesOf(() => load(text))

test('the smallest file has every default', () => {
  expect(load('apiVersion: desktop/v1\n')).toMatchObject({
    name: 'shop',
    vm: { cpus: 2, memoryBytes: 2 * 2 ** 30, diskBytes: 20 * 2 ** 30, accelerator: 'auto' },
    network: {
      subnet: '192.168.65.0/24',
      gateway: '192.168.65.1',
      address: '192.168.65.3',
      host: '192.168.65.254',
      mtu: 65_520,
    },
    dns: { upstreams: ['system'], hosts: {}, cache: { max: 10_000, minTtlSeconds: 0, maxTtlSeconds: 3600 } },
    ports: [],
    publish: { containers: true, bind: '127.0.0.1' },
    engine: { socket: undefined, context: false },
  })
})

test('all mistakes are found at once, in the order of the file', () => {
  expect(mistakes('apiVersion: desktop/v1\nvm:\n  cpu: 2\n  memory: 7\nnetwork:\n  gatewy: x\n')).toEqual([
    '3:3 config/unknown-key unknown key "cpu" in vm | did you mean "cpus"?',
    '4:11 config/wrong-type vm.memory must be a string, not 7 | did you mean "7GiB"?',
    '6:3 config/unknown-key unknown key "gatewy" in network | did you mean "gateway"?',
  ])
})

test('the frame shows the line with carets under the offending text', () => {
  try {
    load('apiVersion: desktop/v1\nvm:\n  cpu: 2\n')
    expect.unreachable()
  } catch (error) {
    expect((error as DesktopError).at?.frame).toBe('  3 |   cpu: 2\n    |   ^^^')
  }
})

test('port forms give the listeners that docker users expect', () => {
  const { ports } = load(
    'apiVersion: desktop/v1\nports: ["9000:9000", "0.0.0.0:53:53/udp", "8000-8001:80-81", "unix:./app.sock:8081", "[::1]:99:99"]\n',
  )
  expect(ports.map(({ id, protocol, guest }) => `${id} ${protocol} ${guest.address}:${guest.port}`)).toEqual([
    'tcp/127.0.0.1:9000 tcp 192.168.65.3:9000',
    'udp/0.0.0.0:53 udp 192.168.65.3:53',
    'tcp/127.0.0.1:8000 tcp 192.168.65.3:80',
    'tcp/127.0.0.1:8001 tcp 192.168.65.3:81',
    'unix//projects/shop/app.sock tcp 192.168.65.3:8081',
    'tcp/::1:99 tcp 192.168.65.3:99',
  ])
})

test('a secret is read from where it is, never written in the file', () => {
  const text = 'apiVersion: desktop/v1\nengine: { proxies: { http: { fromEnv: PROXY } } }\n'
  expect(load(text, { PROXY: 'http://u:p@x:1' }).engine.daemon.proxies).toEqual({
    'http-proxy': 'http://u:p@x:1',
  })
})
