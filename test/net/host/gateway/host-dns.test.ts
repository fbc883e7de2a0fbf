/** The adapters with real sockets, on loopback only; uses `dig` as client if installed. */
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import packet from 'dns-packet'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DnsSettings } from '../../../../src/config/desired.ts'
import { until } from '../../../../src/host/until.ts'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { HostDns } from '../../../../src/net/host/gateway/host-dns.ts'
import { framed, MessageReader } from '../../../../src/net/services/dns/stream.ts'
import { a, clientOf, clientQuery, own, responseTo, settings } from '../../../support/net/dns-resolver.ts'
import { bindBoth, upstream } from '../../../support/net/dns-upstream.ts'
import { Lab } from '../../../support/net/lab.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

let loop: EventLoop

beforeEach(() => {
  loop = new EventLoop(new Lab().stack)
  cleanups.push(() => loop.close())
})

/** Simulates a platform where Node cannot be bypassed. */
function withoutReadiness(): void {
  loop.readiness?.[Symbol.dispose]()
  Object.defineProperty(loop, 'readiness', { value: undefined })
}

function hostDns(change: Partial<DnsSettings>): HostDns {
  const dns = new HostDns({ settings: settings(change), own, loop: () => loop })
  cleanups.push(() => dns[Symbol.dispose]())
  return dns
}

function ask(dns: HostDns, name: string): Promise<packet.DecodedPacket> {
  return new Promise((resolve) => {
    dns.handle(
      clientQuery(name, 'A'),
      clientOf('udp', (reply) => resolve(packet.decode(Buffer.from(reply)))),
    )
  })
}

test("names of the host's hosts file are answered while its resolver is used, and follow the file", async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hosts-'))
  cleanups.push(() => rm(dir, { recursive: true }))
  const hostsFile = join(dir, 'hosts')
  const server = await upstream()
  const withUpstreams = (upstreams: string[]): HostDns => {
    const dns = new HostDns({ settings: settings({ upstreams }), own, loop: () => loop, hostsFile })
    cleanups.push(() => dns[Symbol.dispose]())
    return dns
  }
  const addresses = async (dns: HostDns): Promise<unknown[]> =>
    ((await ask(dns, 'nas')).answers ?? []).map((record) => ('data' in record ? record.data : undefined))
  await writeFile(hostsFile, '10.1.2.3 nas\n')
  const system = withUpstreams([server.address, 'system'])
  expect(await addresses(system)).toEqual(['10.1.2.3'])
  await writeFile(hostsFile, '127.0.0.1 nas\n')
  const follows = async (): Promise<boolean> => (await addresses(system)).includes(own.host)
  await until(follows, { deadlineMs: 10_000 })
  const before = server.queries
  await addresses(withUpstreams([server.address]))
  expect(server.queries).toBe(before + 1)
})

describe.each(['direct', 'node'])('upstream sockets (%s)', (kind) => {
  beforeEach(() => {
    if (kind === 'node') withoutReadiness()
  })

  test('a thousand queries use few descriptors and many ports and IDs', async () => {
    const server = await upstream()
    const dns = hostDns({
      upstreams: [server.address],
      cache: { max: 0, minTtlSeconds: 0, maxTtlSeconds: 0 },
    })
    let most = 0
    for (let batch = 0; batch < 20; batch += 1) {
      const asked = Array.from({ length: 100 }, (_, i) => ask(dns, `n${batch}-${i}.example`))
      most = Math.max(most, dns.openSockets)
      for (const { rcode } of (await Promise.all(asked)) as { rcode?: string }[])
        expect(rcode).toBe('NOERROR')
    }
    expect(most).toBeLessThanOrEqual(24)
    expect(server.ports.size).toBeGreaterThan(10)
    expect(server.ids.size).toBeGreaterThan(1500)
  })

  test('a missing resolver on loopback fails immediately, and the next one responds', async () => {
    const gone = createSocket('udp4')
    await new Promise<void>((resolve) => gone.bind(0, '127.0.0.1', resolve))
    const dead = `127.0.0.1:${gone.address().port}`
    await new Promise<void>((resolve) => gone.close(() => resolve()))
    const alive = await upstream()
    const began = performance.now()
    const reply = await ask(hostDns({ upstreams: [dead, alive.address] }), 'x.example')
    expect(reply.answers).toMatchObject([{ data: '10.2.0.0' }])
    expect(performance.now() - began).toBeLessThan(600)
    expect(await ask(hostDns({ upstreams: [dead] }), 'x.example')).toMatchObject({ rcode: 'SERVFAIL' })
  })

  test('an IPv6 upstream responds', async () => {
    const socket = createSocket('udp6')
    await new Promise<void>((resolve) => socket.bind(0, '::1', resolve))
    cleanups.push(() => socket.close())
    socket.on('message', (query, from) => {
      socket.send(responseTo(query, { answers: [a('x.example', '10.2.0.6')] }), from.port, from.address)
    })
    const dns = hostDns({ upstreams: [`[::1]:${socket.address().port}`] })
    expect((await ask(dns, 'x.example')).answers).toMatchObject([{ data: '10.2.0.6' }])
  })

  test('a server without a route is skipped', async () => {
    const alive = await upstream()
    // Sending to the broadcast address is not permitted.
    const dns = hostDns({ upstreams: ['255.255.255.255', alive.address] })
    expect((await ask(dns, 'x.example')).answers).toHaveLength(1)
  })

  test('a server on a missing interface is skipped immediately', async () => {
    const alive = await upstream()
    const dns = hostDns({ upstreams: ['fe80::1%nosuch0', alive.address] })
    expect((await ask(dns, 'x.example')).answers).toHaveLength(1)
    expect(alive.queries).toBe(1)
  })

  test('the resolver can close while queries wait for sockets that are being opened', async () => {
    const alive = await upstream()
    const dns = new HostDns({ settings: settings({ upstreams: [alive.address] }), own, loop: () => loop })
    const asked = Array.from({ length: 50 }, (_, i) => ask(dns, `n${i}.example`))
    dns[Symbol.dispose]()
    for (const { rcode } of (await Promise.all(asked)) as { rcode?: string }[]) expect(rcode).toBe('SERVFAIL')
    expect(dns.openSockets).toBe(0)
  })

  test('a silent server is followed by one that responds', async () => {
    const [silent, alive] = [await upstream({ silent: true }), await upstream()]
    const reply = await ask(hostDns({ upstreams: [silent.address, alive.address] }), 'x.example')
    expect(reply.answers).toHaveLength(1)
    expect(silent.queries).toBe(1)
  })

  test('a truncated response is retried over TCP', async () => {
    const server = await upstream({ truncate: true })
    const dns = hostDns({ upstreams: [server.address] })
    const whole = await new Promise<packet.DecodedPacket>((resolve) => {
      const client = clientOf('tcp', (reply) => resolve(packet.decode(Buffer.from(reply))))
      dns.handle(clientQuery('big.example', 'A'), client)
    })
    expect(whole.answers).toHaveLength(80)
  })
})

const dig = promisify(execFile)

const digVersion = await dig('dig', ['-v']).then(
  () => true,
  () => false,
)

describe.runIf(digVersion)('dig', () => {
  async function served(change: Partial<DnsSettings>): Promise<(...args: string[]) => Promise<string>> {
    const dns = hostDns(change)
    const tcp = createServer((connection) => {
      const reader = new MessageReader()
      connection.on('data', (chunk) => {
        reader.push(chunk)
        for (let query = reader.next(); query !== undefined; query = reader.next())
          dns.handle(
            query,
            clientOf('tcp', (reply) => connection.write(framed(reply))),
          )
      })
    })
    const { socket, port } = await bindBoth(tcp)
    socket.on('message', (query, from) => {
      dns.handle(
        query,
        clientOf('udp', (reply) => socket.send(reply, from.port, from.address)),
      )
    })
    cleanups.push(
      () => socket.close(),
      () => tcp.close(),
    )
    return async (...args) => (await dig('dig', ['@127.0.0.1', '-p', String(port), ...args])).stdout
  }

  test('gets local names, reverse names, upstream answers and the retry over TCP', async () => {
    const server = await upstream({ truncate: true })
    const ask = await served({ upstreams: [server.address], hosts: { 'registry.test': '10.4.4.4' } })
    expect(await ask('+short', 'host.docker.internal')).toBe('192.168.65.254\n')
    expect(await ask('+short', 'REGISTRY.test')).toBe('10.4.4.4\n')
    expect(await ask('+short', '-x', '192.168.65.3')).toBe('vm.docker.internal.\n')
    expect(await ask('nope.docker.internal')).toContain('status: NXDOMAIN')
    const retried = await ask('big.example', '+bufsize=512')
    expect(retried).toContain('Truncated, retrying in TCP mode')
    expect(retried).toContain('ANSWER: 80')
  })
})
