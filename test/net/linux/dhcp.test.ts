import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canHaveGuest, startGuest } from './linux-guest.ts'

function hasUdhcpc(): boolean {
  try {
    return execFileSync('busybox', ['--list'], { encoding: 'utf8' }).includes('udhcpc')
  } catch {
    return false
  }
}

/** Script that udhcpc runs with its lease: configures the device as distributions do. */
const configure = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr replace $ip/$mask dev $interface
ip route replace default via $router
echo "$ip $router $dns $mtu"
`

describe.skipIf(!canHaveGuest || !hasUdhcpc())(
  'busybox udhcpc as DHCP client (needs root and busybox)',
  () => {
    test('it gets the address, the gateway and the MTU over the link, and then reaches the gateway', async () => {
      await using guest = await startGuest({ isBare: true, mtu: 4000 })
      const dir = mkdtempSync(join(tmpdir(), 'udhcpc-'))
      const script = join(dir, 'configure')
      writeFileSync(script, configure, { mode: 0o755 })
      const args = ['udhcpc', '-f', '-q', '-n', '-i', 'tap0', '-s', script]
      const lease = await guest.run('busybox', ...args, '-O', 'mtu')
      const { address, gateway } = guest.network
      expect(lease).toContain(`${address} ${gateway} ${gateway} 4000`)
      expect(guest.forwarder.exportLeases()).toMatchObject([{ mac: '02:50:00:00:00:01', state: 'bound' }])
      expect(await guest.run('ping', '-c1', '-W2', gateway)).toContain('1 received')
      rmSync(dir, { recursive: true })
    })

    test('it renews its lease and releases it on request', async () => {
      await using guest = await startGuest({ isBare: true })
      const dir = mkdtempSync(join(tmpdir(), 'udhcpc-'))
      const script = join(dir, 'configure')
      writeFileSync(script, configure, { mode: 0o755 })
      const client = guest.start('busybox', 'udhcpc', '-f', '-n', '-R', '-i', 'tap0', '-s', script)
      const lease = () => guest.forwarder.exportLeases()[0]
      await expect.poll(() => lease()?.state, { timeout: 10_000 }).toBe('bound')
      const before = lease()!.expiresAtMs
      // A client that is still configuring its device ignores the first signal.
      const renewed = () => {
        client.kill('SIGUSR1')
        return lease()!.expiresAtMs
      }
      await expect.poll(renewed, { timeout: 20_000, interval: 500 }).toBeGreaterThan(before)
      const released = () => {
        client.kill('SIGUSR2')
        return lease()!.state
      }
      await expect.poll(released, { timeout: 20_000, interval: 500 }).toBe('released')
      const ended = once(client, 'exit')
      client.kill()
      await ended
      rmSync(dir, { recursive: true })
    })
  },
)
