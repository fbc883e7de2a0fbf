/** Required signatures, from key generation to apply, with the real command. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
let key: string
let other: string
let publicKey: string

const at = (name: string): string => join(host.dir, name)

beforeAll(async () => {
  host = await testHost()
  key = at('team.key')
  other = at('other.key')
  publicKey = (await host.ok('signature', 'keygen', key)).trim()
  await host.ok('signature', 'keygen', other)
  await host.write()
})
afterAll(() => host?.[Symbol.asyncDispose]())

const requiring = (what: string): Promise<void> =>
  host.write(`signatures: { keys: ["${publicKey}"], require: [${what}] }\n`)

async function expectRefused(code: string, ...args: string[]): Promise<void> {
  const result = await host.desktop(...args)
  expect([result.code, result.stderr]).toEqual([5, expect.stringContaining(`[signature/${code}]`)])
}

test('a saved plan is carried out only as it was signed', async () => {
  await requiring('plan')
  const plan = at('plan.json')
  await host.desktop('plan', '-o', plan)
  await expectRefused('missing', 'apply', plan)
  await host.ok('signature', 'sign', plan, '--secret-key', other)
  await expectRefused('unknown-key', 'apply', plan)
  await host.ok('signature', 'sign', plan, '--secret-key', key)
  const text = await readFile(plan, 'utf8')
  await writeFile(plan, `${text} `)
  await expectRefused('mismatch', 'apply', plan)
  await writeFile(plan, text)
  await writeFile(`${plan}.minisig`, 'x')
  await expectRefused('unreadable', 'apply', plan)
  await host.ok('signature', 'sign', plan, '--secret-key', key)
  await host.ok('signature', 'verify', plan)
  await host.ok('apply', plan)
})

test('a VM starts only from an image that was imported with its signature', async () => {
  const image = at('image.tar')
  await requiring('image')
  for (const command of ['plan', 'apply', 'drift']) await expectRefused('missing', command)
  await host.ok('image', 'export', image)
  await host.ok('image', 'import', image)
  await expectRefused('missing', 'plan')
  await host.ok('signature', 'sign', image, '--secret-key', other)
  await host.ok('image', 'import', image)
  await expectRefused('unknown-key', 'plan')
  await host.ok('signature', 'sign', image, '--secret-key', key)
  await host.ok('image', 'import', image)
  await host.ok('apply')
})

test('a secret key is private, and is not overwritten', async () => {
  const { stdout } = await host.desktop('signature', 'keygen', '--json', at('third.key'))
  expect(JSON.parse(stdout)).toMatchObject({ publicKey: expect.stringMatching(/^RW/) })
  const again = await host.desktop('signature', 'keygen', key)
  expect(again.stderr).toContain('exists already')
})

test('a list of keys that nothing could be signed by is refused', async () => {
  await host.write('signatures: { require: [plan] }\n')
  expect((await host.desktop('validate')).stderr).toContain('no key is listed')
  await host.write('signatures: { keys: [RWx] }\n')
  expect((await host.desktop('validate')).stderr).toContain('must be a minisign public key')
})
