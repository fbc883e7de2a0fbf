import { expect, test } from 'vitest'
import {
  full,
  guestMac,
  icmp6,
  icmp6Frame,
  parseIcmp6,
  solicitation,
} from '../../support/net/ipv6-messages.ts'
import { ipv6, Lab } from '../../support/net/lab.ts'
import { octets } from '../../support/net/segments.ts'

const linkLocal = 'fe80::50:ff:fe00:1'
const router = 'fe80::50:ff:fe00:0'
const gatewayMac = [2, 0x50, 0, 0, 0, 0]
const sourceLink = [1, 1, ...guestMac]

const messages = (lab: Lab) => lab.takeFrames().flatMap((frame) => parseIcmp6(frame) ?? [])
const answersTo = (frame: Uint8Array) => {
  const lab = new Lab()
  lab.arrive(frame)
  return { lab, answers: messages(lab) }
}

/** Options by type. */
function optionsOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length; at += 8 * bytes[at + 1]!) {
    options.set(bytes[at]!, bytes.subarray(at, at + 8 * bytes[at + 1]!))
  }
  return options
}

test('a router solicitation gets prefix, MTU, DNS server and link address (RFC 4861, RFC 8106)', () => {
  const { lab, answers } = answersTo(
    icmp6Frame(linkLocal, 'ff02::2', icmp6(133, 0, [0, 0, 0, 0, ...sourceLink])),
  )
  expect(answers).toMatchObject([
    { type: 134, code: 0, hopLimit: 255, source: full(router), destination: full(linkLocal) },
  ])
  const { body } = answers[0]!
  expect([...body.subarray(0, 4)]).toEqual([64, 0x40, 1800 >> 8, 1800 & 255])
  const options = optionsOf(body.subarray(12))
  expect([...options.get(1)!]).toEqual([1, 1, ...gatewayMac])
  expect([...options.get(5)!]).toEqual([5, 1, 0, 0, 0, 0, 1500 >> 8, 1500 & 255])
  const prefix = [3, 4, 64, 0xc0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, ...octets('fd00:65::')]
  expect([...options.get(3)!]).toEqual(prefix)
  expect([...options.get(25)!]).toEqual([25, 3, 0, 0, 0, 0, 1800 >> 8, 1800 & 255, ...octets(ipv6.gateway)])
  expect(options.has(31)).toBe(false)
  expect(lab.stack.drops.malformed).toBe(0)
})

test('search domains are in the advertisement, padded to whole option units', () => {
  const lab = new Lab()
  lab.stack.ipv6!.router.searchDomains = () => ['corp.example', 'a.b']
  lab.arrive(icmp6Frame(linkLocal, 'ff02::2', icmp6(133, 0, [0, 0, 0, 0])))
  const [answer] = messages(lab)
  const list = optionsOf(answer!.body.subarray(12)).get(31)!
  const names = [4, ...Buffer.from('corp'), 7, ...Buffer.from('example'), 0, 1, 97, 1, 98, 0]
  expect([...list.subarray(8, 8 + names.length)]).toEqual(names)
  expect([...list.subarray(8 + names.length)].every((byte) => byte === 0)).toBe(true)
})

test("each advertisement has the search domains of its time, since the host's may change", () => {
  const lab = new Lab()
  let domains = ['office.example']
  lab.stack.ipv6!.router.searchDomains = () => domains
  const lists = [domains, ['home.example'], []].map((now) => {
    domains = now
    lab.arrive(icmp6Frame(linkLocal, 'ff02::2', icmp6(133, 0, [0, 0, 0, 0])))
    return optionsOf(messages(lab)[0]!.body.subarray(12)).get(31)
  })
  expect(lists.map((list) => list && Buffer.from(list).includes('home'))).toEqual([false, true, undefined])
})

test('a router solicitation without a source address gets a multicast advertisement', () => {
  const { answers } = answersTo(icmp6Frame('::', 'ff02::2', icmp6(133, 0, [0, 0, 0, 0])))
  expect(answers).toMatchObject([{ type: 134, destination: full('ff02::1') }])
})

test('routers are advertised when a link connects, and every few minutes', () => {
  const lab = new Lab()
  const seen: number[] = []
  for (let i = 0; i < 20; i += 1) {
    const at = lab.stack.nextMs!
    lab.advanceTo(at)
    expect(messages(lab)).toMatchObject([{ type: 134, destination: full('ff02::1') }])
    seen.push(at)
  }
  for (let i = 1; i < seen.length; i += 1) {
    expect(seen[i]! - seen[i - 1]!).toBeGreaterThanOrEqual(200_000)
    expect(seen[i]! - seen[i - 1]!).toBeLessThanOrEqual(600_000)
  }
})

test.each([ipv6.gateway, ipv6.host, router])(
  'a solicitation for %s is answered by an advertisement',
  (target) => {
    const { lab, answers } = answersTo(
      icmp6Frame(ipv6.address, `ff02::1:ff00:0`, solicitation(target, sourceLink)),
    )
    expect(answers).toMatchObject([
      { type: 136, hopLimit: 255, source: full(target), destination: full(ipv6.address) },
    ])
    const { body } = answers[0]!
    expect(body[0]).toBe(0xe0)
    expect([...body.subarray(4)]).toEqual([...octets(target), 2, 1, ...gatewayMac])
    expect(lab.stack.ipv6!.neighbours.get(lab.stack.addressOf(ipv6.address)!)?.link).toBe(lab.link)
  },
)

test('duplicate address detection of one of our addresses gets an advertisement', () => {
  const { answers } = answersTo(icmp6Frame('::', 'ff02::1:ff00:1', solicitation(ipv6.gateway, [])))
  expect(answers).toMatchObject([{ type: 136, destination: full('ff02::1') }])
  // Unsolicited, with override flag (RFC 4861 section 7.2.4).
  expect(answers[0]!.body[0]).toBe(0xa0)
})

test.each([ipv6.address, 'fd00:65::99', '2001:db8::1', 'ff02::1'])(
  'a solicitation for %s is not ours to answer',
  (target) => {
    const { answers, lab } = answersTo(icmp6Frame('::', 'ff02::1:ff00:3', solicitation(target, [])))
    expect(answers).toEqual([])
    expect(lab.stack.drops.malformed).toBe(0)
  },
)

test.each([
  [
    'a hop limit below 255',
    icmp6Frame(ipv6.address, ipv6.gateway, solicitation(ipv6.gateway, sourceLink), { ttl: 254 }),
  ],
  ['a code', icmp6Frame(ipv6.address, ipv6.gateway, icmp6(135, 1, [0, 0, 0, 0, ...octets(ipv6.gateway)]))],
  [
    'an option of length zero',
    icmp6Frame(ipv6.address, ipv6.gateway, solicitation(ipv6.gateway, [1, 0, 0, 0, 0, 0, 0, 0])),
  ],
  [
    'an option beyond the end',
    icmp6Frame(ipv6.address, ipv6.gateway, solicitation(ipv6.gateway, [1, 2, ...guestMac])),
  ],
  ['no room for the target', icmp6Frame(ipv6.address, ipv6.gateway, icmp6(135, 0, [0, 0, 0, 0, 0xfd]))],
  [
    'a link address without a source address',
    icmp6Frame('::', 'ff02::1:ff00:1', solicitation(ipv6.gateway, sourceLink)),
  ],
])('discovery with %s is dropped and counted (RFC 4861 section 7.1)', (_what, frame) => {
  const { lab, answers } = answersTo(frame)
  expect(answers).toEqual([])
  expect(lab.stack.drops.malformed).toBe(1)
})

test('an advertisement with a wrong checksum is dropped and counted', () => {
  const frame = icmp6Frame(ipv6.address, ipv6.gateway, solicitation(ipv6.gateway, sourceLink))
  frame[56] = frame[56]! ^ 1
  const { lab, answers } = answersTo(frame)
  expect(answers).toEqual([])
  expect(lab.stack.drops.malformed).toBe(1)
})

test('router advertisements and redirects of guests are ignored', () => {
  const lab = new Lab()
  lab.arrive(icmp6Frame(linkLocal, 'ff02::1', icmp6(134, 0, new Array<number>(12).fill(0))))
  lab.arrive(icmp6Frame(linkLocal, ipv6.gateway, icmp6(137, 0, new Array<number>(36).fill(0))))
  expect(lab.takeFrames()).toEqual([])
})

test('an unknown guest is solicited at intervals, and queued data is sent when it answers', () => {
  const lab = new Lab()
  lab.act((stack) => {
    const flow = {
      guestAddress: stack.addressOf(ipv6.address)!,
      guestPort: 80,
      address: stack.ipv6!.own.gateway,
      port: 40_000,
    }
    stack.tcp.connect(flow, {
      queuedBytes: 0,
      write: () => {},
      end: () => {},
      setReading: () => {},
      reset: () => {},
    })
  })
  const [asked, ...more] = lab.takeFrames()
  expect(more).toEqual([])
  // Sent to the solicited-node group and its MAC (RFC 2464 section 7).
  expect([...asked!.subarray(0, 6)]).toEqual([0x33, 0x33, 0xff, 0, 0, 3])
  expect(parseIcmp6(asked!)).toMatchObject({
    type: 135,
    destination: full('ff02::1:ff00:3'),
    source: full(router),
  })
  const answer = icmp6(136, 0, [0x60, 0, 0, 0, ...octets(ipv6.address), 2, 1, ...guestMac])
  lab.arrive(icmp6Frame(ipv6.address, router, answer))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'S', mss: 1440 }])
})
