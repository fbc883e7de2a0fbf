/**
 * Random requests to the control API of a running supervisor: valid, malformed, truncated, or not HTTP at
 * all. FUZZ_REQUESTS sets their number. Afterwards the process is the same one, and no larger.
 */
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { type Call, calls } from '../../src/supervisor/api/api.ts'
import { controlClient } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { randomFrom } from '../support/net/random.ts'

const requests = Number(process.env.FUZZ_REQUESTS ?? 2_000)

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write('ports: ["18087:80"]\n')
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

const random = randomFrom(14)
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T

/** These calls would take effect with valid arguments, so their arguments are always invalid here. */
const ending: ReadonlySet<Call> = new Set([
  'shutdown',
  'stopVm',
  'suspendVm',
  'setNetwork',
  'setEngineSocket',
])

function value(depth = 0): unknown {
  switch (below(depth > 3 ? 6 : 9)) {
    case 0:
      return null
    case 1:
      return random() < 0.5
    case 2:
      return pick([0, -1, 1.5, 1e300, 65_536, Number.MAX_SAFE_INTEGER])
    case 3:
      return pick(['', '/', '/x', 'ü€😀', '\0', '192.168.65.2', 'x'.repeat(2_000), '__proto__'])
    case 4:
      return []
    case 5:
      return {}
    case 6:
      return Array.from({ length: below(4) }, () => value(depth + 1))
    case 7:
      return Object.fromEntries(
        Array.from({ length: below(4) }, () => [
          pick(['kind', 'id', 'listen', 'vm', 'argv']),
          value(depth + 1),
        ]),
      )
    default:
      return {
        kind: pick(['unix', 'inet', 'x']),
        path: value(4),
        deadlineMs: value(4),
        hashes: value(depth + 1),
      }
  }
}

const right: readonly [Call, readonly unknown[]][] = [
  ['facts', []],
  ['flows', []],
  ['flows', [{ heardWithinMs: 100 }]],
  ['dnsQueries', []],
  ['egressSends', []],
  ['metrics', []],
  ['setNames', [{ domain: 'crash.localhost' }]],
  ['egressRules', []],
  ['egressDenials', []],
  ['guestExec', [['pidof', 'dockerd']]],
  ['guestReadFiles', [['/run/config/docker/daemon.json', '/nothing', '/ü']]],
  ['guestReadFile', ['/nothing']],
  ['setPublish', [{ containers: false, bind: '127.0.0.1' }]],
  ['waitEngine', [{ deadlineMs: 1 }]],
]

function call(): string {
  const wrong = pick(calls.filter((name) => !ending.has(name) || random() < 0.5))
  const [name, args] =
    random() < 0.4
      ? pick(right)
      : [wrong, ending.has(wrong) ? [value(), null] : [value(), value()].slice(below(2))]
  return post(name, random() < 0.1 ? pick(['', '[', '{}', 'null', '"\ud800"']) : JSON.stringify(args))
}

const post = (name: string, body: string, version = pick(['1.0', '1.1'])): string =>
  `POST /v1/${name} HTTP/${version}\r\nHost: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const filters = ['', 'port http', 'port 99999', '(((', 'tcp and', 'host ü', 'not not arp', 'tcp * -> *']

function request(): string {
  switch (below(8)) {
    case 0:
      return post(`pcap?filter=${encodeURIComponent(pick(filters))}&count=${pick(['1', '-1', 'x'])}`, '')
    case 1: {
      const name = pick(['console', 'shell', '__proto__', 'constructor', 'facts', ''])
      return `GET /v1/${name} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: desktop-stream\r\n\r\n`
    }
    case 2:
      return `${pick(['GET', 'PUT', 'DELETE', 'HEAD', 'CONNECT', 'x'])} ${pick(['/metrics', '//', '/v1/', '*', '/v1/facts'])} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
    case 3:
      return Array.from({ length: below(200) }, () => String.fromCharCode(below(256))).join('')
    default:
      return call()
  }
}

/** Sends the request, or a part of it, and disconnects at once, after a while, or after the response. */
async function send(path: string, text: string): Promise<void> {
  const socket = connect(path)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {}).resume()
  const bytes = Buffer.from(text, 'latin1')
  const how = random()
  if (how < 0.2) {
    socket.write(bytes.subarray(0, below(bytes.length)))
    setTimeout(() => socket.destroy(), below(5))
  } else if (how < 0.3) {
    socket.write(bytes)
    setTimeout(() => socket.destroy(), below(5))
  } else {
    socket.write(bytes)
    // A console or capture never ends.
    setTimeout(() => socket.destroy(), 40).unref()
  }
  await closed
}

const descriptors = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length

test('no request to the control API ends the supervisor, or leaves memory or a descriptor behind', async () => {
  const control = controlClient(host.paths)
  const run = async (count: number): Promise<void> => {
    let left = count
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await send(host.paths.sockets.control, request())
      }
    }
    await Promise.all(Array.from({ length: 16 }, lane))
  }
  await run(Math.min(1_000, requests / 5))
  const before = await control.facts()
  const openBefore = await descriptors(before.pid)
  await run(requests)
  const after = await control.facts()
  expect(after.pid).toBe(before.pid)
  // Responses to disconnected clients may still be in progress.
  await until(async () => (await descriptors(after.pid)) <= openBefore, { deadlineMs: 20_000 })
  expect(after.rssBytes - before.rssBytes).toBeLessThan(64 * 2 ** 20)
  const log = await readFile(host.paths.supervisorLog, 'utf8')
  expect(log.split('\n').filter((line) => /uncaught exception|call failed/.test(line))).toEqual([])
  // Valid requests took effect.
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
}, 300_000)

const commandLines = [
  ['pcap', '-c', '1', '-w', 'x.pcap', 'port', 'http'],
  ['pcap', '-c', '1', '-w', 'x.pcap', 'port 99999'],
  ['pcap', '-w', '/nowhere/x.pcap', '-c', '0'],
  ['exec', '--', 'echo', 'ü'],
  ['exec', '-w', '/ü', '-e', 'X=ü', '--', 'true'],
  ['exec', '--', ''],
  ['exec', '--service', '../x', '--', 'true'],
  ['flows', '--json', 'x'],
  ['plan', '--only', ''],
  ['logs', '../../etc/passwd'],
  ['disk', 'grow', '-1'],
]

test('no command line ends the supervisor, and a bad one is an error with a code', async () => {
  const { pid } = (await host.status()).supervisor
  for (const line of commandLines) {
    const { code, stderr } = await host.desktop(...line)
    expect(stderr, line.join(' ')).not.toMatch(/internal\/bug|\n {4}at /)
    expect([0, 1, 2, 3, 4, 5, 6, 64, 126, 127], `${line.join(' ')}: ${stderr}`).toContain(code)
  }
  expect((await host.status()).supervisor.pid).toBe(pid)
})
