import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'
import { makeOutside, type Outside } from './outside.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
const descriptors = (): number => readdirSync('/proc/self/fd').length

describe.skipIf(!canHaveGuest)('ping and traceroute to the world (needs root and /dev/net/tun)', () => {
  let outside: Outside
  let guest: LinuxGuest

  beforeAll(async () => {
    outside = makeOutside()
    guest = await startGuest()
  })

  afterAll(async () => {
    await guest?.[Symbol.asyncDispose]()
    outside?.[Symbol.dispose]()
  })

  /** Also what a program said that failed, as ping does when there is an error. */
  const said = (program: string, ...args: string[]): Promise<string> =>
    guest
      .run(program, ...args)
      .catch((error: Error) => `${error.message}${(error as { stdout?: string }).stdout}`)

  /** Hop by hop, the addresses that answered. */
  async function trace(...how: string[]): Promise<string[]> {
    const text = await guest.run(
      'busybox',
      'traceroute',
      '-n',
      '-q',
      '1',
      '-w',
      '2',
      '-m',
      '6',
      ...how,
      outside.far,
    )
    return text
      .split('\n')
      .slice(1)
      .flatMap((line) => /^\s*\d+\s+([\d.]+|\*)/.exec(line)?.[1] ?? [])
  }

  test('pings to the world come back, whole, of any size, many at a time', async () => {
    for (const bytes of ['16', '1472', '1473', '20000']) {
      const text = await guest.run('ping', '-c2', '-i0.05', '-W2', '-s', bytes, outside.far)
      expect(text).toContain('2 received')
    }
    const flood = await guest.run('ping', '-c300', '-i0.001', '-l50', '-W2', '-q', outside.far)
    expect(flood).toContain('300 received')
  })

  // Before the next one: Linux lets a router say this only when it has not just said something else.
  test('an unreachable network is told by the router that knows', async () => {
    expect(await said('ping', '-c1', '-W2', outside.nowhere)).toMatch(
      new RegExp(`From ${outside.router} .*Destination Host Unreachable`),
    )
  })

  test('ping with a small TTL is told by the router where it ended', async () => {
    expect(await said('ping', '-c1', '-W2', '-t2', outside.far)).toMatch(
      new RegExp(`From ${outside.router} .*Time to live exceeded`),
    )
  })

  test('traceroute by ICMP shows the gateway, the router and the far host', async () => {
    expect(await trace('-I')).toEqual([guest.network.gateway, outside.router, outside.far])
  })

  test('traceroute by UDP shows the same', async () => {
    expect(await trace()).toEqual([guest.network.gateway, outside.router, outside.far])
  })

  test('a datagram to a closed port of the world is refused in the guest', async () => {
    expect((await guest.run(process.execPath, script, 'datagram', outside.far, '9', '10')).trim()).toBe(
      'ECONNREFUSED',
    )
  })

  test('descriptors are back at the baseline when the forwarder is gone', async () => {
    const before = descriptors()
    {
      await using other = await startGuest()
      await other.run('ping', '-c1', '-W2', outside.far)
      expect(descriptors()).toBeGreaterThan(before)
    }
    expect(descriptors()).toBe(before)
  })
})
