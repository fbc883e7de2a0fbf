/** A test file that imports this has a fresh applied environment for each test. */
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect } from 'vitest'
import type { SupervisorState } from '../../../src/supervisor/process/recorded-requests.ts'
import { type TestHost, testHost } from './host.ts'

export let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
  await host.ok('apply')
})
afterEach(() => host?.[Symbol.asyncDispose]())

export const state = async (): Promise<SupervisorState> =>
  JSON.parse(await readFile(host.paths.supervisorState, 'utf8')) as SupervisorState

/** In sync, with the machine of the only boot. */
export async function expectUntouched(): Promise<void> {
  await host.ok('plan', '--exit-code')
  const boots = await host.boots()
  expect(boots).toHaveLength(1)
  expect((await host.status()).vm).toMatchObject({ state: 'running', pid: boots[0]?.pid })
}
