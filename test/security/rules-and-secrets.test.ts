/** Rules of a branch cannot spell out what the machine that checks it keeps in its environment. */
import { expect, test } from 'vitest'
import { findViolations } from '../../src/apply/plan/policy.ts'
import { evaluate } from '../../src/config/load.ts'
import { siteFileOf } from '../../src/config/policy/site.ts'
import { plain } from '../../src/config/read/tree.ts'
import { loadPatternEngine } from '../../src/linear-pattern.ts'

const patterns = await loadPatternEngine()
const env = { PROXY: 'http://u:swordfish@proxy.test:1', TOKEN: 'swordfish' }

function warnings(text: string, site = ''): string {
  const config = `apiVersion: desktop/v1\nname: shop\n${text}`
  const loaded = evaluate(
    [{ shown: 'desktop.yaml', path: '/shop/desktop.yaml' }],
    { env, patterns },
    () => config,
  )
  const rules =
    site === '' ? [] : siteFileOf(`apiVersion: desktop/v1\n${site}`, '/etc/site.yaml', patterns).rules
  const judged = { ...loaded, written: plain(loaded.tree) }
  return findViolations([...rules, ...loaded.rules], judged)
    .map(({ rule, message }) => `${rule}: ${message}`)
    .sort()
    .join('\n')
}

/** Whether the rules say the same of another secret: they then say nothing of it. */
function saysNothing(text: string): void {
  const before = warnings(text)
  expect(before).not.toContain('swordfish')
  const other = { PROXY: 'http://u:mackerel7@proxy.test:1', TOKEN: 'mackerel7' }
  const kept = { ...env }
  Object.assign(env, other)
  try {
    expect(warnings(text)).toBe(before)
  } finally {
    Object.assign(env, kept)
  }
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789']
const spelling = (path: string, condition: (letter: string) => string): string =>
  `policy:\n${letters.map((letter) => `  - { name: r${letter}, path: '${path}', severity: warn, ${condition(letter)} }\n`).join('')}`

test.each([
  [
    'patterns over a proxy',
    'engine.proxies.http',
    'engine: { proxies: { http: { fromEnv: PROXY } } }',
    (l: string) => `matches: "^http://u:${l}"`,
  ],
  [
    'wildcards over a proxy',
    'engine.proxies.http',
    'engine: { proxies: { http: { fromEnv: PROXY } } }',
    (l: string) => `deny: "http://u:${l}*"`,
  ],
  [
    'patterns over daemon.json',
    'engine.config.proxies',
    'engine: { proxies: { http: { fromEnv: PROXY } } }',
    (l: string) => `matches: "^http://u:${l}"`,
  ],
  [
    'allowed wildcards',
    'engine.proxies.http',
    'engine: { proxies: { http: { fromEnv: PROXY } } }',
    (l: string) => `allow: ["http://u:${l}*"]`,
  ],
  [
    'patterns over a label',
    'engine.config.labels[*]',
    'engine: { config: { labels: ["k=${TOKEN}"] } }',
    (l: string) => `matches: "^k=${l}"`,
  ],
  [
    'wildcards over a label',
    'engine.config.labels[*]',
    'engine: { config: { labels: ["k=${TOKEN}"] } }',
    (l: string) => `deny: "k=${l}*"`,
  ],
  [
    'a whole list',
    'engine.config.labels',
    'engine: { config: { labels: ["k=${TOKEN}"] } }',
    (l: string) => `deny: ["k=${l}*"]`,
  ],
  [
    'wildcards over a mirror',
    'engine.registryMirrors[*]',
    'engine: { registryMirrors: ["https://${TOKEN}.test"] }',
    (l: string) => `deny: "https://${l}*"`,
  ],
  [
    'wildcards over the name of a host',
    'network.dns.hosts["*"]',
    'network: { dns: { hosts: { a.test: "${TOKEN}.test" } } }',
    (l: string) => `deny: "${l}*"`,
  ],
])('%s say nothing of a variable', (_name, path, text, condition) => {
  saysNothing(`${text}\n${spelling(path, condition)}`)
})

test('rules of the site see values from the environment: a variable does not bypass them', () => {
  const site = 'policy: [{ name: no-token, path: "engine.config.labels[*]", deny: "k=sword*" }]\n'
  expect(warnings('engine: { config: { labels: ["k=${TOKEN}"] } }\n', site)).toContain('no-token')
  expect(warnings('engine: { config: { labels: ["k=${TOKEN}"] } }\n', site)).not.toContain('swordfish')
})

test('a bound on a size from the environment holds: sizes are not secrets', () => {
  Object.assign(env, { MEMORY: '16GiB' })
  const text = warnings('vm: { memory: "${MEMORY}" }\npolicy: [{ name: m, path: vm.memory, max: 8GiB }]\n')
  expect(text).toContain('at most 8GiB')
  expect(text).not.toContain('16')
})

test.each(['^t=(a+)+$', '^t=(a|a)*$', '^(.*a){12}$', '^t=([a-z]+)*$'])(
  'the pattern %s takes linear time',
  (source) => {
    const began = performance.now()
    expect(patterns(source)?.test(`t=${'a'.repeat(4_000)}!`)).toBe(false)
    expect(performance.now() - began).toBeLessThan(2_000)
  },
)

test.each(['(?i)^WEB$', '(?P<n>web)', '\\Aweb\\z', '^[[:alpha:]]+$', '^\\pL+$'])(
  'the Go pattern %s matches web',
  (source) => {
    expect(patterns(source)?.test('web')).toBe(true)
  },
)
