/** `desktop watch`: each change is reported once, checks are few, and it exits cleanly. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DriftDocument } from '../../src/cli/views/drift.ts'
import { changesOf, type Look, watchEvent, watchLine } from '../../src/cli/views/watch.ts'
import { watchLoop } from '../../src/cli/watch-loop.ts'
import type { DenialView } from '../../src/net/egress/denials.ts'

const root = join(import.meta.dirname, '..', '..')
const ajv = new Ajv({ allowUnionTypes: true })
for (const name of ['plan', 'watch'])
  ajv.addSchema(JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')))
const valid = (event: unknown): boolean =>
  ajv.validate('watch.schema.json', JSON.parse(JSON.stringify(event)))

const denialOf = (id: number): DenialView => ({
  ...{ id, rule: 'deny 10.0.0.0/8', at: 'send', protocol: 'tcp', guest: '192.168.65.3', senders: ['web'] },
  ...{ name: id % 2 === 0 ? null : 'nas.test', address: '10.0.0.1', port: 22, count: 1, idleMs: 0 },
})

const look: fc.Arbitrary<Look> = fc
  .record({
    paths: fc.uniqueArray(fc.constantFrom('vm.memory', 'ports.web', 'network.dns'), { maxLength: 3 }),
    clash: fc.boolean(),
    routes: fc.subarray(['10.0.0.0/8 tun0', '192.168.1.0/24 eth0']),
    resolvers: fc.subarray(['10.0.0.53:53']),
    denials: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 9 }).map(denialOf), { maxLength: 4 }), {
      nil: undefined,
    }),
  })
  .map(({ paths, clash, routes, resolvers, denials }) => {
    const drift: DriftDocument = {
      format: 'desktop-drift/1',
      environment: 'dev',
      drifted: paths.length > 0 || clash,
      differences: paths.map((path) => ({ path, from: 'a', to: 'b', effect: 'live' })),
      notes: clash ? [{ level: 'warning', about: 'vm.disk', message: 'another', drift: true }] : [],
      violations: [],
      unchanged: 0,
    }
    return { drift, routes, resolvers, denials }
  })

test('after any looks the drift equals the reported and not resolved events, and a second look reports nothing', () => {
  fc.assert(
    fc.property(fc.array(look, { minLength: 1 }), (looks) => {
      const told = new Set<string>()
      let before: Look | undefined
      for (const after of looks) {
        for (const body of changesOf(before, after)) {
          expect(valid(watchEvent(new Date(0), body)), JSON.stringify(body)).toBe(true)
          if (body.event === 'drift') told.add(body.path)
          if (body.event === 'resolved') told.delete(body.path)
        }
        expect([...told].sort()).toEqual(after.drift.differences.map(({ path }) => path).sort())
        expect(changesOf(after, after)).toEqual([])
        before = after
      }
    }),
  )
})

test('a refusal of egress is reported once, with its count since the last look', () => {
  const drift = { environment: 'dev', drifted: false, differences: [], notes: [] } as unknown as DriftDocument
  const at = (...denials: DenialView[]): Look => ({ drift, routes: [], resolvers: [], denials })
  const told = (before: Look | undefined, after: Look) =>
    changesOf(before, after).flatMap((body) => (body.event === 'denied' ? [body.count] : []))
  expect(told(undefined, at(denialOf(1)))).toEqual([])
  expect(told(at(), at(denialOf(1)))).toEqual([1])
  expect(told(at(denialOf(1)), at(denialOf(1)))).toEqual([])
  expect(told(at(denialOf(1)), at({ ...denialOf(1), count: 5 }, denialOf(2)))).toEqual([1, 4])
  // If the supervisor does not respond, no denials are reported, and the next check does not report old ones
  // as new.
  expect(told({ ...at(), denials: undefined }, at(denialOf(1)))).toEqual([])
  const [event] = changesOf(at(), at(denialOf(1))).filter((body) => body.event === 'denied')
  expect(watchLine(watchEvent(new Date(0), event!), { style: (_style, text) => text })).toBe(
    '00:00:00  denied  tcp 192.168.65.3 (web) → 10.0.0.1:22 (nas.test) by deny 10.0.0.0/8\n',
  )
})

test('what stirs many times is looked at together, and an abort ends the loop', async () => {
  const stop = new AbortController()
  let looks = 0
  const { promise: second, resolve } = Promise.withResolvers<void>()
  const loop = watchLoop(
    async () => {
      looks += 1
      if (looks === 2) resolve()
    },
    { intervalMs: 3_600_000, signal: stop.signal },
  )
  for (let n = 0; n < 100; n += 1) loop.stir()
  await second
  stop.abort()
  await loop.ended
  expect(looks).toBe(2)
})

test('the command prints drift as lines of JSON and ends cleanly', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-watch-'))
  await writeFile(join(dir, 'desktop.yaml'), 'apiVersion: desktop/v1\nname: watched\n')
  const xdg = Object.fromEntries(
    ['CONFIG_HOME', 'STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR'].map((name) => [`XDG_${name}`, dir]),
  )
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'watch', '--format', 'json'], {
    cwd: dir,
    env: { ...process.env, ...xdg, HOME: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let text = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk
    // Only once, because a second signal would kill it at once, possibly without an exit code.
    if (!child.killed && text.includes('"event":"drift"')) child.kill('SIGTERM')
  }
  expect(await ended).toBe(0)
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string })
  expect(events[0]).toMatchObject({ event: 'start', environment: 'watched', drifted: true })
  for (const event of events) expect(valid(event), JSON.stringify(event)).toBe(true)
  await rm(dir, { recursive: true })
}, 30_000)
