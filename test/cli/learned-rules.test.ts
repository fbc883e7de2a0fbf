/** The patch made from a recorded run. */
import { expect, test } from 'vitest'
import { learnedPatch, learnedTargets } from '../../src/cli/learned-rules.ts'
import type { SendView } from '../../src/net/egress/sends.ts'

const to = (name: string | null, port: number | null, more: Partial<SendView> = {}): SendView => ({
  protocol: 'tcp',
  guest: '192.168.65.3',
  name,
  address: '1.2.3.4',
  port,
  ...more,
})

test('targets are names before addresses, in order and each once', () => {
  const sends = [
    to(null, 443),
    to('b.test', 443),
    to('a.test', 80, { address: '5.6.7.8' }),
    to('b.test', 443, { address: '9.9.9.9' }),
    to(null, null, { protocol: 'icmp', address: '2001:db8::1' }),
  ]
  expect(learnedTargets(sends)).toEqual([
    'a.test:80/tcp',
    'b.test:443/tcp',
    '1.2.3.4:443/tcp',
    '[2001:db8::1]/icmp',
  ])
})

const head = 'apiVersion: desktop/v1\n'
const added = (body: string): string[] =>
  learnedPatch(['a.test:80/tcp'], [{ file: '/p/desktop.yaml', text: head + body }])
    .split('\n')
    .filter((line) => /^[+-] /.test(line))
    .map((line) => line.replace(/\s+/g, ' '))

test.each([
  ['nothing', '', '+ preset: lockdown'],
  ['rules and no default', 'network:\n  egress:\n    rules:\n      - deny: b.test\n', '+ preset: lockdown'],
  ['a preset that opens all', 'network:\n  egress:\n    preset: open\n', '+ preset: lockdown'],
  ['a default that allows', 'network:\n  egress:\n    default: allow\n', '- default: allow'],
])('in a file with %s the rest is then denied', (_, body, line) => {
  const lines = added(body)
  expect(lines).toContain(line)
  expect(lines.join('\n')).toContain('allow: a.test:80/tcp')
})

test.each([
  ['lockdown', 'network:\n  egress:\n    preset: lockdown\n'],
  ['a default that denies', 'network:\n  egress:\n    default: deny\n'],
])('in a file with %s only the rules are added', (_, body) => {
  expect(added(body).filter((line) => /preset|default/.test(line))).toEqual([])
})

test('the last file that has rules is changed, and nothing where nothing was reached', () => {
  const files = [
    { file: '/p/desktop.yaml', text: `${head}network:\n  egress:\n    rules:\n      - deny: b.test\n` },
    { file: '/p/desktop.local.yaml', text: 'vm: { cpus: 2 }\n' },
  ]
  expect(learnedPatch(['a.test'], files)).toMatch(/^--- a\/desktop\.yaml$/m)
  expect(learnedPatch([], files)).toBe('')
})
