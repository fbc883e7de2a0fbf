/** The daemon.json step follows the plan, or throws plan/stale before writing anything. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Assessment } from '../../../../src/apply/plan/assess.ts'
import { engineEffects } from '../../../../src/apply/run/host-effects/engine.ts'
import { daemonJsonPath } from '../../../../src/engine/reload.ts'
import type { Control } from '../../../../src/supervisor/api/api.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engine-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** A guest that uses this daemon.json; `written` lists the paths that the step wrote. */
async function guestWith(daemonJson: string) {
  const lastGoodDaemonJson = join(dir, 'last-good.json')
  await writeFile(lastGoodDaemonJson, daemonJson)
  const written: string[] = []
  const control = {
    guestReadFile: async (path: string) => (path === daemonJsonPath ? daemonJson : ''),
    guestReadFiles: async () => [],
    guestWriteFile: async (path: string) => {
      written.push(path)
      throw new Error('written')
    },
  } as unknown as Control
  const about = {
    environment: { paths: { lastGoodDaemonJson }, desired: { name: 'dev' }, dockerSocket: '/none' },
    resources: {},
  } as unknown as Assessment
  const { takeDaemonJson } = engineEffects(about, control, 1000)
  const take = (text: string, planned: 'reload' | 'restart' | 'as-found') =>
    takeDaemonJson({ text, trusted: '' }, planned, () => {})
  return { take, written }
}

const storage = '{"storage-driver":"vfs"}'

test('a reload that would have to be a restart by now is stale, and writes nothing', async () => {
  const { take, written } = await guestWith(storage)
  await expect(take('{"debug":true}', 'reload')).rejects.toMatchObject({ code: 'plan/stale' })
  expect(written).toEqual([])
})

test('an operation planned without a view into the guest does nothing where nothing differs', async () => {
  const { take, written } = await guestWith(storage)
  await take(storage, 'as-found')
  expect(written).toEqual([])
})

test.each(['restart', 'as-found'] as const)(
  'the same change is made when it was planned as %s',
  async (how) => {
    const { take, written } = await guestWith(storage)
    await expect(take('{"debug":true}', how)).rejects.toThrow('written')
    expect(written).toHaveLength(1)
  },
)
