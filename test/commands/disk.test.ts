import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write('vm: { disk: 5GiB }\n')
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

const GiB = 2 ** 30

test('the data disk of a running VM grows, and no client can shrink it', async () => {
  const control = await connectSupervisor(host.paths)
  await control?.resizeDisk(6 * GiB)
  await expect(control?.resizeDisk(5 * GiB)).rejects.toMatchObject({ code: 'disk/failed' })
  await control?.resizeDisk(6 * GiB)
})
