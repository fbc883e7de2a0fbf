import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  defaultShutdownSeconds,
  defaultStopSeconds,
  graceSeconds,
} from '../../src/config/daemon/stop-grace.ts'
import { packageRoot } from '../../src/host/paths.ts'

/** The guest's own script, run by this host's sh. */
const script = join(packageRoot(), 'templates/guest/init/usr/sbin/stop-grace')
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-grace-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function ask(daemon: object, containers: readonly (number | undefined)[], below = ''): Promise<number> {
  const config = join(dir, 'daemon.json')
  await writeFile(config, JSON.stringify(daemon, undefined, 2))
  for (const [i, StopTimeout] of containers.entries()) {
    const place = join(dir, 'docker', below, 'containers', String(i))
    await mkdir(place, { recursive: true })
    const settings = { Labels: { text: '"StopTimeout":3000' }, StopTimeout }
    await writeFile(join(place, 'config.v2.json'), JSON.stringify({ Config: settings }))
  }
  const { stdout } = spawnSync('sh', [script, config, join(dir, 'docker')], { encoding: 'utf8' })
  return Number(stdout)
}

test.each<[shutdown: number | undefined, stops: (number | undefined)[]]>([
  [undefined, []],
  [undefined, [undefined]],
  [undefined, [60, 5]],
  [40, [undefined]],
  [40, [60]],
  [-1, [5]],
  [3, [undefined]],
  [undefined, [-1]],
  [undefined, [86_400]],
])(
  'the guest and the plan give dockerd the same time: shutdown-timeout %s, stop timeouts %s',
  async (shutdown, stops) => {
    const longest = stops.includes(-1) ? -1 : Math.max(defaultStopSeconds, ...stops.map((s) => s ?? 0))
    const planned = graceSeconds(shutdown ?? defaultShutdownSeconds, longest)
    expect(await ask({ debug: true, 'shutdown-timeout': shutdown }, stops)).toBe(planned)
  },
)

test('containers of an engine with userns-remap get their time too', async () => {
  expect(await ask({ 'userns-remap': 'default' }, [50], '100000.100000')).toBe(55)
})
