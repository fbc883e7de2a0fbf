import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/net/pcap/filter.ts'
import { pcapFileHeader, pcapRecord } from '../../../src/net/pcap/format.ts'
import { arp, frame, frame6 } from '../../support/net/pcap-frames.ts'

const web = frame(6, '192.168.65.3:40000', '10.0.0.1:443')
const dns = frame(17, '192.168.65.1:53', '192.168.65.3:5353')
const answer = frame(6, '10.0.0.1:443', '192.168.65.3:40000')

test.each([
  ['', true, true, true],
  ['udp and port 53', false, true, false],
  ['udp port 53', false, true, false],
  ['port 53 or 443', true, true, false],
  ['tcp port (53 or 443)', true, false, false],
  ['host 192.168.65.3', true, true, false],
  ['src host 192.168.65.3', true, false, false],
  ['dst 192.168.65.3', false, true, false],
  ['src net 192.168.65.0/24 && dst net 192.168.65.0/24', false, true, false],
  ['src and dst net 192.168.65.0/24', false, true, false],
  ['net 10.0.0.0/8', true, false, true],
  ['10.0.0.0/30 and not tcp', false, false, true],
  ['portrange 440-450', true, false, false],
  ['tcp or udp and port 53', false, true, false],
  ['tcp or (udp and port 53)', true, true, false],
  ['(tcp||udp)&&!(port 53)', true, false, false],
  ['not not arp', false, false, true],
  ['host fd00::1', false, false, false],
  ['net 0.0.0.0/0', true, true, true],
])('%j', (text, isWeb, isDns, isArp) => {
  expect([web, dns, arp()].map(parseFilter(text))).toEqual([isWeb, isDns, isArp])
})

test.each([
  ['port', 'unexpected end'],
  ['port 70000', '"70000"'],
  ['host nowhere', '"nowhere"'],
  ['net 10.0.0.0', '"10.0.0.0"'],
  ['tcp and', 'unexpected end'],
  ['(tcp', 'unexpected end'],
  ['tcp)', '")"'],
  ['tcp & udp', '"&"'],
  ['tcp host 10.0.0.1', '"10.0.0.1"'],
  ['ip port 80', '"80"'],
  ['ether host x', '"x"'],
  ['portrange 1-2-3', '"1-2-3"'],
  ['tcp 10.0.0.1:443 -> 10.0.0.2', '"10.0.0.2"'],
])('%j is refused with the word that makes no sense', (text, word) => {
  expect(() => parseFilter(text)).toThrow(word)
})

describe('one flow', () => {
  const other = frame(6, '192.168.65.3:40001', '10.0.0.1:443')
  const otherWay = frame(6, '192.168.65.3:443', '10.0.0.1:40000')
  const datagram = frame(17, '192.168.65.3:40000', '10.0.0.1:443')
  const all = [web, answer, other, otherWay, datagram]

  test.each(['tcp 192.168.65.3:40000 → 10.0.0.1:443', 'tcp 10.0.0.1:443 <- 192.168.65.3:40000'])(
    '%s is its packets both ways and no others',
    (text) => expect(all.map(parseFilter(text))).toEqual([true, true, false, false, false]),
  )

  test('src or dst selects one direction', () => {
    const filter = parseFilter('tcp 192.168.65.3:40000 → 10.0.0.1:443 and dst port 443')
    expect(all.map(filter)).toEqual([true, false, false, false, false])
  })

  test('one endpoint matches datagrams to any other', () => {
    for (const text of ['udp 192.168.65.3:40000 → *', 'udp 192.168.65.3:40000']) {
      expect(all.map(parseFilter(text))).toEqual([false, false, false, false, true])
    }
  })

  test('the +N of a UDP socket matches all of its destinations', () => {
    const others = frame(17, '192.168.65.3:40000', '10.0.0.2:444')
    const filter = parseFilter('udp 192.168.65.3:40000 → 10.0.0.1:443 +12 and dst port 444')
    expect([datagram, others, web].map(filter)).toEqual([false, true, false])
    expect([others, datagram, web].map(parseFilter('udp 192.168.65.3:40000 → 10.0.0.1:443 +12'))).toEqual([
      true,
      true,
      false,
    ])
  })

  test('an IPv6 flow matches', () => {
    const filter = parseFilter('tcp [fd00::3]:1000 → [fd00::1]:80')
    const frames = [
      frame6(6, [3, 1000], [1, 80]),
      frame6(6, [1, 80], [3, 1000]),
      frame6(6, [3, 80], [1, 1000]),
    ]
    expect(frames.map(filter)).toEqual([true, true, false])
  })
})

test('the payload of a later fragment is not interpreted as ports', () => {
  expect(parseFilter('port 443')(frame(6, '192.168.65.3:443', '10.0.0.1:443', 100))).toBe(false)
})

test('frames of any bytes never throw', () => {
  const filter = parseFilter(
    'tcp and port 1 or host 1.2.3.4 or net fd00::/8 or arp and not icmp or udp 1.2.3.4:5',
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => typeof filter(bytes) === 'boolean'))
})

const run = promisify(execFile)

test('every expression matches the same frames as tcpdump', async ({ skip }) => {
  const installed = await run('tcpdump', ['--version']).then(
    () => true,
    () => false,
  )
  if (!installed) skip()
  const dir = await mkdtemp(join(tmpdir(), 'pcap-'))
  const file = join(dir, 'c.pcap')
  const records = frames.map((bytes, index) => pcapRecord(bytes, BigInt(index) * 1_000_000_000n, 65_550))
  await writeFile(file, Buffer.concat([pcapFileHeader(65_550), ...records]))
  try {
    await fc.assert(
      fc.asyncProperty(expression, async (text) => {
        // libpcap's grammar has exceptions: it does not accept all ids in parentheses.
        const { stdout } = await run('tcpdump', ['-O', '-nr', file, '-tt', text]).catch(
          (error) => fc.pre(!String(error.stderr).includes('syntax error')) ?? Promise.reject(error),
        )
        const theirs = [...stdout.matchAll(/^(\d+)\.0+ /gm)].map(([, second]) => Number(second))
        const filter = parseFilter(text)
        expect(frames.flatMap((bytes, index) => (filter(bytes) ? [index] : []))).toEqual(theirs)
      }),
      { numRuns: 150, examples: [['not host 10.0.0.1 and 10.0.0.2'], ['src port 53 or not 443 or arp']] },
    )
  } finally {
    await rm(dir, { recursive: true })
  }
}, 60_000)

const fromMac = (bytes: Uint8Array, last: number): Uint8Array => {
  bytes.set([2, 0x50, 0, 0, 0, last], 6)
  return bytes
}

const frames: readonly Uint8Array[] = [
  web,
  dns,
  answer,
  arp(),
  fromMac(frame(17, '10.0.0.2:443', '10.0.0.1:53'), 1),
  fromMac(frame(1, '192.168.65.3', '10.0.0.1'), 2),
  frame(6, '10.0.0.2:80', '192.168.65.3:53', 100),
  frame(132, '10.0.0.2:80', '192.168.65.3:443'),
  frame(58, '10.0.0.2', '192.168.65.3'),
  frame6(6, [1, 443], [3, 53]),
  frame6(17, [3, 53], [2, 80]),
  frame6(58, [1, 0x8000], [3, 0]),
  frame6(1, [1, 0], [3, 0]),
  // The first fragment of a datagram, and a later one.
  frame6(44, [1, 443], [3, 53], [17, 0, 0, 1, 0, 0, 0, 1]),
  frame6(44, [1, 443], [3, 53], [6, 0, 1, 0, 0, 0, 0, 1]),
]

const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '192.168.65.3', 'fd00::1', 'fd00::3')
const cidr = fc.constantFrom(
  '10.0.0.0/8',
  '10.0.0.0/31',
  '192.168.65.0/24',
  'fd00::/8',
  'fd00::2/127',
  '0.0.0.0/0',
)
const number = fc.constantFrom('53', '80', '443')
const range = fc.constantFrom('53-80', '80-443', '1-52', '443-100')
const direction = fc.constantFrom('', 'src ', 'dst ', 'src or dst ', 'src and dst ')

const words = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''))

const primitive = fc.oneof(
  fc.constantFrom('arp', 'ip', 'ip6', 'icmp', 'icmp6', 'tcp', 'udp'),
  words(direction, fc.constant('host '), address),
  words(fc.constantFrom('src ', 'dst ', 'src or dst '), address),
  words(fc.constant('dst host '), address, fc.constantFrom(' or ', ' and not '), address),
  words(direction, fc.constant('net '), cidr),
  words(fc.constantFrom('', 'tcp ', 'udp '), direction, fc.constant('port '), number),
  words(fc.constantFrom('', 'tcp ', 'udp '), direction, fc.constant('portrange '), range),
  words(fc.constant('port ('), number, fc.constant(' or '), number, fc.constant(')')),
  words(fc.constant('src port '), number, fc.constant(' or '), number),
  words(fc.constant('ether '), fc.constantFrom('host ', 'src ', 'dst '), fc.constant('02:50:00:00:00:01')),
)

const { expression } = fc.letrec<{ expression: string; term: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('term'),
    words(tie('term'), fc.constantFrom(' and ', ' or ', ' && ', '||'), tie('expression')),
  ),
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    primitive,
    words(fc.constantFrom('not ', '!'), tie('term')),
    words(fc.constant('('), tie('expression'), fc.constant(')')),
  ),
}))
