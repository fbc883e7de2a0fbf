/**
 * Kills of a cluster's VMs, supervisors and connections between its switches. After each, one apply restores everything
 * within a minute: nodes, managers, tasks.
 */
import { expect } from 'vitest'
import { baseDirs, type EnvironmentPaths, environmentPaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { type Kill, killPart, killsText } from '../support/kills.ts'
import { ok, type TestEnvironment } from './environment.ts'

export interface Cluster {
  environment: TestEnvironment
  /** All machines, managers first. */
  machines: readonly string[]
  managers: number
  /** A service of the swarm, and its number of tasks. */
  service: { name: string; tasks: number }
  /** Deadline for each kill; default: a minute. */
  convergedMs?: number
}

const pathsOf = ({ environment: { name, env } }: Cluster, machine: string): EnvironmentPaths =>
  environmentPaths(`${name}.${machine}`, baseDirs({ ...process.env, ...env }))

/** Returns the seconds until the cluster is whole again. */
export async function kill(cluster: Cluster, kills: readonly Kill[]): Promise<number> {
  const { environment, machines, managers, service, convergedMs = 60_000 } = cluster
  const began = performance.now()
  const sinceMs = (): number => performance.now() - began
  for (const { part, machine } of kills) await killPart[part](pathsOf(cluster, machine))
  const other = machines.find((one) => kills.every(({ machine }) => machine !== one))
  // The majority of three answers without the killed one, after an election if that was the leader.
  const answers = async (): Promise<unknown> =>
    managers >= 3 && other !== undefined
      ? await until(() => nodesOf(cluster, other).catch(() => false as const), { deadlineMs: convergedMs })
      : undefined
  const [, applied] = await Promise.all([answers(), ok(environment.desktop('apply', '--yes'))])
  const appliedMs = sinceMs()
  const isWhole = async (): Promise<boolean> => {
    const nodes = await nodesOf(cluster, machines[0] ?? '')
    const ready = nodes.filter((line) => line.includes(' Ready ')).length
    const voting = nodes.filter((line) => /Leader|Reachable/.test(line)).length
    return (
      ready === machines.length &&
      nodes.length === machines.length &&
      voting === managers &&
      (await runningTasks(cluster)) === service.tasks
    )
  }
  await until(() => isWhole().catch(() => false), {
    deadlineMs: convergedMs - sinceMs(),
    intervalMs: 500,
  }).catch(async (cause: unknown) => {
    const nodes = await nodesOf(cluster, machines[0] ?? '').catch(String)
    const tasks = await runningTasks(cluster).catch(String)
    const message = `${killsText(kills)}: after ${sinceMs()} ms ${tasks} tasks run on ${String(nodes)}`
    throw new Error(`${message}; apply took ${appliedMs} ms: ${applied}`, { cause })
  })
  const seconds = sinceMs() / 1000
  // Tasks of other services may still start, which is drift until then.
  let drift = await environment.desktop('drift', '--exit-code')
  while (drift.code !== 0 && sinceMs() < convergedMs)
    drift = await environment.desktop('drift', '--exit-code')
  expect(drift.code, drift.stdout).toBe(0)
  return seconds
}

async function nodesOf({ environment }: Cluster, manager: string): Promise<string[]> {
  const format = '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'
  const text = await ok(environment.desktop('docker', manager, '--', 'node', 'ls', '--format', format))
  return text.split('\n').filter((line) => line !== '')
}

/** Counted by the engines, because the swarm learns of a lost task only after some time. */
async function runningTasks({ environment, machines, service }: Cluster): Promise<number> {
  const filter = `label=com.docker.swarm.service.name=${service.name}`
  const lists = await Promise.all(
    machines.map((machine) =>
      ok(environment.desktop('docker', machine, '--', 'ps', '--quiet', '--filter', filter)),
    ),
  )
  return lists.join('').split('\n').filter(Boolean).length
}
