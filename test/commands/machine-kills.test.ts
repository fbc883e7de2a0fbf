/**
 * Random kills of VMs, supervisors and the connections between switches, with the real command and QEMUs without a
 * machine. Longer runs: MACHINE_KILLS=50 [MACHINE_KILLS_SEED=1].
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { type Kill, killPart, killsText, someKills } from '../support/kills.ts'

const rounds = Number(process.env.MACHINE_KILLS ?? 3)
const seed = Number(process.env.MACHINE_KILLS_SEED ?? Date.now() % 1_000_000)
const machines = ['m.1', 'm.2', 'm.3']

let host: TestHost
beforeEach(async () => {
  host = await testHost()
})
afterEach(() => host?.[Symbol.asyncDispose]())

const pathsOf = (machine: string) => environmentPaths(`vk.${machine}`, baseDirs(host.env))

async function isJoined(machine: string): Promise<boolean> {
  await using control = await connectSupervisor(pathsOf(machine))
  return (await control?.facts())?.linkedPeers === machines.length - 1
}

async function converges(kills: readonly Kill[]): Promise<void> {
  for (const { part, machine } of kills) await killPart[part](pathsOf(machine))
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
  for (const one of machines) await until(() => isJoined(one), { deadlineMs: 30_000 })
  expect((await host.processes()).filter(({ kind }) => kind === 'qemu')).toHaveLength(machines.length)
}

test(
  'after any kills, one apply restores the machines and their connections, and leaves nothing to do',
  async () => {
    const kind = '{ count: 3, cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: tcg }'
    await writeFile(join(host.dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: vk\nvms: { m: ${kind} }\n`)
    await host.ok('apply')
    for (const kills of someKills(machines, { rounds, seed, atOnce: 3 })) {
      await converges(kills).catch((cause: unknown) => {
        throw new Error(`seed ${seed}: ${killsText(kills)}`, { cause })
      })
    }
  },
  60_000 + rounds * 60_000,
)
