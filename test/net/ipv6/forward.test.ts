import { expect, test } from 'vitest'
import type { FakeHost } from '../../support/net/fake-host.ts'
import { full, icmp6, icmp6Frame, parseIcmp6 } from '../../support/net/ipv6-messages.ts'
import { flow6, ipv6, Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { ipv6Frame, octets, summed, tcpFrame } from '../../support/net/segments.ts'

const linkLocal = 'fe80::50:ff:fe00:1'

const syn = (to: string, from: string = ipv6.address, ttl = 64): Uint8Array => {
  const frame = tcpFrame(from, to, flow6, { flags: 'S', seq: 7 })
  frame[21] = ttl
  return frame
}

const messages = (lab: Lab) => lab.takeFrames().flatMap((frame) => parseIcmp6(frame) ?? [])

function outcome(frame: Uint8Array) {
  const lab = new Lab()
  lab.arrive(frame)
  return { lab, dials: lab.dials.length, errors: messages(lab).map(({ type, code }) => [type, code]) }
}

test('a SYN to an external host is dialled, and the SYN-ACK has the MSS of IPv6', () => {
  const lab = new Lab()
  lab.arrive(syn(flow6.address))
  const host = lab.dials[0]!
  expect(lab.stack.formatAddress(host.connection!.address)).toBe(flow6.address)
  lab.act((stack) => stack.tcp.hostConnected(host.connection!))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA', ack: 8, mss: 1440 }])
})

test('a refused dial causes a reset, and one without a route an ICMPv6 error that quotes the SYN', () => {
  const lab = new Lab()
  lab.arrive(syn(flow6.address))
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'refused'))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'RA', ack: 8 }])
  lab.arrive(syn(flow6.address))
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[1]!.connection!, 'network-unreachable'))
  const [error] = messages(lab)
  expect(error).toMatchObject({
    type: 1,
    code: 0,
    source: full(ipv6.gateway),
    destination: full(ipv6.address),
  })
  const quoted = error!.body.subarray(4)
  expect([...quoted.subarray(8, 40)]).toEqual([...octets(ipv6.address), ...octets(flow6.address)])
  expect([...quoted.subarray(40, 48)]).toEqual([40_000 >> 8, 40_000 & 255, 0, 80, 0, 0, 0, 7])
})

test.each([
  ['the loopback', '::1'],
  ['no address', '::'],
  ['IPv4 in disguise', '::ffff:7f00:1'],
  ['IPv4 in the old disguise', '::7f00:1'],
  ['a link-local address', 'fe80::99'],
  ['a group', 'ff02::fb'],
  ['a global multicast group', 'ff0e::101'],
])('a packet for %s is never forwarded, and no error answers it', (_what, address) => {
  const { lab, dials, errors } = outcome(syn(address))
  expect({ dials, errors, drops: lab.stack.drops.unroutable }).toEqual({ dials: 0, errors: [], drops: 1 })
})

test('an unused address inside the prefix is unreachable', () => {
  const { dials, errors } = outcome(syn('fd00:65::77'))
  expect({ dials, errors }).toEqual({ dials: 0, errors: [[1, 3]] })
})

test('packets from a link-local address to external hosts are not forwarded (RFC 4443 section 3.1)', () => {
  const { dials, errors } = outcome(syn(flow6.address, linkLocal))
  expect({ dials, errors }).toEqual({ dials: 0, errors: [[1, 2]] })
})

test('a packet with one hop left is dropped and reported', () => {
  const { lab, dials, errors } = outcome(syn(flow6.address, ipv6.address, 1))
  expect({ dials, errors, drops: lab.stack.drops.ttlExceeded }).toEqual({
    dials: 0,
    errors: [[3, 0]],
    drops: 1,
  })
})

test.each(['fd00:66::3', '2001:db8::3', ipv6.gateway, ipv6.host, 'fe80::50:ff:fe00:0', 'ff02::3', '::1'])(
  'a frame from %s is spoofed: dropped and counted',
  (from) => {
    const { lab, dials, errors } = outcome(syn(flow6.address, from))
    expect({ dials, errors, drops: lab.stack.drops.spoofed }).toEqual({ dials: 0, errors: [], drops: 1 })
  },
)

test('errors are never answered by errors, and are rate-limited', () => {
  const lab = new Lab()
  lab.arrive(icmp6Frame(ipv6.address, 'fd00:65::77', icmp6(1, 4, new Array<number>(44).fill(0))))
  expect(messages(lab)).toEqual([])
  lab.arrive(...Array.from({ length: 2000 }, () => syn('fd00:65::77')))
  const burst = messages(lab).length
  expect(burst).toBeGreaterThan(50)
  expect(burst).toBeLessThanOrEqual(200)
  lab.wait(1000)
  lab.arrive(syn('fd00:65::77'))
  expect(messages(lab)).toHaveLength(1)
})

test('an error quotes as much as fits in the minimum MTU', () => {
  const lab = new Lab()
  lab.arrive(summed(ipv6Frame(17, ipv6.address, 'fd00:65::77', new Uint8Array(1400).fill(1))))
  const [frame] = lab.takeFrames()
  expect(frame).toHaveLength(14 + 1280)
})

test('extension headers are skipped, and TCP after them is processed', () => {
  const inner = syn(flow6.address).subarray(54)
  const chain = [
    60, 0, 1, 4, 0, 0, 0, 0, /* destination options: */ 43, 0, 1, 4, 0, 0, 0, 0, /* routing: */ 6, 0, 0, 0, 0,
    0, 0, 0,
  ]
  const { dials } = outcome(ipv6Frame(0, ipv6.address, flow6.address, Uint8Array.of(...chain, ...inner)))
  expect(dials).toBe(1)
})

test.each([
  ['source routing', 43, [6, 2, 0, 1, 0, 0, 0, 0, ...new Array<number>(16).fill(0)], [[4, 0]]],
  ['an option that must be known', 60, [6, 0, 0x80, 4, 0, 0, 0, 0], [[4, 2]]],
  ['an option that must be known, else silence', 60, [6, 0, 0x40, 4, 0, 0, 0, 0], []],
  ['an option beyond its header', 60, [6, 0, 1, 40, 0, 0, 0, 0], []],
  ['hop-by-hop options that are not first', 60, [0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0], [[4, 1]]],
  ['an unknown protocol', 99, [1, 2, 3, 4, 5, 6, 7, 8], [[4, 1]]],
  ['a chain that is cut off', 60, [6, 9, 1, 4, 0, 0, 0, 0], []],
  ['a first fragment without its chain', 44, [60, 0, 0, 1, 0, 0, 0, 1], [[4, 3]]],
  ['a chain without end', 60, Array.from({ length: 40 }, () => [60, 0, 1, 4, 0, 0, 0, 0]).flat(), []],
])('%s is dropped, and said where the RFC asks for it', (_what, first, bytes, expected) => {
  const tail = [...syn(flow6.address).subarray(54)]
  const isWhole = first === 44 || (first === 60 && bytes[1] === 9)
  const { lab, dials, errors } = outcome(
    ipv6Frame(first, ipv6.address, flow6.address, Uint8Array.from(isWhole ? bytes : [...bytes, ...tail])),
  )
  expect({ dials, errors }).toEqual({ dials: 0, errors: expected })
  expect(lab.stack.drops.malformed + lab.stack.drops.unknownProtocol).toBe(1)
})

test('UDP without a checksum is dropped (RFC 8200 section 8.1)', () => {
  const { lab } = outcome(ipv6Frame(17, ipv6.address, ipv6.gateway, Uint8Array.of(1, 1, 0, 53, 0, 8, 0, 0)))
  expect(lab.datagrams).toEqual([])
  expect(lab.stack.drops.malformed).toBe(1)
})

test('pings of our addresses get complete replies', () => {
  const lab = new Lab()
  const ping = icmp6(128, 0, [0, 9, 0, 1, ...new Array<number>(100).fill(5)])
  for (const to of [ipv6.gateway, ipv6.host]) {
    lab.arrive(icmp6Frame(ipv6.address, to, ping))
    const [reply] = messages(lab)
    expect(reply).toMatchObject({ type: 129, code: 0, source: full(to), destination: full(ipv6.address) })
    expect([...reply!.body]).toEqual(ping.slice(4))
  }
})

test('a ping of all nodes or routers is answered, one of another group is not', () => {
  const lab = new Lab()
  for (const [group, answers] of [
    ['ff02::1', 1],
    ['ff02::2', 1],
    ['ff02::fb', 0],
    ['ff0e::101', 0],
  ] as const) {
    lab.arrive(icmp6Frame(ipv6.address, group, icmp6(128, 0, [0, 9, 0, 1])))
    expect(messages(lab)).toHaveLength(answers)
  }
})

test('a guest with forged addresses and destinations leaves tables bounded, and connections unaffected', () => {
  const lab = new Lab()
  lab.arrive(syn(flow6.address))
  const { connection } = lab.dials[0]!
  lab.act((stack) => stack.tcp.hostConnected(connection!))
  lab.takeFrames()
  const datagram = Uint8Array.of(1, 1, 2, 2, 0, 8, 1, 1)
  for (let i = 0; i < 200; i += 1) {
    const frames = Array.from({ length: 250 }, (_, j) => {
      const suffix = `${i.toString(16)}:${j.toString(16)}`
      return ipv6Frame(17, `fd00:65::${suffix}:9`, `2001:db8:1::${suffix}`, datagram)
    })
    lab.arrive(...frames)
    // The host starts many dials in small batches.
    lab.wait(1)
    lab.takeFrames()
  }
  expect(lab.stack.ipv6!.table.size).toBeLessThan(3 * 4096 + 1000)
  expect(lab.stack.formatAddress(connection!.address)).toBe(flow6.address)
  expect(lab.stack.formatAddress(connection!.guestAddress)).toBe(ipv6.address)
  lab.arrive(
    tcpFrame(ipv6.address, flow6.address, flow6, {
      flags: 'A',
      seq: 8,
      ack: (connection!.initialSequence + 1) | 0,
    }),
  )
  const host = lab.dials[0] as FakeHost
  lab.arrive(
    tcpFrame(ipv6.address, flow6.address, flow6, {
      flags: 'PA',
      seq: 8,
      ack: (connection!.initialSequence + 1) | 0,
      payload: 'still here',
    }),
  )
  expect(new TextDecoder().decode(Uint8Array.from(host.received))).toBe('still here')
})

test('if IPv6 is off its frames are only counted', () => {
  const lab = new Lab(1500, { ipv6: undefined })
  lab.arrive(syn(flow6.address))
  expect({ dials: lab.dials.length, drops: lab.stack.drops.unknownProtocol }).toEqual({ dials: 0, drops: 1 })
  expect(new LabConnection(lab).host.isReset).toBe(false)
})
