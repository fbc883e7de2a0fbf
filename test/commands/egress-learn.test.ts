import { expect, test } from 'vitest'
import { testHost } from '../support/cli/host.ts'

test('a run that reaches nothing gives no patch, and an environment that does not run is an error', async () => {
  await using host = await testHost()
  await host.write()
  expect((await host.desktop('egress', 'learn', '--for', '100ms')).code).not.toBe(0)
  await host.ok('apply')
  const { code, stdout, stderr } = await host.desktop('egress', 'learn', '--for', '100ms')
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain('no rule to add')
})
