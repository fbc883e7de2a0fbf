/**
 * The table of faults on a single environment: each fault is injected, plan, drift, status and doctor report
 * it consistently, apply repairs it with the effect in the table, and nothing is left over. At the end, none
 * of them reports a difference.
 */
import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import type { PlanDocument } from '../../src/apply/plan/document.ts'
import { type DriftDocument, differenceText } from '../../src/cli/views/drift.ts'
import { worstEffect } from '../../src/reconcile/plan.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'
import { faultTable } from './table.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  const [port] = await freePorts(1)
  await mkdir(join(host.dir, 'shared'))
  await host.write(
    [
      `ports: ["${port}:80", { name: app, host: "unix:./app.sock", guest: 80 }]`,
      'engine: { context: true, config: { debug: true, labels: [a=b], shutdown-timeout: 20 } }',
      'guest: { sysctl: { vm.max_map_count: "262144", net.core.somaxconn: "4096" } }',
      'shares: [{ source: ./shared, target: /mnt/shared }]',
      'network: { ipv6: true, dns: { hosts: { registry.test: 192.168.65.254 } } }',
      '',
    ].join('\n'),
  )
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

interface Views {
  plan: PlanDocument
  drift: DriftDocument
  status: { drift?: readonly string[] }
  doctor: { checks: { name: string; state: string; found: string }[] }
}

const parsed = async <T>(...args: string[]): Promise<T> => {
  const { stdout, stderr } = await host.desktop(...args)
  if (!stdout.startsWith('{')) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`)
  return JSON.parse(stdout) as T
}

async function look(): Promise<Views> {
  const [plan, drift, status, doctor] = await Promise.all([
    parsed<Views['plan']>('plan', '--json'),
    parsed<Views['drift']>('drift', '--json'),
    parsed<Views['status']>('status', '--json'),
    parsed<Views['doctor']>('doctor', '--json'),
  ])
  return { plan, drift, status, doctor }
}

/** Differences that all views report. */
function agreed({ plan, drift, status, doctor }: Views): string[] {
  const texts = [
    ...drift.differences.map(differenceText),
    ...drift.notes.flatMap((note) => (note.drift === true ? [`${note.about}: ${note.message}`] : [])),
  ]
  expect(status.drift).toEqual(texts)
  expect(drift.drifted).toBe(texts.length > 0)
  expect(plan.operations.length > 0 || plan.notes.some((note) => note.drift === true)).toBe(drift.drifted)
  expect(doctor.checks.find(({ name }) => name === 'drift')).toMatchObject({
    found: texts.length === 0 ? 'none' : texts.join('; '),
  })
  return texts
}

test('the table has at least 60 faults, no two of one name', () => {
  const names = Object.values(faultTable).flatMap((faults) => faults.map(({ fault }) => fault))
  expect(names.length).toBeGreaterThanOrEqual(60)
  expect(new Set(names).size).toBe(names.length)
})

/** Only root can mount. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0
const rows = Object.values(faultTable)
  .flat()
  .filter(({ needsRoot }) => needsRoot !== true || canMount)

test.each(rows)('every command agrees on it, and apply repairs it: $fault', async (row) => {
  // A failed row must not affect the next.
  onTestFailed(async () => void (await host.desktop('apply')))
  const boots = (await host.boots()).length
  await row.make(host)
  const before = await look()
  const texts = agreed(before)
  if (row.seen === undefined) expect(texts).toEqual([])
  else expect(texts.join('\n')).toMatch(row.seen)
  expect(worstEffect(before.plan) ?? 'none').toBe(row.repair)
  await row.person?.act(host)
  const apply = await host.desktop('apply')
  expect(apply.code, `${apply.stdout}${apply.stderr}`).toBe(0)
  // All views check the next fault, which fails if one still reports an old difference.
  expect((await parsed<DriftDocument>('drift', '--json')).drifted).toBe(false)
  const restarts = row.ends === 'vm' || row.repair === 'restart-vm'
  expect((await host.boots()).length - boots).toBe(restarts ? 1 : 0)
})

test('after all of them every command agrees that nothing is left', async () => {
  expect(agreed(await look())).toEqual([])
})
