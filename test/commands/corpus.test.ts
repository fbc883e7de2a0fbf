/**
 * This version reads state written by every earlier version; state of later versions is rejected and left
 * unchanged.
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecord } from '../../src/apply/environment/record.ts'
import { latestGeneration } from '../../src/apply/history/generation.ts'
import { readJournal } from '../../src/apply/history/journal.ts'
import { readLastGoodVm } from '../../src/apply/history/last-good-vm.ts'
import { readSavedPlan } from '../../src/apply/plan/saved-plan.ts'
import { readState } from '../../src/supervisor/process/recorded-requests.ts'
import { toolVersion } from '../../src/version.ts'
import { readSaved } from '../../src/vm/suspend/saved.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

const corpus = join(import.meta.dirname, '../fixtures/state')
const versions = await readdir(corpus)

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write('ports: ["18084:80"]\nengine: { config: { labels: [kept=yes] } }\n')
})
afterAll(() => host?.[Symbol.asyncDispose]())

test('this version is among those that are kept', () => {
  expect(versions).toContain(toolVersion)
})

describe.each(versions)('state of %s', (version) => {
  const at = (file: string): string => join(corpus, version, file)

  test('is understood, file by file', async () => {
    expect(await readRecord(at('environment.json'))).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(await readJournal(at('journal.ndjson'))).toMatchObject({ interrupted: [], damaged: false })
    const { ports, network, engineSocket } = await readState(at('supervisor.json'))
    expect(ports.map(({ id }) => id)).toEqual(['tcp/127.0.0.1:18084'])
    expect([network?.subnet, engineSocket]).toEqual([
      '192.168.65.0/24',
      expect.stringContaining('docker.sock'),
    ])
    const generation = await latestGeneration(at('generations'))
    expect(generation).toMatchObject({ number: 1, result: 'applied' })
    expect(Object.values(generation?.config ?? {})[0]).toContain('kept=yes')
    expect(generation?.operations.length).toBeGreaterThan(5)
    expect((await readLastGoodVm(at('vm.last-good.json')))?.spec.argv[0]).toContain('qemu-system')
    expect(await readSaved(at('suspended.json'))).toMatchObject({ state: 'present' })
    expect((await readSavedPlan(at('saved-plan.json'))).document.environment).toBe('crash')
  })

  test('is taken up by an apply: the same environment, the next generation', async () => {
    const { stateDir, record, generationsDir } = host.paths
    await mkdir(stateDir, { recursive: true })
    await cp(join(corpus, version), stateDir, { recursive: true })
    const apply = await host.desktop('apply')
    expect(apply.code, `${apply.stdout}${apply.stderr}`).toBe(0)
    expect((await readRecord(record))?.id).toBe((await readRecord(at('environment.json')))?.id)
    expect((await latestGeneration(generationsDir))?.number).toBe(2)
    await host.ok('destroy', '--yes')
  })
})

test.each([
  // No other file records which disk and which file belong to the name.
  { file: 'environment.json', refused: [['apply'], ['destroy', '--yes']] },
  { file: 'supervisor.json', refused: [['apply']] },
])(
  '$file of a later version is refused by $refused and left as it is',
  async ({ file, refused }) => {
    const path = join(host.paths.stateDir, file)
    const [version = ''] = versions
    await mkdir(host.paths.stateDir, { recursive: true })
    await cp(join(corpus, version), host.paths.stateDir, { recursive: true })
    const value = JSON.parse(await readFile(path, 'utf8')) as { format?: string }
    const format = file === 'environment.json' ? 'desktop-environment/7' : 'desktop-supervisor/7'
    const later = JSON.stringify({ ...value, format, ports: { by: 'another shape' } })
    await writeFile(path, later)
    for (const command of refused) {
      const { code, stdout, stderr } = await host.desktop(...command)
      expect(code, command[0]).not.toBe(0)
      expect(`${stdout}${stderr}`).toContain('newer version of desktop')
      expect(await readFile(path, 'utf8')).toBe(later)
    }
    await writeFile(path, JSON.stringify(value))
    await host.ok('destroy', '--yes')
  },
  60_000,
)
