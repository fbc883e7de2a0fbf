/**
 * Three managers on real VMs: changes by hand, a rolling restart, a lost manager, and random kills. Takes half an hour,
 * so it runs only with a number of kills:
 *
 *   DESKTOP_KILL_ROUNDS=50 [DESKTOP_KILL_SEED=1] [DESKTOP_KILL_SECONDS=60] npx vitest run --project e2e test/e2e/swarm-kills.test.ts
 */
import { rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { killsText, someKills } from '../support/kills.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import { type Cluster, kill } from './kill-rounds.ts'

const rounds = Number(process.env.DESKTOP_KILL_ROUNDS ?? 0)
const seed = Number(process.env.DESKTOP_KILL_SEED ?? Date.now() % 1_000_000)
/** Emulated machines on a busy host take longer. */
const withinSeconds = Number(process.env.DESKTOP_KILL_SECONDS ?? 60)
const machines = ['m.1', 'm.2', 'm.3']

const file = (memory: string): string =>
  `vms:\n  m: { count: 3, cpus: 1, memory: ${memory}, disk: 2GiB, swarm: manager }\n`

describe.runIf(rounds > 0)('three managers', () => {
  let docker: Docker
  let environment: TestEnvironment
  let cluster: Cluster
  const desktop = (...args: string[]): Promise<string> => ok(environment.desktop(...args))
  const managers = async (by = 'm.1'): Promise<string[]> => {
    const format = '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}'
    const text = await desktop('docker', by, '--', 'node', 'ls', '--format', format)
    return text
      .trim()
      .split('\n')
      .map((line) => line.replace('Leader', 'Reachable'))
      .sort()
  }
  const whole = machines.map((name) => `${name.replace('.', '-')} Ready Active Reachable`)

  beforeAll(async () => {
    docker = await dockerForTests()
    environment = await testEnvironment(docker.cli, { name: 'kills' })
    const service = { name: 'web', tasks: 3 }
    cluster = { environment, machines, managers: 3, service, convergedMs: withinSeconds * 1000 }
    await environment.write(file('512MiB'))
    await desktop('apply')
    for (const machine of machines) await desktop('docker', machine, '--', 'import', docker.rootfs, 'box')
    const options = ['--detach', '--no-resolve-image', '--name', 'web', '--replicas', '3']
    await desktop('docker', 'm.1', '--', 'service', 'create', ...options, 'box', 'sleep', '1000000')
  })

  afterAll(async () => {
    await environment?.[Symbol.asyncDispose]()
  })

  test(
    'random kills leave a quorum, and one apply restores nodes and tasks within a minute',
    async () => {
      for (const [index, kills] of someKills(machines, { rounds, seed }).entries()) {
        const seconds = await kill(cluster, kills)
        const load = loadavg()[0]?.toFixed(1)
        console.log(`round ${index + 1}: ${killsText(kills)}: ${seconds.toFixed(1)} s, load ${load}`)
      }
      // The seed repeats the rounds.
      console.log(`seed ${seed}`)
    },
    120_000 * rounds,
  )

  test('a manager that was demoted or drained by hand is a drift, and apply changes it back', async () => {
    await desktop('docker', 'm.1', '--', 'node', 'demote', 'm-3')
    await desktop('docker', 'm.1', '--', 'node', 'update', '--availability', 'drain', 'm-2')
    const drift = await desktop('drift')
    expect(drift).toContain('vms.m.swarm: worker; should be manager')
    expect(drift).toContain('swarm.m.2.availability: drain')
    await desktop('apply')
    expect(await managers()).toEqual(whole)
    await desktop('drift', '--exit-code')
  })

  test('a manager that lost its disk is replaced', async () => {
    await desktop('stop', '--machine', 'm.2', '--power-off')
    const { dataDisk } = environmentPaths('kills.m.2', baseDirs({ ...process.env, ...environment.env }))
    await rm(dataDisk)
    await desktop('apply', '--yes')
    expect(await managers()).toEqual(whole)
    await desktop('drift', '--exit-code')
  }, 400_000)

  test('a change that restarts every VM rolls from manager to manager', async () => {
    await environment.write(file('576MiB'))
    const apply = environment.desktop('apply', '--yes')
    let isOver = false
    const over = apply.finally(() => {
      isOver = true
    })
    let answers = 0
    // Of two managers at least one always knows the nodes.
    while (!isOver) {
      const asked = await Promise.allSettled(machines.map((machine) => managers(machine)))
      if (asked.some(({ status }) => status === 'fulfilled')) answers += 1
      else if (!isOver) throw new Error('no manager answers')
    }
    await ok(over)
    expect(answers).toBeGreaterThan(0)
    expect(await managers()).toEqual(whole)
    await desktop('drift', '--exit-code')
  }, 600_000)
})
