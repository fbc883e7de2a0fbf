import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { EgressSettings } from '../../../src/config/desired.ts'
import { defaultDns } from '../../../src/net/forwarder-settings.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'
import { hasIpv6 } from './outside.ts'

const script = join(import.meta.dirname, 'guest-script.ts')

/** Connections and datagrams to this host's loopback, which egress treats like any other destination. */
describe.skipIf(!canHaveGuest)("egress with Linux's own stack as guest (needs root and /dev/net/tun)", () => {
  let guest: LinuxGuest
  const servers: Server[] = []
  const echoes: Datagrams[] = []
  const ports = { 4: 0, 6: 0 }

  beforeAll(async () => {
    guest = await startGuest({ ipv6: hasIpv6 })
    for (const family of hasIpv6 ? ([4, 6] as const) : ([4] as const)) {
      const at = family === 4 ? '127.0.0.1' : '::1'
      const server = createServer((socket) => socket.end('hello')).listen(0, at)
      await once(server, 'listening')
      ports[family] = (server.address() as AddressInfo).port
      const echo = createSocket(family === 4 ? 'udp4' : 'udp6')
      echo.on('message', (message, from) => echo.send(message, from.port, from.address))
      echo.bind(ports[family], at)
      await once(echo, 'listening')
      servers.push(server)
      echoes.push(echo)
    }
    if (!hasIpv6) return
    const address = ['-6', '-o', 'addr', 'show', 'dev', 'tap0']
    await vi.waitFor(
      async () => {
        expect(await guest.run('ip', '-6', 'route', 'show', 'default')).toContain('default via')
        expect(await guest.run('ip', ...address, 'scope', 'global')).toContain('inet6')
        expect(await guest.run('ip', ...address, 'tentative')).toBe('')
      },
      { timeout: 30_000, interval: 100 },
    )
  }, 40_000)

  afterAll(async () => {
    for (const server of servers) server.close()
    for (const echo of echoes) echo.close()
    await guest?.[Symbol.asyncDispose]()
  })

  afterEach(() => set('allow'))

  const set = (fallback: EgressSettings['default'], ...rules: string[]): void =>
    guest.forwarder.setEgress({ default: fallback, rules })
  const hostOf = (family: 4 | 6): string => (family === 4 ? guest.network.host : guest.network.ipv6!.host)

  /** Result of a connection: its error code, or `open`. */
  async function connects(family: 4 | 6): Promise<string> {
    const args = ['send-then-read', hostOf(family), `${ports[family]}`, '1']
    const { error } = JSON.parse(await guest.run(process.execPath, script, ...args)) as { error?: string }
    return error ?? 'open'
  }

  const families = hasIpv6 ? ([4, 6] as const) : ([4] as const)

  test.each(families)(
    'a denied connection of IPv%i is refused at once, an allowed one is open',
    async (family) => {
      expect(await connects(family)).toBe('open')
      set('deny')
      expect(await connects(family)).toBe('ECONNREFUSED')
      set('deny', `allow *:${ports[family]}/tcp`)
      expect(await connects(family)).toBe('open')
    },
  )

  test('a denied datagram is answered, so that its sender need not wait', async () => {
    const send = () => guest.run(process.execPath, script, 'datagram', hostOf(4), `${ports[4]}`, '10')
    expect((await send()).trim()).toBe(`10 ${hostOf(4)}:${ports[4]}`)
    set('allow', `deny ${hostOf(4)}/32`)
    expect((await send()).trim()).toBe('EHOSTUNREACH')
  })

  test.each(families)(
    'an IPv%i address is reachable once the guest has queried its allowed name',
    async (family) => {
      guest.forwarder.setDns({ ...defaultDns, hosts: { 'svc.test': hostOf(family) } })
      set('deny', 'allow svc.test')
      expect(await connects(family)).toBe('ECONNREFUSED')
      const type = family === 4 ? 'A' : 'AAAA'
      const answer = await guest.run('dig', '+short', `@${guest.network.gateway}`, type, 'svc.test')
      expect(answer.trim()).toBe(hostOf(family))
      expect(await connects(family)).toBe('open')
    },
  )

  test('dig reports a denied name as nonexistent, with the reason', async () => {
    set('allow', 'deny *.bad.test')
    const answer = await guest.run('dig', `@${guest.network.gateway}`, 'www.bad.test')
    expect(answer).toContain('status: NXDOMAIN')
    expect(answer).toMatch(/EDE: 15 .*denied by network\.egress/)
  })

  test('decisions of each rule are counted, in the view and in the metrics', async () => {
    set('allow', `deny ${hostOf(4)}/32:${ports[4]}`)
    await connects(4)
    const [rule] = guest.forwarder.egressRules()
    expect(rule).toMatchObject({ rule: `deny ${hostOf(4)}/32:${ports[4]}`, sends: 1 })
    const metric = guest.forwarder.metrics().find(({ name }) => name === 'egress_rule_hits_total')
    expect(metric?.samples).toContainEqual({ labels: { rule: rule!.rule, at: 'send' }, value: 1 })
  })
})
