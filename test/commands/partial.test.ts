/**
 * A partial apply, after a failure or on request: all independent steps run, and every result is reported.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestGeneration } from '../../src/apply/history/generation.ts'
import type { Outcome } from '../../src/apply/history/outcome.ts'
import type { ApplyEvent } from '../../src/apply/run/events.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
})
afterAll(() => host?.[Symbol.asyncDispose]())

const events = (stdout: string): ApplyEvent[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ApplyEvent)

function outcomeOf(stdout: string): Outcome {
  const last = events(stdout).at(-1)
  if (last?.event !== 'result') throw new Error(`no result: ${stdout}`)
  return last.outcome
}

test('a branch that fails stops no other: all else is done, the report has both, and the exit code is 4', async () => {
  // The path is below a file, so contexts cannot be written.
  await mkdir(dirname(host.env.DOCKER_CONFIG ?? ''), { recursive: true })
  await writeFile(host.env.DOCKER_CONFIG ?? '', '')
  await host.write('ports: ["18085:80"]\nengine: { context: true }\n')
  const apply = await host.desktop('apply', '--json')
  expect(apply.code).toBe(4)
  const { result, counts, generation } = outcomeOf(apply.stdout)
  expect(result).toBe('incomplete')
  expect(counts).toMatchObject({ failed: 1, skipped: 0, unknown: 0 })
  expect(counts.done).toBeGreaterThan(6)
  expect((await host.status()).vm.state).toBe('running')
  const kept = await latestGeneration(host.paths.generationsDir)
  expect(kept).toMatchObject({ number: generation, result: 'incomplete' })
  expect(kept?.operations.filter(({ error }) => error !== undefined)).toMatchObject([
    { id: 'context/set', result: 'failed', error: expect.stringContaining('docker') },
  ])
  await rm(host.env.DOCKER_CONFIG ?? '')
  const again = await host.ok('apply', '--json')
  expect(outcomeOf(again).counts).toEqual({ done: 1, failed: 0, skipped: 0, unknown: 0 })
})

test('what waits for an operation that fails is skipped, and says for which', async () => {
  await host.desktop('stop')
  await host.breakMachines('refuse', 2)
  await rm(host.paths.lastGoodVm)
  await host.write('ports: ["18085:80"]\nvm: { cpus: 2, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n')
  const apply = await host.desktop('apply', '--json')
  expect(apply.code).toBe(4)
  expect(outcomeOf(apply.stdout).counts).toMatchObject({ failed: 1, skipped: 1 })
  expect(events(apply.stdout)).toContainEqual(
    expect.objectContaining({ id: 'engine/ready', phase: 'skipped', because: 'vm/start' }),
  )
  await host.write('ports: ["18085:80"]\n')
  await host.ok('apply')
})

test('an engine that does not come up in time gets its previous daemon.json again', async () => {
  const boots = (await host.boots()).length
  await host.write('ports: ["18085:80"]\nengine: { config: { cgroup-parent: broken } }\n')
  const apply = await host.desktop('apply', '--timeout', '1s')
  expect(apply.code, apply.stdout).toBe(4)
  expect(apply.stdout).toContain('the previous daemon.json is in use again')
  await host.write('ports: ["18085:80"]\n')
  const plan = await host.desktop('plan', '--exit-code')
  expect(plan.code, plan.stdout).toBe(0)
  expect(await host.boots()).toHaveLength(boots)
})

test('of a plan with a restart only the ports, when only they are asked for', async () => {
  const boots = (await host.boots()).length
  await host.write('ports: ["18086:80"]\nvm: { cpus: 3, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n')
  const plan = await host.desktop('plan', '--only', 'ports')
  expect(plan.stdout).toContain('18086')
  expect(plan.stdout).not.toContain('restart-vm')
  await host.ok('apply', '--only', 'ports')
  expect(await host.boots()).toHaveLength(boots)
  const rest = await host.desktop('plan')
  expect(rest.stdout).not.toContain('18086')
  expect(rest.stdout).toContain('restart-vm')
  const unknown = await host.desktop('apply', '--only', 'portz')
  expect(unknown.code).toBe(1)
  expect(unknown.stderr).toContain('ports')
})
