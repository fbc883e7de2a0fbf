/** The npm package in an empty prefix, without the checkout, runs a VM. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { copyCheckout } from '../support/bin/checkout.ts'
import { dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'

let dir: string
let machine: TestEnvironment

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'installed-'))
  const [checkout, prefix] = [join(dir, 'checkout'), join(dir, 'prefix')]
  await copyCheckout(checkout)
  await ok(run(['npm', 'pack', '--pack-destination', dir], { cwd: checkout }))
  await rm(checkout, { recursive: true })
  await ok(
    run(['sh', '-c', 'npm install -g --offline --prefix "$0" desktop-*.tgz', prefix], {
      cwd: dir,
      env: { npm_config_cache: join(dir, 'npm') },
    }),
  )
  machine = await testEnvironment((await dockerForTests()).cli, { checkout: prefix })
  await machine.write('vm: { cpus: 2, memory: 1GiB, disk: 4GiB }')
})
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('the installed command starts an engine that answers, plans nothing afterwards and destroys everything', async () => {
  await ok(machine.desktop('apply'))
  expect(await ok(machine.docker('info', '--format', '{{.OperatingSystem}}'))).not.toBe('')
  await ok(machine.desktop('plan', '--exit-code'))
  expect(await ok(machine.desktop('status', '--json'))).toContain('"state": "running"')
  await ok(machine.desktop('destroy', '--yes'))
  expect((await machine.docker('version')).code).not.toBe(0)
})
