/** "Allow this" creates a rule as narrow as the denial, first in the file. */
import { expect, test } from 'vitest'
import { allowedTarget, allowPatch, hasRules, withRule } from '../../../src/cli/ui/allow.ts'
import { parseEgressTarget } from '../../../src/config/egress-rule.ts'
import { parsed } from '../../support/config/arbitrary.ts'

const sent = { at: 'send', protocol: 'tcp', name: null, address: '10.0.0.1', port: 22 } as const

test.each([
  [sent, '10.0.0.1:22/tcp'],
  [{ ...sent, name: 'nas.test.' }, 'nas.test:22/tcp'],
  [{ ...sent, address: 'fd00::9' }, '[fd00::9]:22/tcp'],
  [{ ...sent, protocol: 'icmp', port: null }, '10.0.0.1/icmp'],
  [{ ...sent, protocol: 'udp', port: 53 }, '10.0.0.1:53/udp'],
  [{ at: 'dns', protocol: 'dns', name: 'a.example', address: null, port: null }, 'a.example'],
] as const)('%j becomes the target %s, which is a rule', (denial, target) => {
  expect(allowedTarget(denial)).toBe(target)
  expect(typeof parseEgressTarget('allow', target)).toBe('object')
})

const head = 'apiVersion: desktop/v1\nname: dev\n'

test.each([
  [
    'a list in lines',
    'network:\n  egress:\n    default: deny\n    rules:\n      # ours\n      - allow: "*.test"   # all\n',
  ],
  ['a list without indentation', 'network:\n  egress:\n    default: deny\n    rules:\n    - allow: a.test\n'],
  ['a list in brackets', 'network: { egress: { default: deny, rules: [{ allow: a.test }] } }\n'],
  ['no list', 'network:\n  egress: { preset: lockdown }\n'],
  ['no network', 'vm: { cpus: 3 }\n'],
])('the rule is the first one in a file with %s', (_what, body) => {
  const text = withRule(head + body, '[fd00::9]:22/tcp')
  const { rules, preset } = parsed(text).egress
  expect(rules[0]).toBe('allow [fd00::9/128]:22/tcp')
  const before = parsed(head + body).egress
  expect(rules.slice(1)).toEqual(before.rules)
  expect(preset).toBe(before.preset)
})

test('a file with a list in lines gains one line, and keeps its comments', () => {
  const text = `${head}network:\n  egress:\n    rules:\n      - deny: 10.0.0.0/8   # private\n`
  expect(allowPatch('desktop.yaml', text, ['nas.test:22/tcp'])).toBe(
    [
      '--- a/desktop.yaml',
      '+++ b/desktop.yaml',
      '@@ -3,4 +3,5 @@',
      ' network:',
      '   egress:',
      '     rules:',
      '+      - allow: nas.test:22/tcp',
      '       - deny: 10.0.0.0/8   # private',
      '',
    ].join('\n'),
  )
  expect(hasRules(text)).toBe(true)
  expect(hasRules(head)).toBe(false)
})

test.each([
  [
    'in lines',
    'network:\n  egress:\n    rules:\n      - deny: 10.0.0.1:22/tcp\n      - deny: 10.0.0.0/8   # private\n',
  ],
  ['in brackets', 'network: { egress: { rules: [{ deny: "10.0.0.1:22/tcp" }, { deny: 10.0.0.0/8 }] } }\n'],
])('a rule %s that denies the very target is replaced, since the later of two is an error', (_what, body) => {
  const text = withRule(head + body, '10.0.0.1:22/tcp')
  expect(parsed(text).egress.rules).toEqual(['allow 10.0.0.1/32:22/tcp', 'deny 10.0.0.0/8'])
  expect(text.includes('# private')).toBe(body.includes('# private'))
})

test('several denials become rules in their order, in one patch', () => {
  const text = `${head}network:\n  egress:\n    rules:\n      - deny: "*"\n`
  const patch = allowPatch('desktop.yaml', text, ['a.test', 'b.test:443/tcp'])
  expect(patch.match(/^\+ .*$/gm)).toEqual(['+      - allow: a.test', '+      - allow: b.test:443/tcp'])
})
