/** A real DHCPv6 client on the link: the leased address works in addition to the autoconfigured one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { isInstalled } from './installed.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'
import { hasIpv6 } from './outside.ts'

describe.skipIf(!canHaveGuest || !hasIpv6 || !isInstalled('dhclient'))('dhclient -6 (needs root)', () => {
  let guest: LinuxGuest
  let dir: string

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'dhcp6-'))
    guest = await startGuest({ ipv6: true })
    const settled = async (): Promise<boolean> =>
      (await guest.run('ip', '-6', 'route', 'show', 'default')).includes('tap0') &&
      (await guest.run('ip', '-6', 'addr', 'show', 'tap0', 'tentative')).trim() === ''
    await until(settled, { deadlineMs: 15_000 })
  })

  afterAll(async () => {
    await guest?.[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  })

  test('requests an address, gets one of the link and reaches the gateway from it', async () => {
    const leases = join(dir, 'leases')
    const files = ['-sf', '/bin/true', '-lf', leases, '-pf', join(dir, 'pid')]
    await guest.run('timeout', '30', 'dhclient', '-6', '-1', '-N', ...files, 'tap0')
    const address = /iaaddr ([0-9a-f:]+)/.exec(readFileSync(leases, 'utf8'))?.[1] ?? ''
    await guest.run('dhclient', '-6', '-x', ...files, 'tap0').catch(() => {})
    expect(address).toMatch(/^fd65:1234:5678:0:d6d6:/)
    await guest.run('ip', '-6', 'addr', 'add', `${address}/128`, 'dev', 'tap0', 'nodad')
    const { gateway } = guest.network.ipv6!
    expect(await guest.run('ping', '-c1', '-W5', '-I', address, gateway)).toContain('1 received')
  })
})
