import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { own, script, settled } from './ipv6-guest.ts'
import { atOnce, canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'
import { hasIpv6, makeOutside, type Outside } from './outside.ts'

describe.skipIf(!canHaveGuest || !hasIpv6)("IPv6 with Linux's own stack as guest (needs root)", () => {
  let guest: LinuxGuest
  let outside: Outside
  let gateway: string
  let host: string

  beforeAll(async () => {
    outside = makeOutside()
    guest = await startGuest({ ipv6: true })
    ;({ gateway, host } = guest.network.ipv6!)
    await settled(guest)
  }, 30_000)

  afterAll(async () => {
    await guest?.[Symbol.asyncDispose]()
    outside?.[Symbol.dispose]()
  })

  /** Output of a program, also on failure, because ping fails if there is an error. */
  const said = (program: string, ...args: string[]): Promise<string> =>
    guest
      .run(program, ...args)
      .catch((error: Error) => `${error.message}${(error as { stdout?: string }).stdout}`)

  async function hostServer(
    at: string,
    serve: (socket: Socket) => void,
  ): Promise<{ server: Server; port: number }> {
    const server = createServer({ allowHalfOpen: true }, serve)
    server.listen(0, at)
    await once(server, 'listening')
    return { server, port: (server.address() as AddressInfo).port }
  }

  /** Runs a program of guest-script.ts on the far host. */
  async function farEcho(port: string): Promise<ChildProcess> {
    const inside = ['netns', 'exec', outside.farSpace, process.execPath, script, 'echo', port, 'udp6']
    const echo = spawn('ip', inside)
    await once(echo.stdout!, 'data')
    return echo
  }

  test('the guest configures an address and a default route, with the MTU of the link', async () => {
    const route = await guest.run('ip', '-6', 'route', 'show', 'default')
    expect(route).toContain('default via fe80::50:ff:fe00:0 dev tap0 proto ra')
    const mtu = await guest.run('cat', '/proc/sys/net/ipv6/conf/tap0/mtu')
    expect(mtu.trim()).toBe('1500')
  })

  test('an address of the gateway that a guest claims is defended', async () => {
    await guest.run('ip', '-6', 'addr', 'add', `${gateway}/64`, 'dev', 'tap0')
    const failed = () => guest.run('ip', '-6', '-o', 'addr', 'show', 'dev', 'tap0', 'dadfailed')
    await expect.poll(failed, { timeout: 15_000 }).toContain(gateway)
    await guest.run('ip', '-6', 'addr', 'del', `${gateway}/64`, 'dev', 'tap0')
  })

  test('gateway, host and all routers answer pings, including large ones', async () => {
    for (const address of [gateway, host, 'fe80::50:ff:fe00:0%tap0']) {
      expect(await guest.run('ping', '-6', '-c1', '-W2', '-s', '9000', address)).toContain('9008 bytes from')
    }
    expect(await guest.run('ping', '-6', '-c1', '-W2', 'ff02::2%tap0')).toContain('1 received')
  })

  test('16 MiB are sent to a service on ::1 and back after the guest has half-closed', async () => {
    const chunks: Buffer[] = []
    const { server, port } = await hostServer('::1', (socket) => {
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => socket.end(Buffer.concat(chunks)))
    })
    const bytes = `${16 * 1024 * 1024}`
    const result = JSON.parse(
      await guest.run(process.execPath, script, 'send-then-read', host, `${port}`, bytes),
    )
    const seen = createHash('sha256').update(Buffer.concat(chunks)).digest('hex')
    expect(result).toEqual({ sent: seen, got: seen })
    server.close()
  })

  test('a service that listens only on 127.0.0.1 is reached too, and a closed port is refused', async () => {
    const { server, port } = await hostServer('127.0.0.1', (socket) => socket.resume().end('v4'))
    const read = () => guest.run(process.execPath, script, 'send-then-read', host, `${port}`, '1')
    expect(JSON.parse(await read())).toMatchObject({ got: createHash('sha256').update('v4').digest('hex') })
    server.close()
    await once(server, 'close')
    expect(JSON.parse(await read())).toEqual({ error: 'ECONNREFUSED' })
  })

  test('datagrams of any size reach ::1 of the host and return', async () => {
    const echo = createSocket('udp6')
    echo.on('message', (message, from) => echo.send(message, from.port, from.address))
    echo.bind(0, '::1')
    await once(echo, 'listening')
    const { port } = echo.address()
    for (const bytes of [1, 1452, 1453, 20_000]) {
      const answer = await guest.run(process.execPath, script, 'datagram', host, `${port}`, `${bytes}`)
      expect(answer.trim()).toBe(`${bytes} ${host}:${port}`)
    }
    echo.close()
  })

  test('TCP and UDP reach an external IPv6 host and return', async () => {
    const echo = await farEcho('7001')
    const { far } = outside.ipv6
    const result = JSON.parse(
      await guest.run(process.execPath, script, 'send-then-read', far, '7001', '3000000'),
    )
    expect(result.got).toBe(result.sent)
    const answer = await guest.run(process.execPath, script, 'datagram', far, '7001', '4000')
    expect(answer.trim()).toBe(`4000 ${far}:7001`)
    echo.kill()
    await once(echo, 'exit')
  })

  test('pings to external hosts get complete replies, of any size', async () => {
    for (const bytes of ['16', '1452', '1453', '20000']) {
      const text = await guest.run('ping', '-6', ...atOnce(2), '-s', bytes, outside.ipv6.far)
      expect(text).toContain('2 received')
    }
  })

  test('an unreachable network and a small hop limit are reported by the router concerned', async () => {
    const { router, nowhere, far } = outside.ipv6
    expect(await said('ping', '-6', '-c1', '-W2', nowhere)).toMatch(new RegExp(`From ${router} .*nreachable`))
    expect(await said('ping', '-6', '-c1', '-W2', '-t2', far)).toMatch(
      new RegExp(`From ${router} .*Time exceeded: Hop limit`),
    )
  })

  test.skipIf(!hasTraceroute6())('traceroute shows the gateway, the router and the far host', async () => {
    const text = await guest.run('busybox', 'traceroute6', '-n', '-q1', '-w2', '-m6', outside.ipv6.far)
    const hops = text.split('\n').flatMap((line) => /^\s*\d+\s+([\da-f:]+|\*)/.exec(line)?.[1] ?? [])
    expect(hops).toEqual([gateway, outside.ipv6.router, outside.ipv6.far])
  })

  test.runIf(existsSync('/usr/sbin/traceroute'))('traceroute by TCP shows the same', async () => {
    const text = await guest.run('traceroute', '-6', '-T', '-n', '-q1', '-w3', '-m6', outside.ipv6.far)
    const hops = text.split('\n').flatMap((line) => /^\s*\d+\s+([\da-f:]+|\*)/.exec(line)?.[1] ?? [])
    expect(hops).toEqual([gateway, outside.ipv6.router, outside.ipv6.far])
  })

  test('closed ports of the gateway and of external hosts are refused', async () => {
    const datagram = async (address: string) =>
      (await guest.run(process.execPath, script, 'datagram', address, '9', '10')).trim()
    expect(await datagram(gateway)).toBe('ECONNREFUSED')
    expect(await datagram(outside.ipv6.far)).toBe('ECONNREFUSED')
  })

  test('mapped ports of either family reach the guest by IPv6 over TCP and UDP', async () => {
    const echo = guest.start(process.execPath, script, 'echo', '7000', 'udp6')
    await once(echo.stdout!, 'data')
    const to = { address: own, port: 7000 }
    const listen = (address: string, port: number) => ({ kind: 'inet', address, port }) as const
    const states = await guest.forwarder.setPorts('config', [
      { id: 'a', protocol: 'tcp', listen: listen('::1', 17_011), guest: to },
      { id: 'b', protocol: 'udp', listen: listen('::1', 17_011), guest: to },
      { id: 'c', protocol: 'tcp', listen: listen('127.0.0.1', 17_012), guest: to },
      {
        id: 'd',
        protocol: 'tcp',
        listen: listen('::1', 17_013),
        guest: { ...to, address: guest.network.address },
      },
    ])
    expect(states.map(({ state }) => state)).toEqual(states.map(() => 'listening'))
    const data = Buffer.alloc(1_000_000, 'abcdefg')
    for (const [address, port] of [
      ['::1', 17_011],
      ['127.0.0.1', 17_012],
      ['::1', 17_013],
    ] as const) {
      const socket = connect({ host: address, port, allowHalfOpen: true })
      socket.end(data)
      const back: Buffer[] = []
      for await (const chunk of socket) back.push(chunk as Buffer)
      expect(Buffer.concat(back).equals(data)).toBe(true)
    }
    const udp = createSocket('udp6')
    udp.send('hello', 17_011, '::1')
    const [message] = (await once(udp, 'message')) as [Buffer]
    expect(message.toString()).toBe('hello')
    udp.close()
    await guest.forwarder.setPorts('config', [])
    echo.kill()
  })

  test('names are resolved over IPv6 by UDP and TCP, including reverse names', async () => {
    for (const option of ['+notcp', '+tcp']) {
      const ask = async (...what: string[]) =>
        (await guest.run('dig', option, '+short', `@${gateway}`, ...what)).trim()
      expect(await ask('host.docker.internal', 'AAAA')).toBe(host)
      expect(await ask('host.docker.internal', 'A')).toBe(guest.network.host)
      expect(await ask('-x', host)).toBe('host.docker.internal.')
    }
  })

  test('a reconnected link has its route and its connections again', async () => {
    await guest.reattach()
    await settled(guest)
    expect(await guest.run('ping', '-6', '-c1', '-W5', gateway)).toContain('1 received')
  })

  test('no flow remains, and nothing was dropped as malformed or spoofed', async () => {
    const tcp = () =>
      guest.forwarder.flows().filter(({ protocol, state }) => protocol === 'tcp' && state !== 'TIME-WAIT')
    await expect.poll(tcp).toEqual([])
    expect(guest.forwarder.counters()).toMatchObject({ malformed: 0, unknownProtocol: 0 })
  })
})

function hasTraceroute6(): boolean {
  try {
    return execFileSync('busybox', ['--list'], { encoding: 'utf8' }).includes('traceroute6')
  } catch {
    return false
  }
}
