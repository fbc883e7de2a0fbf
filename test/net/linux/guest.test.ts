import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')

describe.skipIf(!canHaveGuest)("Linux's own stack as guest (needs root and /dev/net/tun)", () => {
  let guest: LinuxGuest

  beforeAll(async () => {
    guest = await startGuest()
  })

  afterAll(async () => {
    await guest[Symbol.asyncDispose]()
  })

  async function hostServer(serve: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
    const server = createServer({ allowHalfOpen: true }, serve)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { server, port: (server.address() as AddressInfo).port }
  }

  test('the gateway and the host address answer pings, including large ones', async () => {
    for (const address of [guest.network.gateway, guest.network.host]) {
      expect(await guest.run('ping', '-c1', '-W2', '-s', '9000', address)).toContain('9008 bytes from')
    }
  })

  test('16 MiB are sent to the host and back after the guest has half-closed', async () => {
    const chunks: Buffer[] = []
    const { server, port } = await hostServer((socket) => {
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => socket.end(Buffer.concat(chunks)))
    })
    const bytes = `${16 * 1024 * 1024}`
    const result = JSON.parse(
      await guest.run(process.execPath, script, 'send-then-read', guest.network.host, `${port}`, bytes),
    )
    const seen = createHash('sha256').update(Buffer.concat(chunks)).digest('hex')
    expect(result).toEqual({ sent: seen, got: seen })
    server.close()
  })

  test('a refused port is refused in the guest immediately', async () => {
    const { server, port } = await hostServer(() => {})
    server.close()
    await once(server, 'close')
    const result = await guest.run(
      process.execPath,
      script,
      'send-then-read',
      guest.network.host,
      `${port}`,
      '1',
    )
    expect(JSON.parse(result)).toEqual({ error: 'ECONNREFUSED' })
  })

  test('datagrams of any size reach the host and return', async () => {
    const echo = createSocket('udp4')
    echo.on('message', (message, from) => echo.send(message, from.port, from.address))
    echo.bind(0, '127.0.0.1')
    await once(echo, 'listening')
    const { port } = echo.address()
    for (const bytes of [1, 1472, 1473, 20_000]) {
      const answer = await guest.run(
        process.execPath,
        script,
        'datagram',
        guest.network.host,
        `${port}`,
        `${bytes}`,
      )
      expect(answer.trim()).toBe(`${bytes} ${guest.network.host}:${port}`)
    }
    echo.close()
  })

  test('a gateway port without service is unreachable', async () => {
    const answer = await guest.run(process.execPath, script, 'datagram', guest.network.gateway, '999', '10')
    expect(answer.trim()).toBe('ECONNREFUSED')
  })

  test('mapped ports reach the guest over TCP, UDP and unix sockets, with half-close', async () => {
    const echo = guest.start(process.execPath, script, 'echo', '7000')
    await once(echo.stdout!, 'data')
    const to = { address: guest.network.address, port: 7000 }
    const path = join('/tmp', `desktop-test-${process.pid}.sock`)
    const states = await guest.forwarder.setPorts('config', [
      { id: 't', protocol: 'tcp', listen: { kind: 'inet', address: '127.0.0.1', port: 17_001 }, guest: to },
      { id: 'u', protocol: 'udp', listen: { kind: 'inet', address: '127.0.0.1', port: 17_001 }, guest: to },
      { id: 's', protocol: 'tcp', listen: { kind: 'unix', path, mode: 0o600 }, guest: to },
    ])
    expect(states.map(({ state }) => state)).toEqual(['listening', 'listening', 'listening'])
    const data = Buffer.alloc(3_000_000, 'abcdefg')
    for (const at of [{ port: 17_001, host: '127.0.0.1' }, { path }]) {
      const socket = connect({ ...at, allowHalfOpen: true })
      socket.end(data)
      const back: Buffer[] = []
      for await (const chunk of socket) back.push(chunk as Buffer)
      expect(Buffer.concat(back).equals(data)).toBe(true)
    }
    const udp = createSocket('udp4')
    udp.send('hello', 17_001, '127.0.0.1')
    const [message] = (await once(udp, 'message')) as [Buffer]
    expect(message.toString()).toBe('hello')
    udp.close()
    const stream = await guest.forwarder.dial(guest.network.address, 7000)
    stream.end('over the stack')
    const back: Buffer[] = []
    for await (const chunk of stream) back.push(chunk as Buffer)
    expect(Buffer.concat(back).toString()).toBe('over the stack')
    expect(await guest.forwarder.setPorts('config', [])).toEqual([])
    const refused = connect(17_001, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [{ code: string }]
    expect(error.code).toBe('ECONNREFUSED')
    echo.kill()
  })

  test('a dial to a closed port of the guest is refused', async () => {
    await expect(guest.forwarder.dial(guest.network.address, 7999)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  test('only a port in use fails, and its owner is named', async () => {
    const { server, port } = await hostServer(() => {})
    const to = { address: guest.network.address, port: 80 }
    const listen = (at: number) => ({ kind: 'inet', address: '127.0.0.1', port: at }) as const
    const [bad, good] = await guest.forwarder.setPorts('config', [
      { id: 'bad', protocol: 'tcp', listen: listen(port), guest: to },
      { id: 'good', protocol: 'tcp', listen: listen(17_002), guest: to },
    ])
    expect(bad).toMatchObject({ state: 'failed', error: expect.stringContaining(`(pid ${process.pid})`) })
    expect(good).toMatchObject({ state: 'listening' })
    await guest.forwarder.setPorts('config', [])
    server.close()
  })

  test('names are resolved over UDP and TCP', async () => {
    for (const option of ['+notcp', '+tcp']) {
      const at = `@${guest.network.gateway}`
      const answer = await guest.run('dig', option, '+short', at, 'host.docker.internal')
      expect(answer.trim()).toBe(guest.network.host)
    }
  })

  test('no flow remains', async () => {
    await expect
      .poll(() =>
        guest.forwarder.flows().filter((flow) => flow.state !== 'TIME-WAIT' && flow.protocol === 'tcp'),
      )
      .toEqual([])
  })
})
