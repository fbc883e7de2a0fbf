import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atOnce, canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'
import { makeOutside, type Outside } from './outside.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
const descriptors = (): number => readdirSync('/proc/self/fd').length

describe.skipIf(!canHaveGuest)(
  'ping and traceroute to external hosts (needs root and /dev/net/tun)',
  { timeout: 60_000 },
  () => {
    let outside: Outside
    let guest: LinuxGuest

    beforeAll(async () => {
      outside = makeOutside()
      guest = await startGuest()
    }, 70_000)

    afterAll(async () => {
      await guest?.[Symbol.asyncDispose]()
      outside?.[Symbol.dispose]()
    })

    async function hostServer(): Promise<{ server: Server; port: number }> {
      const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
      await once(server, 'listening')
      return { server, port: (server.address() as AddressInfo).port }
    }

    /** Output of a program, also on failure, because ping fails if there is an error. */
    const said = (program: string, ...args: string[]): Promise<string> =>
      guest
        .run(program, ...args)
        .catch((error: Error) => `${error.message}${(error as { stdout?: string }).stdout}`)

    /** Addresses that replied, hop by hop. */
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

    test('pings to external hosts get complete replies, of any size, many at a time', async () => {
      for (const bytes of ['16', '1472', '1473', '20000']) {
        expect(await guest.run('ping', ...atOnce(2), '-s', bytes, outside.far)).toContain('2 received')
      }
      const floods = Array.from({ length: 6 }, () => guest.run('ping', ...atOnce(50), '-q', outside.far))
      for (const flood of await Promise.all(floods)) expect(flood).toContain('50 received')
    })

    // Runs before the next test: Linux rate-limits ICMP errors of a router.
    test('an unreachable network is reported by the router concerned', async () => {
      expect(await said('ping', '-c1', '-W2', outside.nowhere)).toMatch(
        new RegExp(`From ${outside.router} .*Destination Host Unreachable`),
      )
    })

    test('ping with a small TTL gets an answer from the router that drops it', async () => {
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

    test.runIf(existsSync('/usr/sbin/traceroute'))(
      'traceroute by TCP shows the same, where the port is open and where it is closed',
      async () => {
        const run = ['netns', 'exec', outside.farSpace, process.execPath, script, 'echo', '7003']
        const echo = spawn('ip', run, { stdio: ['ignore', 'pipe', 'inherit'] })
        await once(echo.stdout, 'data')
        for (const port of ['7003', '7004']) {
          const said = await guest.run('traceroute', '-T', '-n', '-q1', '-w3', '-m6', '-p', port, outside.far)
          const hops = said.split('\n').flatMap((line) => /^\s*\d+\s+([\d.]+|\*)/.exec(line)?.[1] ?? [])
          expect(hops).toEqual([guest.network.gateway, outside.router, outside.far])
        }
        echo.kill()
        await once(echo, 'exit')
      },
    )

    test.runIf(existsSync('/usr/bin/python3'))(
      'a connection with just enough hops opens and then has as many as any, and one with fewer hears why not',
      async () => {
        // With IP_MINTTL it receives only packets with at least ten hops left.
        const listener = `import socket
s = socket.socket(); s.bind(('', 7005)); s.listen(); print('ready', flush=True)
c, _ = s.accept(); c.setsockopt(0, 21, 10); c.sendall(b'?'); c.sendall(c.recv(9))`
        const server = spawn('ip', ['netns', 'exec', outside.farSpace, 'python3', '-c', listener], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        await once(server.stdout, 'data')
        // The gateway, the router and the far host; then one hop less.
        const client = `import socket
s = socket.socket(); s.setsockopt(0, 2, 3); s.settimeout(5); s.connect(('${outside.far}', 7005))
s.recv(1); s.sendall(b'x'); print(s.recv(1))
t = socket.socket(); t.setsockopt(0, 2, 2); t.settimeout(5)
try: t.connect(('${outside.far}', 7005))
except OSError as e: print(e.errno)`
        try {
          expect((await guest.run('python3', '-c', client)).trim().split('\n')).toEqual(["b'x'", '113'])
        } finally {
          server.kill()
        }
      },
    )

    test('a datagram to a closed port of an external host is refused in the guest', async () => {
      expect((await guest.run(process.execPath, script, 'datagram', outside.far, '9', '10')).trim()).toBe(
        'ECONNREFUSED',
      )
    })

    test('bursts of datagrams arrive, even if they exceed the MTU of the route', async () => {
      const run = ['netns', 'exec', outside.farSpace, process.execPath, script, 'echo', '7002']
      const echo = spawn('ip', run, { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(echo.stdout, 'data')
      for (const mtu of ['1500', '1000']) {
        execFileSync('ip', ['route', 'change', '198.18.0.0/15', 'via', outside.router, 'mtu', 'lock', mtu])
        const burst = ['burst', outside.far, '7002', '1472', '200']
        expect((await guest.run(process.execPath, script, ...burst)).trim()).toBe('200')
      }
      echo.kill()
      await once(echo, 'exit')
    })

    test('500 unanswered dials do not delay a good one, and their descriptors are released', async () => {
      const before = descriptors()
      const { server, port } = await hostServer()
      const hold = (address: string, at: number, count: number) =>
        guest.start(process.execPath, script, 'hold', address, `${at}`, `${count}`)
      const dead = hold(outside.blackHole, 81, 500)
      const dialling = () => guest.forwarder.flows().filter(({ state }) => state === 'DIALLING')
      await expect.poll(() => dialling().length, { timeout: 10_000 }).toBe(500)
      const good = hold(guest.network.host, port, 1)
      await once(good.stdout!, 'data')
      expect(dialling()).toHaveLength(500)
      for (const child of [good, dead]) child.kill()
      server.close()
      // The guest's program has ended without a FIN, so the host's side times out eventually.
      await guest.restart()
      await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before)
    })

    test('descriptors return to the baseline when the forwarder has closed', async () => {
      const before = descriptors()
      {
        await using other = await startGuest()
        await other.run('ping', '-c1', '-W2', outside.far)
        expect(descriptors()).toBeGreaterThan(before)
      }
      expect(descriptors()).toBe(before)
    })
  },
)
