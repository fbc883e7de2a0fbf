/**
 * Storms: in each round, an apply runs while processes are killed or stopped, the runtime directory is
 * removed or the disk fills up; the next apply succeeds with the same data disk. STORM_ROUNDS sets the number
 * of rounds, STORM_SEED the seed.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'
import { randomFrom } from '../support/net/random.ts'

const rounds = Number(process.env.STORM_ROUNDS ?? 4)
const seed = Number(process.env.STORM_SEED ?? 14)
const random = randomFrom(seed)
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T

/** A separate file system for the state, which can be filled; only root can mount one. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0
const filler = (host: TestHost): string => join(host.env.XDG_STATE_HOME ?? '', 'filler')

async function signal(host: TestHost, kind: 'qemu' | 'supervisor', name: NodeJS.Signals): Promise<void> {
  for (const one of await host.processes()) {
    if (one.kind !== kind) continue
    try {
      process.kill(one.pid, name)
    } catch {
      // It exited by itself meanwhile.
    }
  }
}

/** Logs of a failed round. */
async function evidence({ paths }: TestHost): Promise<string> {
  const log = await readFile(paths.supervisorLog, 'utf8').catch(String)
  const space = spawnSync('df', ['-k', paths.stateDir], { encoding: 'utf8' }).stdout
  const sizes = spawnSync('ls', ['-la', paths.stateDir], { encoding: 'utf8' }).stdout
  return `${space}${sizes}${log.slice(-4_000)}`
}

type Blow = readonly [name: string, strike: (host: TestHost) => Promise<unknown>]

const blows: readonly Blow[] = [
  ['SIGKILL of the supervisor', (host) => signal(host, 'supervisor', 'SIGKILL')],
  ['SIGKILL of QEMU', (host) => signal(host, 'qemu', 'SIGKILL')],
  ...(['supervisor', 'qemu'] as const).map(
    (kind): Blow => [
      `SIGSTOP and SIGCONT of ${kind}`,
      async (host) => {
        await signal(host, kind, 'SIGSTOP')
        await sleep(below(1_500))
        await signal(host, kind, 'SIGCONT')
      },
    ],
  ),
  [
    'loss of the runtime directory',
    (host) => rm(host.paths.runtimeDir, { recursive: true, force: true, maxRetries: 9 }),
  ],
  ...(canMount
    ? [
        [
          'a full disk',
          async (host) => spawnSync('dd', ['if=/dev/zero', `of=${filler(host)}`, 'bs=1M', 'count=400']),
        ] as Blow,
      ]
    : []),
]

test(
  'after any storm the first apply succeeds, with the previous disk',
  async () => {
    await using host = await testHost()
    const state = host.env.XDG_STATE_HOME ?? ''
    if (canMount) {
      await mkdir(state, { recursive: true })
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', state]).status).toBe(0)
    }
    try {
      const [port] = await freePorts(1)
      const files = [1, 2].map(
        (cpus) =>
          `ports: ["${port}:80"]\nvm: { cpus: ${cpus}, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n`,
      )
      await host.write(files[0])
      await host.ok('apply')
      const { mark } = (await host.boots())[0] ?? {}
      for (let round = 0; round < rounds; round += 1) {
        await host.write(pick(files))
        const apply = host.start('apply')
        const ended = once(apply, 'close')
        const story: string[] = []
        for (let i = 0; i <= below(3); i += 1) {
          await sleep(below(700))
          const [name, strike] = pick(blows)
          story.push(name)
          await strike(host)
        }
        if (random() < 0.5) {
          story.push('SIGKILL of the command')
          apply.kill('SIGKILL')
        }
        await ended
        await rm(filler(host), { force: true })
        const where = `round ${round} of seed ${seed}: ${story.join(', ')}`
        const first = await host.desktop('apply')
        const told = first.code === 0 ? '' : await evidence(host)
        expect(first.code, `${where}\n${first.stdout}${first.stderr}${told}`).toBe(0)
        const plan = await host.desktop('plan', '--exit-code')
        expect(plan.code, `${where}\n${plan.stdout}`).toBe(0)
        expect((await host.processes()).map(({ kind }) => kind).sort(), where).toEqual(['qemu', 'supervisor'])
        expect(new Set((await host.boots()).map((boot) => boot.mark)), where).toEqual(new Set([mark]))
      }
      await host.ok('destroy', '--yes')
      expect(await host.processes()).toEqual([])
    } finally {
      await host.kill('supervisor')
      await host.kill('qemu')
      if (canMount) spawnSync('umount', ['-l', state])
    }
  },
  rounds * 120_000,
)
