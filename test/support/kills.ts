/** Kills of a machine's parts: QEMU, the supervisor, or its connections to the other switches. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { livingSupervisor } from '../../src/host/environment-identity.ts'
import type { EnvironmentPaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { readState } from '../../src/supervisor/process/recorded-requests.ts'

const parts = ['vm', 'supervisor', 'trunk'] as const

export interface Kill {
  part: (typeof parts)[number]
  /** `m.1`. */
  machine: string
}

export const killPart: Readonly<Record<Kill['part'], (paths: EnvironmentPaths) => Promise<void>>> = {
  vm: async (paths) => {
    const { vm } = await readState(paths.supervisorState)
    if (vm === undefined) throw new Error('there is no VM to kill')
    process.kill(vm.identity.pid, 'SIGKILL')
  },
  supervisor: async (paths) => {
    process.kill(Number(await readFile(paths.supervisorPid, 'utf8')), 'SIGKILL')
    // Until it has ended, it resets connections to it.
    await until(async () => (await livingSupervisor(paths)) === undefined, { deadlineMs: 10_000 })
  },
  trunk: async (paths) => {
    await using control = await connectSupervisor(paths)
    // A supervisor that was killed just before has no connections left.
    await control?.setPeers([])
  },
}

/** Random kills, at most so many at a time; a seed repeats them. */
export function someKills(
  machines: readonly string[],
  { rounds, seed, atOnce = 1 }: { rounds: number; seed: number; atOnce?: number },
): Kill[][] {
  const one = fc.record({ part: fc.constantFrom(...parts), machine: fc.constantFrom(...machines) })
  const selector = ({ part, machine }: Kill): string => `${part} ${machine}`
  const together = fc.uniqueArray(one, { minLength: 1, maxLength: atOnce, selector })
  return fc.sample(together, { seed, numRuns: rounds })
}

export const killsText = (kills: readonly Kill[]): string =>
  kills.map(({ part, machine }) => `${part} of ${machine}`).join(', ')
