/**
 * desktop.lock with the real command: it pins the contents of the VM, and a plan shows a change of it in
 * advance.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { referencedImages } from '../../src/apply/images/references.ts'
import type { PlanDocument } from '../../src/apply/plan/document.ts'
import { keepLock } from '../../src/guest/digest.ts'
import { lockText } from '../../src/guest/lock-file.ts'
import { baseDirs, cachePaths } from '../../src/host/paths.ts'
import { keepImage, type TestHost, testHost } from '../support/cli/host.ts'
import { sampleLock } from '../support/guest/sample-lock.ts'
import { signedMirror } from '../support/guest/signed-mirror.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
})
afterAll(() => host?.[Symbol.asyncDispose]())

const file = (): string => join(host.dir, 'desktop.lock')
const writeLock = (versions: Readonly<Record<string, string>> = {}): Promise<void> =>
  writeFile(file(), lockText(sampleLock(versions), 'rules'))

const plan = async (): Promise<PlanDocument> => JSON.parse(await host.ok('plan', '--json')) as PlanDocument

test('the VM is made of what the lock says; a change of it restarts the VM, with package, versions and line', async () => {
  const one = await keepImage(host.env, sampleLock())
  const two = await keepImage(host.env, sampleLock({ jq: '2' }))
  await writeLock()
  await host.write()
  await host.ok('apply')
  expect((await plan()).operations).toEqual([])
  expect(JSON.parse(await host.ok('show', '1', '--json'))).toMatchObject({
    imageDigest: one,
    config: { [file()]: await readFile(file(), 'utf8') },
  })

  await writeLock({ jq: '2' })
  const stop = (await plan()).operations.find(({ kind }) => kind === 'vm/stop')
  const line =
    (await readFile(file(), 'utf8')).split('\n').findIndex((text) => text.includes('"name": "jq"')) + 1
  expect(stop?.effect).toBe('restart-vm')
  expect(stop?.causes).toContainEqual({
    path: 'guest package jq',
    from: '1',
    to: '2',
    at: { file: 'desktop.lock', line, column: 5 },
  })
  const drift = await host.desktop('drift', '--exit-code')
  expect(drift.code).toBe(2)
  expect(drift.stdout).toContain('guest package jq: 1; should be 2')

  await host.ok('apply')
  expect((await plan()).operations).toEqual([])
  // Pruning keeps everything that a lock or a generation needs.
  expect([...(await referencedImages(baseDirs(host.env)))].sort()).toEqual([one, two].sort())
})

test('unavailable versions are refused with a hint, and the VM keeps running', async () => {
  await using mirror = await signedMirror()
  await mirror.publish('trixie', [])
  await mirror.publish('trixie-security', [])
  Object.assign(host.env, mirror.env)
  await writeLock({ jq: '9' })
  const before = await host.status()
  const ended = await host.desktop('apply')
  expect(`${ended.stdout}${ended.stderr}`).toMatch(/the mirror does not have \S+ \d/)
  expect(ended.code).toBe(4)
  expect((await host.status()).vm).toEqual(before.vm)
})

test('a lock that cannot be read is refused before anything is planned', async () => {
  await writeFile(file(), '<<<<<<< ours\n')
  const ended = await host.desktop('plan')
  expect(ended.stderr).toMatch(/desktop\.lock has conflict markers.*\[config\/lock\]/)
  expect(ended.code).toBe(3)
})

test('`lock` writes what this machine uses, changes nothing twice, and --check only looks', async () => {
  await rm(file(), { force: true })
  await keepLock(cachePaths(baseDirs(host.env)), sampleLock({ socat: '5' }))
  const missing = await host.desktop('lock', '--check')
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('does not exist')])
  await host.ok('lock')
  const text = await readFile(file(), 'utf8')
  expect(text).toContain('{ "name": "socat", "version": "5",')
  expect(JSON.parse(await host.ok('lock', '--json'))).toMatchObject({
    changed: false,
    written: false,
    changes: [],
  })
  expect(await readFile(file(), 'utf8')).toBe(text)
  await host.ok('lock', '--check')
})
