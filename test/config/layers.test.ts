import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { merge } from '../../src/config/layers/merge.ts'
import { applySet } from '../../src/config/layers/set.ts'
import { evaluate, loadConfig } from '../../src/config/load.ts'
import { parseText } from '../../src/config/read/parse.ts'
import { sourceOf } from '../../src/config/read/source.ts'
import { pathText, plain, type Tree } from '../../src/config/read/tree.ts'
import { desktopFile } from '../support/config/arbitrary.ts'
import { all } from '../support/config/mistakes.ts'

const root = mkdtempSync(join(tmpdir(), 'desktop-layers-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Writes files below a folder of its own and gives their paths. */
function project(files: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(join(root, 'shop-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return (name) => join(folder, name)
}

const load = (files: readonly string[], sets: readonly string[] = [], env = {}) =>
  loadConfig({ files, sets, env })

async function mistakes(files: readonly string[], sets: readonly string[] = [], env = {}): Promise<string[]> {
  try {
    await load(files, sets, env)
    return []
  } catch (error) {
    return all(error).map(({ at, code, message }) => {
      const file = at?.file.split('/').at(-1)
      return `${file}:${at?.line}:${at?.column} ${code} ${message.replaceAll(root, '')}`
    })
  }
}

const tree = (text: string): Tree => {
  const { tree: read } = parseText(sourceOf(text, { file: 'x.yaml', directory: '/x' }), { env: {} })
  if (read === undefined) throw new Error('not YAML')
  return read
}

test('a later file goes over an earlier one, key by key, and each value keeps its place', async () => {
  const at = project({
    'base.yaml': 'apiVersion: desktop/v1\nname: shop\nvm:\n  cpus: 2\n  memory: 4GiB\n',
    'team.yaml': 'vm:\n  cpus: 6\n',
  })
  const { desired, origins, files } = await load([at('base.yaml'), at('team.yaml')])
  expect(desired.vm).toMatchObject({ cpus: 6, memoryBytes: 4 * 2 ** 30 })
  expect(origins.of('vm.cpus')).toEqual({ file: at('team.yaml'), line: 2, column: 9 })
  expect(origins.of('vm.memory')).toEqual({ file: at('base.yaml'), line: 5, column: 11 })
  expect(origins.of('vm.disk')).toBeUndefined()
  expect(files).toEqual([at('base.yaml'), at('team.yaml')])
})

test('extends puts the extended file below, and its relative paths start where it lies', async () => {
  const at = project({
    'common/base.yaml':
      'apiVersion: desktop/v1\nname: shop\nports: ["unix:./app.sock:80"]\nvm: { cpus: 3 }\n',
    'desktop.yaml': 'extends: ./common/base.yaml\nvm: { cpus: 4 }\n',
  })
  const { desired } = await load([at('desktop.yaml')])
  expect(desired.vm.cpus).toBe(4)
  expect(desired.ports).toMatchObject([{ listen: { kind: 'unix', path: at('common/app.sock') } }])
})

test('extends in a circle, or of a missing file, is an error at its line', async () => {
  const at = project({
    'a.yaml': 'extends: b.yaml\n',
    'b.yaml': 'extends: a.yaml\n',
    'c.yaml': 'extends: [nowhere.yaml, 3]\n',
  })
  const [circle] = await mistakes([at('a.yaml')])
  expect(circle).toMatch(/^b.yaml:1:10 config\/extends extends forms a cycle: /)
  expect(await mistakes([at('c.yaml')])).toEqual([
    expect.stringMatching(/^c.yaml:1:11 config\/unreadable .*nowhere.yaml: no such file$/),
    'c.yaml:1:25 config/wrong-type extends must be the path of a file, or a list of them',
  ])
})

test('lists replace, unless every item has a name: those merge by name', () => {
  const base = 'ports: [{ name: web, host: 80, guest: 80 }, { name: api, host: 81, guest: 81 }]'
  expect(
    plain(merge(tree(base), tree('ports: [{ name: api, host: 9000 }, { name: new, host: 1, guest: 1 }]'))),
  ).toEqual({
    ports: [
      { name: 'web', host: 80, guest: 80 },
      { name: 'api', host: 9000, guest: 81 },
      { name: 'new', host: 1, guest: 1 },
    ],
  })
  expect(plain(merge(tree(base), tree('ports: ["80:80"]')))).toEqual({ ports: ['80:80'] })
  expect(plain(merge(tree(base), tree('ports: []')))).toEqual({ ports: [] })
})

test('merging maps is associative, and an empty layer or the same layer again changes nothing', () => {
  // Lists of ports may merge by name or replace, which depends on both.
  const layer = desktopFile.map(({ ports: _, ...file }) => tree(stringify(file)))
  fc.assert(
    fc.property(layer, layer, layer, (a, b, c) => {
      expect(plain(merge(merge(a, b), c))).toEqual(plain(merge(a, merge(b, c))))
      expect(plain(merge(a, tree('{}')))).toEqual(plain(a))
      expect(plain(merge(a, a))).toEqual(plain(a))
    }),
  )
})

test('--set goes over all files: keys, items of lists by index and by name, keys with dots', async () => {
  const at = project({
    'desktop.yaml': 'apiVersion: desktop/v1\nname: shop\nports: [{ name: web, host: 80, guest: 80 }]\n',
  })
  const { desired, origins } = await load(
    [at('desktop.yaml')],
    [
      'vm.cpus=4',
      'ports.web.host=8080',
      'ports[1]=81:81',
      'guest.sysctl.vm.max_map_count=7',
      'network.dns.hosts["a.test"]=10.0.0.1',
      'engine.config.labels=[a=1, b=2]',
    ],
  )
  expect(desired).toMatchObject({
    vm: { cpus: 4 },
    ports: [{ id: 'web', listen: { port: 8080 } }, { id: 'tcp/127.0.0.1:81' }],
    guest: { sysctl: { 'vm.max_map_count': '7' } },
    dns: { hosts: { 'a.test': '10.0.0.1' } },
    engine: { daemon: { labels: ['a=1', 'b=2'] } },
  })
  expect(origins.of('vm.cpus')).toEqual({ file: '--set', line: 1, column: 9 })
})

test.each([
  ['vm.cpus', '--set:1:1 config/set "vm.cpus" has no value'],
  ['=4', '--set:1:1 config/set "=4" is not KEY=VALUE'],
  ['vm..cpus=4', '--set:1:3 config/set "vm..cpus=4" is not KEY=VALUE'],
  ['vm.cpu=4', '--set:1:4 config/unknown-key unknown key "cpu" in vm'],
  ['vm.cpus=four', '--set:1:9 config/wrong-type vm.cpus must be an integer, not the string "four"'],
  ['vm.memory=*a', '--set:1:11 config/yaml aliases (*a) are not supported in desktop.yaml'],
  ['ports[3]=1:1', '--set:1:6 config/set ports has no item 3'],
  ['vm[0]=1', '--set:1:3 config/set vm is not a list'],
])('--set %s is refused with its place', async (argument, message) => {
  const at = project({ 'desktop.yaml': 'apiVersion: desktop/v1\nname: shop\nports: []\n' })
  const [first] = await mistakes([at('desktop.yaml')], [argument])
  expect(first?.startsWith(message), first).toBe(true)
})

test('any path that messages show can be given to --set', () => {
  const key = fc.oneof(fc.stringMatching(/^[a-z_][\w-]{0,5}$/), fc.string({ minLength: 1, maxLength: 5 }))
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (path) => {
      const outcome = applySet(tree('{}'), `${pathText(path)}=1`, '/x', {})
      const nested = path.reduceRight<unknown>((value, name) => Object.fromEntries([[name, value]]), 1)
      expect('tree' in outcome ? plain(outcome.tree) : outcome).toEqual(nested)
    }),
  )
})

test('a variable fills in text, numbers and booleans, as the key takes them', async () => {
  const at = project({
    'desktop.yaml': [
      'apiVersion: desktop/v1',
      `name: \${NAME}`,
      `vm: { cpus: "\${CPUS:-4}", memory: "\${GIB}GiB" }`,
      `publish: { containers: "\${PUBLISH}" }`,
      `guest: { sysctl: { kernel.core_pattern: "$\${x}-\${EMPTY:-none}-\${EMPTY-}" } }`,
    ].join('\n'),
  })
  const env = { NAME: '123', GIB: '3', PUBLISH: 'false', EMPTY: '' }
  const { desired, origins } = await load([at('desktop.yaml')], [], env)
  expect(desired).toMatchObject({
    name: '123',
    vm: { cpus: 4, memoryBytes: 3 * 2 ** 30 },
    publish: { containers: false },
    guest: { sysctl: { 'kernel.core_pattern': `\${x}-none-` } },
  })
  expect(origins.of('name')).toMatchObject({ line: 2, column: 7, variables: ['NAME'] })
})

test('an unset variable is reported together with all other mistakes', async () => {
  const at = project({
    'desktop.yaml': `apiVersion: desktop/v1\nname: shop\nvm:\n  cpus: \${NOPE}\n  memory: a-\${NO PE}\n  dsik: 1\n  disk: 3\n`,
  })
  expect(await mistakes([at('desktop.yaml')])).toEqual([
    'desktop.yaml:4:9 config/variable the environment variable NOPE is not set',
    `desktop.yaml:5:13 config/variable "\${NO PE}" is not a variable reference`,
    'desktop.yaml:6:3 config/unknown-key unknown key "dsik" in vm',
    'desktop.yaml:7:9 config/wrong-type vm.disk must be a string, not 3',
  ])
})

test('mistakes of all files come out together, each with its own file', async () => {
  const at = project({
    'base.yaml': 'apiVersion: desktop/v1\nname: shop\nvm: { cpu: 1 }\n',
    'team.yaml': 'network: { address: 10.0.0.1 }\n',
    'broken.yaml': 'a: [\n',
  })
  expect(await mistakes([at('base.yaml'), at('team.yaml')])).toEqual([
    'base.yaml:3:7 config/unknown-key unknown key "cpu" in vm',
    'team.yaml:1:21 config/bad-value 10.0.0.1 is not in 192.168.65.0/24',
  ])
  expect(
    (await mistakes([at('base.yaml'), at('broken.yaml')])).every((line) => line.startsWith('broken.yaml:')),
  ).toBe(true)
})

test('the hash is of what the file means, not of how it is written', async () => {
  const at = project({
    'a.yaml':
      'apiVersion: desktop/v1\nname: x\nvm: { cpus: 2, memory: 2GiB }\nnetwork: { dns: { hosts: { a.test: 10.0.0.1, b.test: 10.0.0.2 } } }\n',
    'b.yaml':
      '# hello\nname: x\nnetwork: { dns: { hosts: { b.test: 10.0.0.2, a.test: 10.0.0.1 } } }\napiVersion: desktop/v1\n',
    'c.yaml': 'apiVersion: desktop/v1\nname: x\nvm: { cpus: 3 }\n',
  })
  const [a, b, c] = await Promise.all(['a.yaml', 'b.yaml', 'c.yaml'].map((name) => load([at(name)])))
  expect(a?.hash).toBe(b?.hash)
  expect(a?.hash).not.toBe(c?.hash)
})

test('a policy rule takes the place of one of its name whole, so that nothing of the other turns it off', () => {
  const base =
    'apiVersion: desktop/v1\npolicy: [{ name: a, path: vm.cpus, max: 64, severity: warn }, { name: b, path: vm.cpus, min: 1 }]\n'
  const ci = 'policy: [{ name: a, path: vm.cpus, max: 2 }]\n'
  const texts: Readonly<Record<string, string>> = { '/shop/a.yaml': base, '/shop/ci.yaml': ci }
  const files = Object.keys(texts).map((path) => ({ shown: path, path }))
  const { rules } = evaluate(files, { env: {} }, (path) => texts[path] ?? '')
  expect(rules.map(({ name, severity, conditions }) => [name, severity, conditions.max?.text])).toEqual([
    ['a', 'error', '2'],
    ['b', 'error', undefined],
  ])
})
