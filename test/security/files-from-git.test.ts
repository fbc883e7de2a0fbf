/** A configuration from someone else's branch, checked by a runner: what it names, how large it is, what it asks for. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import {
  env,
  type Files,
  file,
  host,
  mistakes,
  outside,
  secret,
} from '../support/config/untrusted-checkout.ts'

const extending = (name: string): Files => file(`extends: ${name}\n`)
const doubling = Object.fromEntries(
  Array.from({ length: 28 }, (_, i) => [
    i === 0 ? 'desktop.yaml' : `${i}.yaml`,
    i === 27 ? 'name: x\n' : `extends: [${i + 1}.yaml, ./${i + 1}.yaml]\n`,
  ]),
)
const chain = Object.fromEntries(
  Array.from({ length: 70 }, (_, i) => [
    i === 0 ? 'desktop.yaml' : `${i}.yaml`,
    i === 69 ? 'name: x\n' : `extends: ${i + 1}.yaml\n`,
  ]),
)
const pem = '-----BEGIN CERTIFICATE-----'

const opened: readonly (readonly [string, string, Files])[] = [
  ['a path above the checkout', 'config/outside-tree', extending('../../home/.env')],
  ['an absolute path', 'config/outside-tree', extending(outside)],
  ['a path that goes down first', 'config/outside-tree', extending('a/../../../home/.env')],
  [
    'a link to a file outside',
    'config/outside-tree',
    { ...extending('b.yaml'), 'b.yaml': { link: outside } },
  ],
  [
    'a link to a folder outside',
    'config/outside-tree',
    { ...extending('d/.env'), d: { link: dirname(outside) } },
  ],
  ['desktop.yaml itself as a link', 'config/outside-tree', { 'desktop.yaml': { link: outside } }],
  [
    'a link to a link outside',
    'config/outside-tree',
    { ...extending('b'), b: { link: 'c' }, c: { link: outside } },
  ],
  ['a file of the kernel', 'config/outside-tree', extending('/proc/self/environ')],
  ['a device without an end', 'config/outside-tree', extending('/dev/zero')],
  ['a link to a device', 'config/outside-tree', { ...extending('z'), z: { link: '/dev/zero' } }],
  ['the terminal', 'config/outside-tree', extending('/dev/tty')],
  ['a certificate outside', 'config/outside-tree', file(`engine: { trustedCertificates: [${outside}] }\n`)],
  [
    'a proxy from a file outside',
    'config/outside-tree',
    file(`engine: { proxies: { http: { fromFile: ${outside} } } }\n`),
  ],
  [
    'a proxy from a file in the home',
    'config/outside-tree',
    file('engine: { proxies: { http: { fromFile: ~/.netrc } } }\n'),
  ],
  [
    'a file of the guest from outside',
    'config/outside-tree',
    file(`guest: { files: [{ path: etc/x, source: ${outside} }] }\n`),
  ],
  [
    'the same when optional',
    'config/outside-tree',
    file(`guest: { files: [{ path: etc/x, source: ${outside}, optional: true }] }\n`),
  ],
  [
    'an image of a service from outside',
    'config/outside-tree',
    file(`guest: { services: [{ name: s, image: ${outside} }] }\n`),
  ],
  ['a FIFO', 'file/not-regular', { ...extending('p'), p: { fifo: true } }],
  ['a FIFO as desktop.yaml', 'file/not-regular', { 'desktop.yaml': { fifo: true } }],
  ['a folder', 'file/not-regular', { ...extending('d'), 'd/x': '' }],
  [
    'a FIFO as certificate',
    'config/bad-value',
    { ...file('engine: { trustedCertificates: [./p] }\n'), p: { fifo: true } },
  ],
  [
    'a FIFO for the guest',
    'config/bad-value',
    { ...file('guest: { files: [{ path: etc/x, source: p }] }\n'), p: { fifo: true } },
  ],
  ['a file of 1.1 MiB', 'file/too-large', { ...extending('b'), b: '#'.repeat(1100 * 1024) }],
  [
    'many files of 700 KiB',
    'file/too-large',
    {
      ...extending('[a, b, c, d, e, f, g]'),
      ...Object.fromEntries([...'abcdefg'].map((n) => [n, '#'.repeat(700 * 1024)])),
    },
  ],
  ['27 files that extend the next twice', 'config/too-many-files', doubling],
  ['a chain of 70 files', 'config/too-many-files', chain],
  ['files in a circle', 'config/extends', { ...extending('b'), b: 'extends: desktop.yaml\n' }],
  ['a file that is not there', 'config/unreadable', extending('nowhere')],
]

test.each(opened)('%s is refused with %s', { timeout: 20_000 }, async (_name, code, files) => {
  const { codes, said } = await mistakes(files)
  expect(codes).toContain(code)
  expect(said).not.toContain(secret)
  expect(said).not.toContain('AWS_SECRET')
})

const texts: readonly (readonly [string, string, string])[] = [
  ['200,000 open brackets', 'config/yaml', '['.repeat(200_000)],
  ['200,000 open braces', 'config/yaml', '{'.repeat(200_000)],
  ['100,000 levels of a list', 'config/yaml', '- '.repeat(100_000)],
  ['a tree of 65 levels', 'config/yaml', `a: ${'{ a: '.repeat(70)}1${' }'.repeat(70)}\n`],
  ['an alias', 'config/yaml', 'a: &a [x, x]\nb: [*a, *a]\n'],
  [
    'aliases in eight levels of nine',
    'config/yaml',
    Array.from(
      { length: 8 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]\n`,
    ).join(''),
  ],
  ['20,000 anchors', 'config/yaml', Array.from({ length: 20_000 }, (_, i) => `- &a${i} x\n`).join('')],
  ['a merge key', 'config/yaml', 'a: &a { x: 1 }\nb: { <<: *a }\n'],
  ['a tag', 'config/yaml', 'a: !!js/function "x"\n'],
  ['15,000 keys', 'config/unknown-key', Array.from({ length: 15_000 }, (_, i) => `k${i}: 1\n`).join('')],
  ['a key twice', 'config/yaml', 'name: a\nname: b\n'],
  ['a key of 200 kB', 'config/yaml', `${'a'.repeat(200_000)}: 1\n`],
  [
    'beginnings of certificates',
    'config/bad-value',
    `engine: { trustedCertificates: ["${pem.repeat(9_000)}"] }\n`,
  ],
  [
    'a variable of 100 kB 20,000 times',
    'config/variable',
    `name: "${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}${'$'}{BIG}"\n`,
  ],
  [
    'the same, in a list',
    'config/variable',
    `engine: { registryMirrors: [${Array(20_000).fill('"${BIG}"').join(', ')}] }\n`,
  ],
  ['a reference of a megabyte', 'config/variable', `name: "${'$'}{${'x'.repeat(1_000_000)}"\n`],
  [
    'a mistake in each of 50,000 values on one line',
    'config/variable',
    `engine: { registryMirrors: [${Array(50_000).fill('"${}"').join(',')}] }\n`,
  ],
  [
    'all ports of 250 addresses',
    'config/bad-value',
    `ports: [${Array.from({ length: 250 }, (_, i) => `"127.0.0.${i}:1-65535:1-65535"`).join(', ')}]\n`,
  ],
  [
    '15,000 shares',
    'config/bad-value',
    `shares: [${Array.from({ length: 15_000 }, (_, i) => `{source: ., target: /a${i}}`).join(', ')}]\n`,
  ],
  [
    '2,000 rules',
    'config/bad-value',
    `policy:\n${Array.from({ length: 2_000 }, (_, i) => `  - { name: r${i}, path: name, deny: x }\n`).join('')}`,
  ],
  [
    'a pattern with a look-behind',
    'config/bad-value',
    'policy: [{ name: r, path: name, matches: "(?<=a)b" }]\n',
  ],
  [
    'a pattern with a back-reference',
    'config/bad-value',
    'policy: [{ name: r, path: name, matches: "(a)\\\\1" }]\n',
  ],
  [
    'a pattern of a million states',
    'config/bad-value',
    'policy: [{ name: r, path: name, matches: "((a{100}){100}){100}" }]\n',
  ],
]

test.each(texts)(
  '%s is refused with %s in bounded time and memory',
  { timeout: 60_000 },
  async (_name, code, text) => {
    const began = process.cpuUsage()
    const { codes, said } = await mistakes(file(text))
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1e6).toBeLessThan(12)
    expect(codes).toContain(code)
    expect(said.length).toBeLessThan(200_000)
  },
)

test('a path that the user allows by name is opened', async () => {
  const root = join(host, 'allowed')
  mkdirSync(join(root, '.git'), { recursive: true })
  writeFileSync(join(host, 'shared.yaml'), 'vm: { cpus: 3 }\n')
  writeFileSync(join(root, 'desktop.yaml'), 'apiVersion: desktop/v1\nextends: ../shared.yaml\n')
  const files = [join(root, 'desktop.yaml')]
  await expect(loadConfig({ files, env })).rejects.toMatchObject({ code: 'config/outside-tree' })
  const { desired } = await loadConfig({ files, env, allowPaths: [join(host, 'shared.yaml')] })
  expect(desired.vm.cpus).toBe(3)
})
