/** A checkout, including its desktop.yaml, is moved while its environment is running. */
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toolVersion } from '../../src/version.ts'
import { otherBuild, type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write()
})
afterAll(() => host?.[Symbol.asyncDispose]())

test('a checkout that is moved while its environment runs keeps its machine, and starts a supervisor again', async () => {
  const before = dirname(await otherBuild(host, toolVersion))
  const after = join(host.dir, 'moved', 'checkout')
  await rename(join(host.dir, 'desktop.yaml'), join(before, 'desktop.yaml'))
  const at = async (checkout: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await host.desktopOf(
      join(checkout, 'dist'),
      ...args,
      '-f',
      join(checkout, 'desktop.yaml'),
    )
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
    return stdout
  }
  await at(before, 'apply')
  const [machine] = await host.boots()
  await mkdir(dirname(after))
  await rename(before, after)
  await at(after, 'plan', '--exit-code')
  await at(after, 'apply')
  // Only the checkout's new location can start the next supervisor.
  await host.kill('supervisor')
  await at(after, 'apply')
  expect(await host.boots()).toEqual([machine])
  await at(after, 'destroy', '--yes')
  expect(await host.processes()).toEqual([])
})
