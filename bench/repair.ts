/**
 * Time until a lost part is restored or its cause is reported: sockets, supervisors, an engine in a crash
 * loop, a guest kernel panic. Uses the real command and supervisor with a QEMU without a machine
 * (test/vm/fake), so that no figure depends on a guest's speed.
 *
 *   node bench/repair.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../src/host/until.ts'
import { type TestHost, testHost } from '../test/support/cli/host.ts'
import { writeResult } from './result.ts'

const rounds = 15
/** Check interval of the supervisor (supervisor/process/presence.ts). */
const lookMs = 500
const deadline = { deadlineMs: 60_000, intervalMs: 2 }

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })

async function pidOf(host: TestHost, kind: 'supervisor' | 'qemu'): Promise<number> {
  const found = (await host.processes()).find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`no ${kind} runs`)
  return found.pid
}

interface Loss {
  what: string
  /** The required bound. */
  boundMs: number
  /** Runs on a fresh host in sync; returns the time. */
  run: (host: TestHost) => Promise<number>
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const lostSocket =
  (pathOf: (host: TestHost) => string, lost = pathOf): Loss['run'] =>
  async (host) => {
    await rm(lost(host), { recursive: true })
    return timed(() => until(() => answers(pathOf(host)), deadline))
  }

const failing =
  (work: (host: TestHost) => Promise<unknown>, after: (host: TestHost) => Promise<unknown>) =>
  async (host: TestHost): Promise<number> => {
    await work(host)
    const took = await timed(async () => {
      const { code, stdout } = await host.desktop('apply')
      if (code === 0) throw new Error(`the apply was to fail: ${stdout}`)
    })
    await after(host)
    return took
  }

const brokenYaml = 'engine: { config: { cgroup-parent: broken } }\n'

const losses: readonly Loss[] = [
  {
    what: 'control socket deleted, until it answers',
    boundMs: 1_000,
    run: lostSocket(({ paths }) => paths.sockets.control),
  },
  {
    what: 'docker.sock deleted, until it answers',
    boundMs: 1_000,
    run: lostSocket(({ paths }) => paths.sockets.docker),
  },
  {
    what: 'runtime directory deleted, until docker.sock answers',
    boundMs: 1_000,
    run: lostSocket(
      ({ paths }) => paths.sockets.docker,
      ({ paths }) => paths.runtimeDir,
    ),
  },
  {
    what: 'runtime directory removed, `desktop apply` at once',
    boundMs: 2_000,
    run: async (host) => {
      await rm(host.paths.runtimeDir, { recursive: true })
      return timed(() => host.ok('apply'))
    },
  },
  {
    what: 'supervisor killed, `desktop apply` until in sync',
    boundMs: 2_000,
    run: async (host) => {
      await host.kill('supervisor')
      return timed(() => host.ok('apply'))
    },
  },
  {
    what: 'supervisor stopped (SIGSTOP), `desktop apply` until in sync',
    boundMs: 10_000,
    run: async (host) => {
      process.kill(await pidOf(host, 'supervisor'), 'SIGSTOP')
      return timed(() => host.ok('apply'))
    },
  },
  {
    what: 'QEMU killed, `desktop apply` until in sync',
    boundMs: 2_000,
    run: async (host) => {
      await host.kill('qemu')
      return timed(() => host.ok('apply'))
    },
  },
  {
    what: 'dockerd in a crash loop after a change, until the previous daemon.json is back',
    boundMs: 10_000,
    run: failing(
      (host) => host.write(brokenYaml),
      async (host) => {
        await host.write()
        await host.ok('apply')
      },
    ),
  },
  {
    what: 'guest kernel panics at boot, until the cause is reported',
    boundMs: 5_000,
    run: failing(
      async (host) => {
        await host.kill('qemu')
        await writeFile(join(host.dir, 'vm/kernel-panics'), '')
      },
      async (host) => {
        await rm(join(host.dir, 'vm/kernel-panics'))
        await host.ok('apply')
      },
    ),
  },
]

// Bundles of the test host are created in the temporary directory.
const scratch = await mkdtemp(join(tmpdir(), 'r-'))
process.env.TMPDIR = scratch
const figures = []
try {
  await using host = await testHost()
  await host.write()
  await host.ok('apply')
  for (const { what, boundMs, run } of losses) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      // Out of step with the supervisor's checks.
      await sleep(Math.random() * lookMs)
      times.push(await run(host))
      await until(async () => (await host.desktop('plan', '--exit-code')).code === 0, deadline)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const figure = {
      what,
      boundMs,
      medianMs: Math.round(sorted[Math.floor(rounds / 2)] ?? 0),
      maxMs: Math.round(sorted.at(-1) ?? 0),
    }
    console.log(JSON.stringify(figure))
    figures.push(figure)
  }
} finally {
  await rm(scratch, { recursive: true, force: true })
}
await writeResult('repair', { rounds, figures })
