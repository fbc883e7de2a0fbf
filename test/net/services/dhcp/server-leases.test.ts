/** Address selection and lease times. */
import { describe, expect, test } from 'vitest'
import { option, messageType as type } from '../../../../src/net/services/dhcp/message.ts'
import { uint32 } from '../../../../src/net/services/dhcp/options.ts'
import { ip, otherMac, Server, selecting, settings, vmMac } from '../../../support/net/dhcp-client.ts'

const { discover, request, release } = type

/** Requests by more cards than the pool has addresses. */
function crowd(dhcp: Server, kind = 2): void {
  for (let i = 0; i < 300; i += 1) {
    const mac = Uint8Array.of(2, 0, 0, kind, i >> 8, i & 255)
    const { message } = dhcp.say({ type: discover, mac })
    if (message !== undefined) dhcp.say({ type: request, mac, options: selecting(message.yourAddress) })
  }
}

describe('address selection', () => {
  test('the VM card gets network.address whatever its client id', () => {
    const dhcp = new Server()
    expect(dhcp.lease(vmMac)).toBe(ip('192.168.65.3'))
    expect(dhcp.lease(vmMac, [[option.clientId, Uint8Array.of(255, 1, 2, 3)]])).toBe(ip('192.168.65.3'))
    expect(dhcp.table.size).toBe(1)
  })

  test('a client gets the same address after release, after expiry and after a restart of the server', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    expect(dhcp.say({ type: release, ciaddr: address }).did).toBe('release')
    expect(dhcp.lease(otherMac)).toBe(address)
    dhcp.nowMs += 10 * 86_400_000
    dhcp.lease(Uint8Array.of(2, 0, 0, 0, 0, 7))
    expect(dhcp.lease(otherMac)).toBe(address)
    expect(new Server(settings, new Map(dhcp.table)).lease(otherMac)).toBe(address)
  })

  test('a card whose client identifier changes, as between two boot stages, keeps its address', () => {
    const dhcp = new Server()
    const one = dhcp.lease(otherMac, [[option.clientId, Uint8Array.of(0, 1)]])
    expect(dhcp.lease(otherMac, [[option.clientId, Uint8Array.of(0, 2)]])).toBe(one)
    expect(dhcp.table.size).toBe(1)
  })

  test('an address that another card sends from is not offered to any client (RFC 2131 section 2.2)', () => {
    const dhcp = new Server()
    dhcp.seen.set(ip('192.168.65.50'), '02:50:00:00:00:99')
    const { message } = dhcp.say({
      type: discover,
      mac: otherMac,
      options: [[option.requestedAddress, uint32(ip('192.168.65.50'))]],
    })
    expect(message!.yourAddress).not.toBe(ip('192.168.65.50'))
    const refused = dhcp.say({ type: request, mac: otherMac, options: selecting(ip('192.168.65.50')) })
    expect(refused.did).toBe('nak')
  })

  test('addresses of clients that are never seen are reassigned after a minute, so the pool is not exhausted', () => {
    const dhcp = new Server()
    crowd(dhcp)
    expect(dhcp.say({ type: discover, mac: otherMac }).did).toBe('exhausted')
    dhcp.nowMs += 61_000
    expect(dhcp.lease(otherMac)).toBeGreaterThan(0)
  })

  test('a client that is seen keeps its address, even with a full pool', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    dhcp.seen.set(address, [...otherMac].map((byte) => byte.toString(16).padStart(2, '0')).join(':'))
    dhcp.nowMs += 61_000
    crowd(dhcp)
    dhcp.nowMs += 61_000
    crowd(dhcp, 3)
    expect(dhcp.table.get(address)?.state).toBe('bound')
    expect(dhcp.lease(otherMac)).toBe(address)
  })

  test('clients without a hardware address are distinguished by their identifiers', () => {
    const dhcp = new Server()
    const none = new Uint8Array()
    const one = dhcp.lease(none, [[option.clientId, Uint8Array.of(255, 1)]])
    const other = dhcp.lease(none, [[option.clientId, Uint8Array.of(255, 2)]])
    expect(other).not.toBe(one)
    expect(dhcp.lease(none, [[option.clientId, Uint8Array.of(255, 1)]])).toBe(one)
  })

  test('a client that starts to send a client identifier keeps its address', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    expect(dhcp.lease(otherMac, [[option.clientId, Uint8Array.of(0, 1)]])).toBe(address)
  })

  test('a requested address is offered if it is free and in the pool', () => {
    const dhcp = new Server()
    const ask = (mac: Uint8Array, text: string) =>
      dhcp.say({ type: discover, mac, options: [[option.requestedAddress, uint32(ip(text))]] }).message!
        .yourAddress
    expect(ask(otherMac, '192.168.65.77')).toBe(ip('192.168.65.77'))
    for (const text of [
      '192.168.65.77',
      '192.168.65.1',
      '192.168.65.3',
      '192.168.65.254',
      '10.0.0.9',
      '192.168.65.255',
    ]) {
      expect(ask(Uint8Array.of(2, 0, 0, 0, 0, 8), text)).not.toBe(ip(text))
    }
  })

  test('when all addresses are leased a further client gets no answer, until a lease has expired', () => {
    const small = { ...settings, subnet: { network: ip('192.168.65.0'), prefix: 29 } }
    const dhcp = new Server(small)
    const macs = Array.from({ length: 4 }, (_, i) => Uint8Array.of(2, 0, 0, 0, 1, i))
    const addresses = macs.map((mac) => dhcp.lease(mac))
    expect(new Set(addresses).size).toBe(4)
    expect(addresses).not.toContain(ip('192.168.65.3'))
    expect(dhcp.say({ type: discover, mac: otherMac })).toMatchObject({
      did: 'exhausted',
      message: undefined,
    })
    dhcp.nowMs += 2 * 86_400_000
    expect(addresses).toContain(dhcp.lease(otherMac))
  })
})
