import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { renderTemplate } from '../../src/guest/template.ts'

let keepIn = ''
beforeEach(async () => {
  keepIn = await mkdtemp(join(tmpdir(), 'rendered-'))
})
afterEach(() => rm(keepIn, { recursive: true }))

const render = (daemon: object): Promise<string> => renderTemplate('daemon.json.njk', { daemon }, keepIn)
const kept = async (): Promise<string[]> => (await readdir(keepIn)).map((name) => join(keepIn, name))

test('the cached text equals a new rendering, and other values are rendered again', async () => {
  const first = await render({ debug: true })
  expect(await kept()).toHaveLength(1)
  expect(await render({ debug: true })).toBe(first)
  expect(await render({ debug: false })).not.toBe(first)
  expect(await kept()).toHaveLength(2)
  expect(await renderTemplate('daemon.json.njk', { daemon: { debug: true } })).toBe(first)
})

test.each(['', 'something else', 'half'])(
  'a kept text that is damaged (%j) is rendered again',
  async (damage) => {
    const whole = await render({ debug: true })
    const [file = ''] = await kept()
    await writeFile(file, damage === 'half' ? (await readFile(file, 'utf8')).slice(0, -5) : damage)
    expect(await render({ debug: true })).toBe(whole)
  },
)

test('a text with a credential in it is not kept', async () => {
  expect(await render({ proxies: { 'http-proxy': 'http://me:secret@proxy.test' } })).toContain('secret')
  expect(await kept()).toEqual([])
})

test('the number kept is bounded, and the newest stay', async () => {
  for (let i = 0; i < 70; i += 1) await render({ labels: [`n=${i}`] })
  expect((await kept()).length).toBeLessThanOrEqual(64)
  const before = (await kept()).length
  await render({ labels: ['n=69'] })
  expect(await kept()).toHaveLength(before)
})

test('without a writable cache it is still rendered', async () => {
  const file = join(keepIn, 'file')
  await writeFile(file, '')
  expect(await renderTemplate('daemon.json.njk', { daemon: {} }, file)).toBe('{}\n')
})
