/**
 * Exit codes by mode and result: every command that observes or changes, in every state of an environment and
 * its file. docs/reference/exit-codes.md defines the codes.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/errors/exit-codes.ts'
import { acquireLock } from '../../src/host/flock.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
}, 60_000)
afterAll(() => host?.[Symbol.asyncDispose](), 30_000)

/** All exit codes that occurred. */
const seen = new Set<number>()

/** Each line is a command; they run in the order of the rows. */
function rows(state: string, table: readonly (readonly [code: number, ...lines: string[]])[]): void {
  const flat = table.flatMap(([code, ...lines]) => lines.map((line) => [line, code] as const))
  test.each(flat)(`${state}: %s ends with %i`, { timeout: 60_000 }, async (line, code) => {
    const { code: ended, stdout, stderr } = await host.desktop(...line.split(' '))
    expect(ended, `${stdout}${stderr}`).toBe(code)
    seen.add(code)
  })
}

const vm = (values: string): string => `vm: { accelerator: tcg, memory: 512MiB, ${values} }\n`
const [first, second, third, fourth] = (await freePorts(4)).map(String) as [string, string, string, string]
const inForce = `ports: ["${first}:80"]\n${vm('cpus: 1, disk: 2GiB')}`
const set = (yaml: string) => () => host.write(yaml)

describe('nothing was applied yet', () => {
  beforeAll(set(inForce))
  rows('fresh', [
    [
      0,
      'validate',
      'plan',
      'drift',
      'status',
      'history',
      'config show',
      'doctor --json',
      'plan -o early.json',
    ],
    [2, 'plan --exit-code', 'drift --exit-code', 'drift --exit-code --format sarif', 'lock --check'],
    [1, 'show 1', 'rollback 1', 'logs supervisor', 'pln', 'plan --only prts', 'stop', 'destroy --yes'],
    [8, 'exec -- true', 'flows', 'console'],
  ])
})

describe('in sync', () => {
  beforeAll(set(inForce))
  rows('in sync', [
    [
      0,
      'apply',
      'apply',
      'plan --exit-code',
      'drift --exit-code',
      'drift --repair',
      'start',
      'status',
      'flows',
    ],
    [0, 'show 1', 'diff 1 1', 'rollback 1', 'history --json', 'plan -o saved.json', 'apply saved.json'],
    [7, 'apply early.json'],
    [1, 'show 99', 'diff 1 99', 'apply desktop.yaml'],
  ])
})

describe('the file says something else', () => {
  beforeAll(set(inForce.replace(first, second)))
  rows('changed', [
    [0, 'plan', 'drift', 'status'],
    [2, 'plan --exit-code', 'drift --exit-code', 'drift --exit-code --format junit'],
    [7, 'apply saved.json'],
    [0, 'apply', 'drift --exit-code'],
  ])
})

describe('the file is wrong', () => {
  beforeAll(set('vm: { cpu: 1 }\n'))
  rows('invalid', [
    [
      3,
      'validate',
      'plan',
      'plan --exit-code',
      'apply',
      'apply --yes',
      'apply saved.json',
      'start',
      'drift --exit-code',
    ],
    [3, 'drift --repair', 'render -o out', 'env', 'config show', 'lock', 'image build'],
    [0, 'history', 'show 1', 'diff 1 2'],
    [1, 'doctor'],
  ])
})

describe('a rule forbids it', () => {
  beforeAll(set(`${inForce}policy: [{ name: none, path: "ports[*].port", max: 1 }]\n`))
  rows('forbidden', [
    [
      5,
      'validate',
      'plan',
      'plan --exit-code',
      'apply',
      'apply --yes',
      'start',
      'drift',
      'drift --exit-code',
    ],
    [5, 'drift --repair', 'rollback 1', 'plan --json', 'drift --format sarif'],
    [0, 'status', 'history', 'config show', 'env'],
  ])
})

describe('another command holds the lock', () => {
  let held: AsyncDisposable
  beforeAll(async () => {
    await host.write(inForce.replace(first, third))
    held = await acquireLock(host.paths.lock, { command: 'a test' })
  })
  afterAll(() => held[Symbol.asyncDispose]())
  rows('locked', [
    [6, 'apply', 'start', 'stop', 'destroy --yes', 'drift --repair', 'rollback 1', 'disk compact'],
    [0, 'validate', 'plan', 'drift', 'status', 'history'],
    [2, 'plan --exit-code', 'drift --exit-code'],
  ])
})

describe('data would be lost', () => {
  beforeAll(set(inForce.replace('2GiB', '1GiB')))
  rows('lossy', [
    [0, 'plan'],
    [4, 'apply', 'start', 'drift --repair', 'apply --allow remove:machine'],
    [1, 'apply --allow recreate:dsk', 'apply --allow destroy'],
    [0, 'apply --allow recreate:disk', 'plan --exit-code'],
  ])
})

describe('the host has something against it', () => {
  const server = createServer()
  beforeAll(async () => {
    await once(server.listen(Number(fourth), '127.0.0.1'), 'listening')
    await host.write(inForce.replace(first, fourth).replace('2GiB', '1GiB'))
  })
  afterAll(() => server.close())
  rows('blocked', [
    [4, 'plan', 'plan --exit-code', 'apply', 'start', 'drift --repair'],
    [2, 'drift --exit-code'],
  ])
})

describe('an operation fails', () => {
  beforeAll(async () => {
    await host.write(inForce.replace('cpus: 1', 'cpus: 3').replace('2GiB', '1GiB'))
    await host.breakMachines('refuse', 3)
  })
  rows('broken', [
    [4, 'apply --timeout 5s'],
    [2, 'drift --exit-code'],
  ])
})

describe('a signal comes', () => {
  beforeAll(set(inForce.replace('2GiB', '1GiB').replace('cpus: 1', 'cpus: 2')))
  test('interrupted: an apply that gets two signals ends with 130', { timeout: 60_000 }, async () => {
    const apply = host.start('apply')
    const ended = once(apply, 'exit')
    for await (const text of apply.stdout?.setEncoding('utf8') ?? [])
      if (String(text).includes('  ...   ')) break
    apply.kill('SIGTERM')
    apply.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    seen.add(130)
  })
  rows('afterwards', [[0, 'apply', 'drift --exit-code']])
})

describe('it is stopped', () => {
  beforeAll(set(inForce.replace('2GiB', '1GiB').replace('cpus: 1', 'cpus: 2')))
  rows('stopped', [
    [0, 'stop --power-off', 'stop', 'status', 'plan', 'drift', 'logs supervisor'],
    [2, 'drift --exit-code', 'plan --exit-code'],
    [8, 'exec -- true', 'shell', 'console', 'pcap -c 1'],
    [0, 'destroy --yes', 'history'],
  ])
})

describe('the file is wrong, and there is a way back', () => {
  beforeAll(async () => {
    await host.write(inForce)
    await host.ok('apply')
    await host.write('vm: { cpu: 1 }\n')
  }, 60_000)
  rows('wrong', [
    [0, 'stop', 'stop --power-off', 'destroy --yes'],
    [3, 'stop', 'destroy --yes', 'history'],
  ])
})

describe('the table', () => {
  test('has a row for every code that there is', () => {
    expect([...seen].sort((a, b) => a - b)).toEqual(Object.values(exitCodes).sort((a, b) => a - b))
  })

  test('is of the codes that the reference page explains', async () => {
    const page = await readFile(
      join(import.meta.dirname, '..', '..', 'docs', 'reference', 'exit-codes.md'),
      'utf8',
    )
    for (const code of seen) expect(page).toContain(`| ${code} |`)
  })
})
