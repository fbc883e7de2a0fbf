/** No value or key of a file may hold what moves a cursor, hides text, or is dropped by the parser that gets it. */
import { expect, test } from 'vitest'
import { siteFileOf } from '../../src/config/policy/site.ts'
import { env, file, mistakes } from '../support/config/untrusted-checkout.ts'

const attacks = [
  '\u0000',
  '\n',
  '\r',
  '\t',
  '\u001b[2J',
  '\u007f',
  '\u009b31m',
  '\u061c',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\u{e0041}',
]

/** `X` stands for the attack, inside double quotes. */
const places: readonly (readonly [string, string])[] = [
  ['a mirror', 'engine: { registryMirrors: ["https://a.test/X"] }'],
  ['an insecure registry', 'engine: { insecureRegistries: ["a.test/X"] }'],
  ['a proxy', 'engine: { proxies: { http: "http://a.test:1X" } }'],
  ['hosts without a proxy', 'engine: { proxies: { noProxy: "a.test,X" } }'],
  ['a label', 'engine: { config: { labels: ["k=X"] } }'],
  ['a key of daemon.json', 'engine: { config: { log-opts: { "tagX": "a" } } }'],
  ['the path of a socket', 'engine: { socket: "./aX.sock" }'],
  ['the source of a share', 'shares: [{ source: "./aX", target: /a }]'],
  ['the target of a share', 'shares: [{ source: ., target: "/aX" }]'],
  ['the name of a host', 'network: { dns: { hosts: { "aX.test": "192.0.2.1" } } }'],
  ['a domain', 'network: { dns: { search: ["aX.test"] } }'],
  ['a server of names', 'network: { dns: { upstreams: ["192.0.2.1X"] } }'],
  ['a rule of egress', 'network: { egress: { rules: [{ allow: "aX.test" }] } }'],
  ['a port', 'ports: ["80:80X"]'],
  ['a required version', 'requiredVersion: ">=0.1X"'],
  ['the path of a guest file', 'guest: { files: [{ path: "etc/aX", contents: a }] }'],
  ['a pattern of a rule', 'policy: [{ name: r, path: name, matches: "aX" }]'],
  ['a key that is unknown', '"aX": 1'],
]

/** As a double-quoted scalar of YAML spells it, which has no surrogate pairs. */
const spelled = (text: string): string =>
  [...text].map((one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join('')

test.each(places)('%s with a control character is refused', async (_name, text) => {
  for (const attack of attacks) {
    const { codes, said } = await mistakes(file(`${text.replace('X', () => spelled(attack))}\n`))
    expect(codes, JSON.stringify([attack, said])).toContain('config/control-character')
  }
})

test('a value of the environment with a control character is refused, and not shown', async () => {
  for (const [text, code] of [
    ['engine: { registryMirrors: ["https://${RED}.test"] }', 'config/control-character'],
    ['engine: { proxies: { http: { fromEnv: RED } } }', 'config/bad-value'],
  ] as const) {
    const { codes, said } = await mistakes(file(`${text}\n`))
    expect(codes).toEqual([code])
    expect(said).not.toContain(env.RED)
  }
})

test('text of several lines is taken where text is meant, and sysctl takes the tabs that the kernel prints', async () => {
  const text = `guest:
  sysctl: { net.ipv4.tcp_rmem: "4096\\t131072\\t6291456" }
  files: [{ path: etc/motd, contents: "\\e[1mwelcome\\n" }]
policy: [{ name: r, path: name, message: "one\\n\\ttwo", severity: warn, deny: x }]
`
  expect((await mistakes(file(text))).said).toBe('')
})

test('the policy of the site has no control characters either', () => {
  const text = 'apiVersion: desktop/v1\npolicy: [{ name: r, path: "na\\eme", deny: x }]\n'
  expect(() => siteFileOf(text, '/etc/site.yaml')).toThrow('U+001B')
})
