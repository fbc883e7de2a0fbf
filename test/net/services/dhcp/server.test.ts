import { describe, expect, test } from 'vitest'
import { option, messageType as type } from '../../../../src/net/services/dhcp/message.ts'
import { readUint32, uint32 } from '../../../../src/net/services/dhcp/options.ts'
import {
  gateway,
  ip,
  otherMac,
  Server,
  selecting,
  settings,
  vmMac,
} from '../../../support/net/dhcp-client.ts'

const { discover, offer, request, ack, nak, inform, release, decline } = type

describe('options of the link', () => {
  test('an ACK carries mask, router, DNS, MTU, broadcast, domain, search, server and lease times', () => {
    const dhcp = new Server()
    const { message } = dhcp.say({ type: request, mac: vmMac, options: selecting(ip('192.168.65.3')) })
    const read = (code: number) => readUint32(message!.options.get(code))
    expect(message!.options.get(option.messageType)).toEqual(Uint8Array.of(ack))
    expect(read(option.subnetMask)).toBe(ip('255.255.255.0'))
    expect(read(option.router)).toBe(gateway)
    expect(read(option.dnsServers)).toBe(gateway)
    expect(read(option.serverId)).toBe(gateway)
    expect(read(option.broadcastAddress)).toBe(ip('192.168.65.255'))
    expect([...message!.options.get(option.interfaceMtu)!]).toEqual([0xff, 0xf0])
    expect(new TextDecoder().decode(message!.options.get(option.domainName))).toBe('corp.example')
    expect(message!.options.has(option.domainSearch)).toBe(true)
    expect(message!.options.has(option.classlessRoutes)).toBe(false)
    const [lease, renewal, rebinding] = [option.leaseTime, option.renewalTime, option.rebindingTime].map(read)
    expect(renewal).toBe(lease! / 2)
    expect(rebinding).toBe((lease! * 7) / 8)
  })

  test('requested parameters come in the order of the request', () => {
    const wanted = Uint8Array.of(option.dnsServers, option.interfaceMtu, option.subnetMask, 200)
    const { message } = new Server().say({ type: discover, options: [[option.parameterList, wanted]] })
    const order = [...message!.options.keys()].filter((code) => wanted.includes(code))
    expect(order).toEqual([option.dnsServers, option.interfaceMtu, option.subnetMask])
  })

  test('option 121 includes the default route in addition to other routes', () => {
    const routes = [{ network: ip('10.64.0.0'), prefix: 10, router: gateway }]
    const { message } = new Server({ ...settings, routes }).say({ type: discover })
    expect([...message!.options.get(option.classlessRoutes)!]).toEqual([
      ...[10, 10, 64, 192, 168, 65, 1],
      ...[0, 192, 168, 65, 1],
    ])
  })

  test("a reply never exceeds the client's maximum and is never shorter than BOOTP", () => {
    const search = Array.from({ length: 60 }, (_, i) => `a-rather-long-domain-${i}.example`)
    const sizes = [undefined, 300, 800, 1500].map((limit) => {
      const options = limit === undefined ? [] : [[57, Uint8Array.of(limit >> 8, limit)] as const]
      const { reply } = new Server({ ...settings, search }).say({ type: discover, options })
      return reply!.payload.length
    })
    expect(sizes[0]).toBeLessThanOrEqual(548)
    expect(sizes[1]).toBeLessThanOrEqual(548)
    expect(sizes[2]).toBeLessThanOrEqual(800 - 28)
    expect(sizes[3]).toBeLessThanOrEqual(1500 - 28)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(300)
  })
})

describe('REQUEST in the four client states', () => {
  test('SELECTING: our offer is acknowledged', () => {
    const dhcp = new Server()
    const { message: offered, did } = dhcp.say({ type: discover })
    expect(did).toBe('offer')
    expect(offered!.options.get(option.messageType)).toEqual(Uint8Array.of(offer))
    expect(dhcp.say({ type: request, options: selecting(offered!.yourAddress) }).did).toBe('ack')
  })

  test('SELECTING another server gets no answer, and frees our offer', () => {
    const dhcp = new Server()
    const { message } = dhcp.say({ type: discover })
    const other = dhcp.say({ type: request, options: selecting(message!.yourAddress, ip('192.168.65.2')) })
    expect(other).toMatchObject({ did: 'ignored', message: undefined })
    expect(dhcp.table.size).toBe(0)
  })

  test('INIT-REBOOT: the correct address is acknowledged, other addresses and networks get NAK', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    const reboot = (wanted: number) =>
      dhcp.say({ type: request, options: [[option.requestedAddress, uint32(wanted)]] })
    expect(reboot(address).did).toBe('ack')
    expect(reboot(address + 1).did).toBe('nak')
    const refused = reboot(ip('10.1.1.1'))
    expect(refused.message!.options.get(option.messageType)).toEqual(Uint8Array.of(nak))
    expect(refused.message!.yourAddress).toBe(0)
    expect(refused.reply!.address).toBe(0xffffffff)
    expect(dhcp.table.get(address)).toMatchObject({ state: 'bound' })
  })

  test('RENEWING and REBINDING: the lease is extended and the reply is sent to the address', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    const before = dhcp.table.get(address)!.expiresAtMs
    dhcp.nowMs += 43_200_000
    const renewed = dhcp.say({ type: request, ciaddr: address })
    expect(renewed).toMatchObject({ did: 'ack', reply: { address, port: 68 } })
    expect(dhcp.table.get(address)!.expiresAtMs).toBe(before + 43_200_000)
    expect(dhcp.say({ type: request, ciaddr: address + 1 }).did).toBe('nak')
  })

  test("another client's address is never acknowledged", () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    const thief = Uint8Array.of(2, 6, 6, 6, 6, 6)
    expect(dhcp.say({ type: request, mac: thief, ciaddr: address }).did).toBe('nak')
    expect(dhcp.say({ type: request, mac: thief, options: selecting(ip('192.168.65.3')) }).did).toBe('nak')
  })
})

describe('other messages', () => {
  test('INFORM returns the settings to ciaddr without an address or lease times', () => {
    const { message, reply } = new Server().say({ type: inform, ciaddr: ip('192.168.65.40') })
    expect(reply!.address).toBe(ip('192.168.65.40'))
    expect(message!.yourAddress).toBe(0)
    expect(message!.options.has(option.leaseTime)).toBe(false)
    expect(message!.options.has(option.dnsServers)).toBe(true)
  })

  test('a declined address is not leased for ten minutes, not even to the card that it is reserved for', () => {
    const dhcp = new Server()
    const address = dhcp.lease(vmMac)
    expect(dhcp.say({ type: decline, mac: vmMac, options: selecting(address) }).did).toBe('decline')
    expect(dhcp.lease(vmMac)).not.toBe(address)
    dhcp.nowMs += 600_000
    expect(dhcp.lease(vmMac)).toBe(address)
  })

  test('rapid commit leases in one round trip, with the option in the reply', () => {
    const dhcp = new Server()
    const { message, did } = dhcp.say({ type: discover, options: [[option.rapidCommit, new Uint8Array()]] })
    expect(did).toBe('ack')
    expect(message!.options.has(option.rapidCommit)).toBe(true)
    expect(dhcp.table.get(message!.yourAddress)).toMatchObject({ state: 'bound' })
  })

  test('a client cannot release or decline an address that it does not have', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    dhcp.say({ type: release, mac: vmMac, ciaddr: address })
    dhcp.say({ type: decline, mac: vmMac, options: selecting(address) })
    expect(dhcp.table.get(address)).toMatchObject({ state: 'bound' })
  })

  test('an address released to another server stays leased', () => {
    const dhcp = new Server()
    const address = dhcp.lease(otherMac)
    const toOther = [[option.serverId, uint32(ip('10.0.0.1'))]] as const
    expect(dhcp.say({ type: release, ciaddr: address, options: toOther }).did).toBe('ignored')
    expect(
      dhcp.say({ type: release, ciaddr: address, options: [[option.serverId, uint32(gateway)]] }).did,
    ).toBe('release')
  })

  test.each([new Uint8Array(), Uint8Array.of(1)])(
    'a client identifier of fewer than two bytes is ignored',
    (id) => {
      const dhcp = new Server()
      const addresses = [7, 8].map((last) => {
        const mac = Uint8Array.of(2, 0x50, 0, 0, 0, last)
        const options = [
          [option.clientId, id],
          [option.rapidCommit, new Uint8Array()],
        ] as const
        return dhcp.say({ type: discover, mac, options }).message!.yourAddress
      })
      expect(new Set(addresses).size).toBe(2)
      expect(dhcp.say({ type: discover, mac: new Uint8Array(), options: [[option.clientId, id]] }).did).toBe(
        'ignored',
      )
    },
  )

  test('a requested lease time is granted up to our maximum', () => {
    const dhcp = new Server()
    const seconds = [3600, 1, 0xffffffff].map((asked) => {
      const { message } = dhcp.say({ type: discover, options: [[option.leaseTime, uint32(asked)]] })
      return readUint32(message!.options.get(option.leaseTime))
    })
    expect(seconds).toEqual([3600, 60, settings.leaseSeconds])
  })
})

describe('reply destination (RFC 2131 section 4.1)', () => {
  const cases = [
    {
      name: 'no flag: the new address at the hardware address',
      broadcast: false,
      relay: 0,
      to: 'offer',
      mac: otherMac,
    },
    {
      name: 'broadcast flag: everyone',
      broadcast: true,
      relay: 0,
      to: 0xffffffff,
      mac: new Uint8Array(6).fill(255),
    },
    {
      name: 'relay: the relay, at the server port',
      broadcast: true,
      relay: ip('192.168.65.9'),
      to: ip('192.168.65.9'),
    },
  ]
  test.each(cases)('$name', ({ broadcast, relay, to, mac }) => {
    const { reply, message } = new Server().say({ type: discover, broadcast, relay })
    expect(reply!.address).toBe(to === 'offer' ? message!.yourAddress : to)
    expect(reply!.port).toBe(relay === 0 ? 68 : 67)
    expect(reply!.mac).toEqual(mac)
    expect(message!.broadcast).toBe(broadcast)
  })

  test('a relay gets back its own option, as the last one', () => {
    const added = Uint8Array.of(1, 2, 0xab, 0xcd)
    const { message } = new Server().say({
      type: discover,
      relay: ip('192.168.65.9'),
      options: [[82, added]],
    })
    expect([...message!.options].at(-1)).toEqual([82, added])
  })

  test('a relay of another network gets no answer, because there is no address for it', () => {
    const dhcp = new Server()
    expect(dhcp.say({ type: discover, relay: ip('10.9.9.9') }).did).toBe('ignored')
    expect(dhcp.table.size).toBe(0)
  })

  test('client identifier and transaction ID are echoed', () => {
    const id = Uint8Array.of(255, 9, 8, 7)
    const { message } = new Server().say({ type: discover, options: [[option.clientId, id]] })
    expect(message!.options.get(option.clientId)).toEqual(id)
    expect(message!.transactionId).toBe(0xdecafbad)
  })
})
