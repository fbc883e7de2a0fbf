/**
 * SIGKILL of the command, the supervisor or QEMU at the start of each operation of an apply: the next apply
 * converges.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApplyEvent } from '../../src/apply/run/events.ts'
import { jsonLines } from '../../src/host/json-lines.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  const [port] = await freePorts(1)
  await host.write(`ports: ["${port}:80"]\nengine: { context: true }\n`)
})
afterAll(() => host?.[Symbol.asyncDispose]())

type Victim = 'desktop' | 'supervisor' | 'qemu'

/**
 * Runs an apply and kills `victim` when the operation with this number starts. Returns the number of
 * operations that started.
 */
async function applyKilling(victim: Victim, at: number): Promise<number> {
  const child = host.start('apply', '--json')
  let begun = 0
  const killing: Promise<void>[] = []
  const feed = jsonLines((value) => {
    const event = value as ApplyEvent
    if (event.event !== 'operation' || event.phase !== 'started') return
    begun += 1
    if (begun - 1 !== at) return
    if (victim === 'desktop') child.kill('SIGKILL')
    else killing.push(host.kill(victim))
  })
  child.stdout?.setEncoding('utf8').on('data', feed)
  await once(child, 'close')
  await Promise.all(killing)
  return begun
}

async function expectConverged(where: string): Promise<void> {
  const apply = await host.desktop('apply')
  expect(apply.code, `${where}: ${apply.stdout}${apply.stderr}`).toBe(0)
  const plan = await host.desktop('plan', '--exit-code')
  expect(plan.code, `${where}: ${plan.stdout}`).toBe(0)
  const kinds = (await host.processes()).map(({ kind }) => kind).sort()
  expect(kinds, where).toEqual(['qemu', 'supervisor'])
}

test.each<Victim>(['desktop', 'supervisor', 'qemu'])(
  'killed %s: the next apply converges',
  async (victim) => {
    const file = await readFile(join(host.dir, 'desktop.yaml'), 'utf8')
    for (let at = 0; ; at += 1) {
      const before = (await host.boots()).length
      const begun = await applyKilling(victim, at)
      await expectConverged(`${victim} at operation ${at}`)
      const marks = (await host.boots()).slice(before).map(({ mark }) => mark)
      expect(new Set(marks).size, `${victim} at operation ${at}: one disk for all machines`).toBe(1)
      expect(await readFile(join(host.dir, 'desktop.yaml'), 'utf8')).toBe(file)
      await host.ok('destroy', '--yes')
      expect(await host.processes(), `${victim} at operation ${at}`).toEqual([])
      if (begun <= at) break
    }
  },
  240_000,
)
