import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatEgressRule, parseEgressRule, parseEgressTarget } from '../../src/config/egress-rule.ts'

test.each([
  ['169.254.169.254', 'deny 169.254.169.254/32'],
  ['10.0.0.0/8:22/tcp', 'deny 10.0.0.0/8:22/tcp'],
  ['*.Example.COM.:443', 'deny *.example.com:443'],
  ['*', 'deny *'],
  ['0.0.0.0/0', 'deny *'],
  ['*/icmp', 'deny */icmp'],
  ['host:80-80', 'deny host:80'],
  ['[2001:DB8:0::1]', 'deny [2001:db8::1/128]'],
  ['[fd00::1/8]:22/tcp', 'deny [fd00::/8]:22/tcp'],
  ['[::/0]', 'deny [::/0]'],
  ['host:6000-6063/udp', 'deny host:6000-6063/udp'],
])('%s is the rule %s', (text, formatted) => {
  const rule = parseEgressTarget('deny', text)
  expect(typeof rule === 'string' ? rule : formatEgressRule(rule)).toBe(formatted)
})

test.each([
  ['', 'is not an address'],
  ['10.0.0', 'is not an address'],
  ['10.0.0.256', 'is not an address'],
  ['a.*.com', 'is not an address'],
  ['-a.com', 'is not an address'],
  ['a.com:0', 'an invalid port'],
  ['a.com:70000', 'an invalid port'],
  ['a.com:9-8', 'an invalid port'],
  ['a.com:http', 'an invalid port'],
  ['*:80/icmp', 'ICMP has none'],
  ['a.com/sctp', 'is not an address'],
  ['::1', 'needs brackets'],
  ['fd00::/8', 'needs brackets'],
  ['[fd00::/200]', 'is not an address'],
  ['[10.0.0.1]', 'is not an address'],
  ['[fe80::1%eth0]', 'is not an address'],
  ['[fd00::1', 'an invalid port'],
])('"%s" is not a rule, and the error says why', (text, why) => {
  expect(parseEgressTarget('allow', text)).toContain(why)
})

test('a formatted rule is read as the same rule again', () => {
  const target = fc.oneof(
    fc.constantFrom('*', 'a.test', '*.b.test', 'localhost'),
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, prefix]) => `[${ip}/${prefix}]`),
  )
  const port = fc.integer({ min: 1, max: 65_535 })
  const ports = fc.option(fc.tuple(port, port).map(([x, y]) => `${Math.min(x, y)}-${Math.max(x, y)}`))
  fc.assert(
    fc.property(
      fc.constantFrom('allow', 'deny'),
      target,
      ports,
      fc.constantFrom('', '/tcp', '/udp'),
      (action, to, range, proto) => {
        const rule = parseEgressTarget(action, `${to}${range === null ? '' : `:${range}`}${proto}`)
        if (typeof rule === 'string') throw new Error(rule)
        expect(parseEgressRule(formatEgressRule(rule))).toEqual(rule)
      },
    ),
  )
})

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseEgressRule(text)
      parseEgressTarget('deny', text)
    }),
  )
})
