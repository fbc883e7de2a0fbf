/** Watching: each change is told once, looks are few, and the end is clean. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DriftDocument } from '../../src/cli/views/drift.ts'
import { changesOf, type Look, watchEvent } from '../../src/cli/views/watch.ts'
import { watchLoop } from '../../src/cli/watch-loop.ts'

const root = join(import.meta.dirname, '..', '..')
const ajv = new Ajv({ allowUnionTypes: true })
for (const name of ['plan', 'watch'])
  ajv.addSchema(JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')))
const valid = (event: unknown): boolean =>
  ajv.validate('watch.schema.json', JSON.parse(JSON.stringify(event)))

const look: fc.Arbitrary<Look> = fc
  .record({
    paths: fc.uniqueArray(fc.constantFrom('vm.memory', 'ports.web', 'network.dns'), { maxLength: 3 }),
    clash: fc.boolean(),
    routes: fc.subarray(['10.0.0.0/8 tun0', '192.168.1.0/24 eth0']),
    resolvers: fc.subarray(['10.0.0.53:53']),
  })
  .map(({ paths, clash, routes, resolvers }) => {
    const drift: DriftDocument = {
      format: 'desktop-drift/1',
      environment: 'dev',
      drifted: paths.length > 0 || clash,
      differences: paths.map((path) => ({ path, from: 'a', to: 'b', effect: 'live' })),
      notes: clash ? [{ level: 'warning', about: 'vm.disk', message: 'another', drift: true }] : [],
      violations: [],
      unchanged: 0,
    }
    return { drift, routes, resolvers }
  })

test('what drifts after any looks is what was told and not taken back, and a second look tells nothing', () => {
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

test('the command tells what drifts in lines of JSON and ends cleanly', async () => {
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
    // Once: a second signal ends it at once, without an exit code when it is already going.
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
