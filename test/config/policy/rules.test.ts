import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effects } from '../../../src/config/effects.ts'
import { evaluate } from '../../../src/config/load.ts'
import { policyDocument } from '../../../src/config/policy/document.ts'
import { brokenRules } from '../../../src/config/policy/evaluate.ts'
import { matchesGlob, parsePattern } from '../../../src/config/policy/pattern.ts'
import { plain } from '../../../src/config/read/tree.ts'
import { loadPatternEngine } from '../../../src/linear-pattern.ts'
import { desktopText } from '../../support/config/arbitrary.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'
import { fileWith, otherValues } from '../../support/config/other-values.ts'

const files = [{ shown: 'desktop.yaml', path: '/shop/desktop.yaml' }]
const patterns = await loadPatternEngine()
const load = (text: string) =>
  evaluate(files, { env: {}, patterns }, () => `apiVersion: desktop/v1\nname: shop\n${text}`)

/** `NAME line:column finding` for each rule that the file breaks. */
function broken(text: string): string[] {
  const { rules, desired, placeOf, tree } = load(text)
  return brokenRules(rules, policyDocument(desired, plain(tree))).map(({ rule, path, finding }) => {
    const { at } = placeOf(path ?? [])
    return `${rule.name} ${path === undefined ? '-' : `${at.line}:${at.column}`} ${finding}`
  })
}

/** One rule, and a file that keeps or breaks it. */
const withRule = (rule: string, rest = ''): string => `policy:\n  - { name: r, ${rule} }\n${rest}`

test.each([
  ['max keeps', 'path: vm.memory, max: 8GiB', 'vm: { memory: 8192MiB }'],
  ['min keeps', 'path: vm.cpus, min: 2', ''],
  [
    'durations compare by length',
    'path: network.dns.cache.maxTTL, max: 1h',
    'network: { dns: { cache: { maxTTL: 30m } } }',
  ],
  ['allow takes another unit', 'path: vm.memory, allow: [4GiB]', 'vm: { memory: 4096MiB }'],
  [
    'allow takes a wildcard',
    'path: "engine.registryMirrors[*]", allow: "https://*.corp.example"',
    'engine: { registryMirrors: ["https://m.corp.example"] }',
  ],
  ['nothing there breaks no deny', 'path: "engine.insecureRegistries[*]", deny: "*"', ''],
  ['require is kept by a default', 'path: network.subnet, require: true', ''],
  [
    'matches',
    'path: "engine.registryMirrors[*]", matches: "^https://"',
    'engine: { registryMirrors: ["https://a.test"] }',
  ],
  ['a unix socket has no port', 'path: "ports[*].port", min: 1024', 'ports: ["unix:./a.sock:80"]'],
  [
    'keys with dots by wildcard',
    'path: "guest.sysctl.vm*", max: 262144',
    'guest: { sysctl: { vm.max_map_count: "262144" } }',
  ],
])('%s', (_name, rule, rest) => {
  expect(broken(withRule(rule, rest))).toEqual([])
})

test.each([
  ['path: vm.memory, max: 8GiB', 'vm: { memory: 9GiB }', 'r 5:15 vm.memory is 9GiB; at most 8GiB is allowed'],
  ['path: vm.cpus, min: 4', 'vm: { cpus: 2 }', 'r 5:13 vm.cpus is 2; at least 4 is required'],
  [
    'path: "ports[*].port", min: 1024',
    'ports: ["8080:80", "80:80"]',
    'r 5:20 ports[1].port is 80; at least 1024 is required',
  ],
  [
    'path: "ports[*].address", allow: [127.0.0.1]',
    'ports: [{ host: "0.0.0.0:81", guest: 1 }]',
    'r 5:17 ports[0].address is 0.0.0.0; allowed: 127.0.0.1',
  ],
  [
    'path: "engine.insecureRegistries[*]", deny: "*"',
    'engine: { insecureRegistries: ["a.test:5000"] }',
    'r 5:32 engine.insecureRegistries[0] is a.test:5000; denied: *',
  ],
  [
    'path: "engine.config.insecure-registries[*]", deny: "*"',
    'engine: { insecureRegistries: ["a.test:5000"] }',
    'r 5:32 engine.config.insecure-registries[0] is a.test:5000; denied: *',
  ],
  [
    'path: "engine.insecureRegistries[*]", deny: "*"',
    'engine: { config: { insecure-registries: ["a.test:5000"] } }',
    'r 5:43 engine.insecureRegistries[0] is a.test:5000; denied: *',
  ],
  [
    'path: engine.config.experimental, deny: true',
    'engine: { config: { experimental: true } }',
    'r 5:35 engine.config.experimental is true; denied: true',
  ],
  ['path: engine.registryMirrors, require: true', '', 'r - engine.registryMirrors must be set'],
  [
    'path: "engine.registryMirrors[*]", matches: "^https:"',
    'engine: { registryMirrors: ["http://a.test"] }',
    'r 5:29 engine.registryMirrors[0] is http://a.test; it must match ^https:',
  ],
  [
    'path: publish.bind, deny: "0.0.0.0"',
    'publish: { bind: 0.0.0.0 }',
    'r 5:18 publish.bind is 0.0.0.0; denied: 0.0.0.0',
  ],
  [
    'path: "network.dns.hosts[\\"*.corp.example\\"]", deny: "*"',
    'network: { dns: { hosts: { a.corp.example: 10.0.0.1 } } }',
    'r 5:44 network.dns.hosts["a.corp.example"] is 10.0.0.1; denied: *',
  ],
  [
    'path: "hosts.*.ssh", allow: me@builder',
    'hosts: { builder: { ssh: me@builder }, other: { ssh: root@db } }\nvms: { m: {} }',
    'r 5:54 hosts.other.ssh is root@db; allowed: me@builder',
  ],
])('broken: %s by %s', (rule, rest, said) => {
  expect(broken(withRule(rule, rest))).toEqual([said])
})

test('a port range breaks a rule once for each port, at the entry', () => {
  const found = broken(withRule('path: "ports[*].port", min: 1024', 'ports: ["1022-1025:22-25"]'))
  expect(found.map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual([
    '5:9 ports[0].port is',
    '5:9 ports[1].port is',
  ])
})

test('a port behind a range is reported at its own entry, and at its key', () => {
  const ports = 'ports: ["1022-1025:22-25", { name: dns, host: 5353, guest: 53, protocol: udp }]'
  const found = broken(withRule('path: "ports[*].protocol", deny: udp', ports))
  expect(found).toEqual(['r 5:74 ports[4].protocol is udp; denied: udp'])
})

test.each([
  ['{ name: r, path: vm.memry, max: 1 }', 'no configuration has a key vm.memry | did you mean "vm.memory"?'],
  ['{ name: r, path: vm, require: true }', 'vm is a section, not a key | use a key: vm.cpus, vm.memory'],
  ['{ name: r, path: "ports[*].prt", min: 1 }', 'no configuration has a key ports.*.prt'],
  ['{ name: r, path: vm..cpus, min: 1 }', '"vm..cpus" is not a path'],
  ['{ name: r, path: vm.memory, max: 8GB8 }', '"8GB8" is neither a number, a size nor a duration'],
  ['{ name: r, path: vm.cpus, min: 3, max: 2 }', 'nothing is from 3 to 2'],
  ['{ name: r, path: name, matches: "[" }', '"[" is not a regular expression'],
  ['{ name: r, path: vm.cpus }', 'has no condition'],
  ['{ name: r }', 'it has neither path nor effect'],
  ['{ name: r, effect: recreate, max: 1 }', 'a rule that denies operations of a plan'],
  ['{ name: r, effect: recreat }', 'policy[0].effect is "recreat"'],
  ['{ name: r, path: vm.cpus, mn: 1 }', 'unknown key "mn" in policy[0] | did you mean "min"?'],
  ['{ path: vm.cpus, min: 1 }', 'policy[0] lacks "name"'],
])('the rule %s is refused with its place', (rule, said) => {
  const [first] = mistakesOf(() => load(`policy:\n  - ${rule}\n`))
  expect(first).toContain(said)
  expect(first).toMatch(/^4:\d+ config\//)
})

test('two rules of one name are a mistake', () => {
  const twice = '  - { name: r, path: vm.cpus, min: 1 }\n'
  expect(mistakesOf(() => load(`policy:\n${twice}${twice}`))[0]).toContain('there is already a rule "r"')
})

test('rules are not applied: the hash of the configuration stays', () => {
  expect(load(withRule('path: vm.cpus, max: 8')).hash).toBe(load('').hash)
})

test('a rule that allows exactly the value in effect holds, and one that denies it is broken, for every value', () => {
  fc.assert(
    fc.property(desktopText, (text) => {
      const { desired } = evaluate(files, { env: {} }, () => text)
      const document = policyDocument(desired)
      const leaves = [...leavesOf(document)]
      const rule = (kind: 'allow' | 'deny', value: unknown) => ({
        name: 'r',
        message: undefined,
        severity: 'error' as const,
        pathText: '',
        effects: [],
        at: { file: 'f', line: 1, column: 1 },
        conditions: { [kind]: [value] },
      })
      for (const { path, value } of leaves) {
        const pattern = path.map(String)
        expect(brokenRules([{ ...rule('allow', value), path: pattern }], document)).toEqual([])
        expect(brokenRules([{ ...rule('deny', value), path: pattern }], document)).not.toEqual([])
      }
    }),
    { numRuns: 60 },
  )
})

const publicKey = 'RWSPsx6xuHwZer2OFyHDHm8XzgIC0+f84GdDBOwvW+jFXEkc2kYE2r0S'
/** `signatures.require` is an error without keys. */
const silent = ['apiVersion', 'requiredVersion', 'extends', 'policy', 'signatures.require']

test.each(Object.keys(effects).filter((key) => !silent.includes(key)))(
  'a rule on %s sees another value than its default, so that it can be broken',
  (key) => {
    const see = (text: string): unknown => {
      const { desired, tree } = evaluate(files, { env: {} }, () => text)
      return key
        .split('.')
        .reduce<unknown>(
          (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
          policyDocument(desired, plain(tree)),
        )
    }
    const other = see(fileWith(key, key === 'signatures.keys' ? [publicKey] : otherValues[key]))
    expect(other).toBeDefined()
    expect(other).not.toEqual(see('apiVersion: desktop/v1\n'))
  },
)

function* leavesOf(
  value: unknown,
  path: (string | number)[] = [],
): Generator<{ path: (string | number)[]; value: unknown }> {
  if (value === null || value === '') return
  if (typeof value !== 'object') {
    // A star in a key or value would be a wildcard in the rule.
    yield { path, value }
    return
  }
  for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, [...path, key])
}

test('a text matches itself, and every text matches a glob made of its pieces', () => {
  const piece = fc.string().filter((text) => !text.includes('*'))
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.array(piece, { minLength: 5, maxLength: 5 }),
      (parts, filling) => {
        expect(matchesGlob(parts.join(''), parts.join(''))).toBe(true)
        expect(
          matchesGlob(
            parts.join('*'),
            parts.reduce((text, part, i) => `${text}${filling[i]}${part}`),
          ),
        ).toBe(true)
      },
    ),
  )
})

test('no text at all makes the path parser throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('a["\\u"]', '["', 'a[0', '[*]x')),
      (text) => void parsePattern(text),
    ),
  )
})
