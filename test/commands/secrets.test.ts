/** Credentials in the configuration appear in no output, log, event or record that others can read. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driftFormats } from '../../src/cli/drift-formats.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

const planted = ['planted-in-variable', 'planted-in-file', 'planted-in-config', 'planted-in-argument']
const config = (port: number, label: string): string => `
ports: ["${port}:80"]
engine:
  proxies: { http: { fromEnv: PROXY }, https: { fromFile: ./proxy.url } }
  config: { labels: ["${label}"] }
`

let host: TestHost
let port: number
/** Output of all commands so far. */
let printed = ''

beforeAll(async () => {
  host = await testHost()
  host.env.PROXY = 'http://me:planted-in-variable@proxy.test:3128'
  await writeFile(join(host.dir, 'proxy.url'), 'http://me:planted-in-file@proxy.test:3128\n')
  ;[port = 0] = await freePorts(1)
  await host.write(config(port, 'a=1'))
})
afterAll(() => host?.[Symbol.asyncDispose]())

async function desktop(...args: string[]): Promise<number | null> {
  const { code, stdout, stderr } = await host.desktop(...args)
  printed += `\n$ desktop ${args.join(' ')}\n${stdout}${stderr}`
  return code
}

/** Lines that print a planted credential, with their commands. */
function leaks(text: string): string[] {
  let command = ''
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('$ ')) command = line
    else if (planted.some((secret) => line.includes(secret))) return [`${command}: ${line}`]
    return []
  })
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

test('no command prints one, whatever it is asked for', { timeout: 240_000 }, async () => {
  for (const format of [[], ['--json']]) await desktop('plan', ...format)
  await desktop('plan', '-o', join(host.dir, 'saved.json'))
  expect(await desktop('apply', '--json'), printed).toBe(0)
  // Change each value, because causes contain both.
  host.env.PROXY = 'http://me:planted-in-variable-too@proxy.test:3128'
  await host.write(config(port, 'b=2'))
  for (const format of driftFormats) await desktop('drift', '--format', format)
  expect(await desktop('apply', '--verbose')).toBe(0)
  for (const format of [[], ['--json']]) {
    await desktop('history', ...format)
    await desktop('show', '1', ...format)
    await desktop('diff', '1', '2', ...format)
    await desktop('status', ...format)
    await desktop('config', 'show', '--origin', ...format)
    await desktop('env', ...format)
  }
  await desktop('logs', 'supervisor')
  await desktop('rollback', '1')
  await desktop('plan', '--set', 'engine.proxies.http=http://me:planted-in-argument@p.test')
  expect(printed).toContain('//xxxxx:xxxxx@proxy.test')
  expect(leaks(printed)).toEqual([])
})

test.each([
  [
    'a key beside it that nobody knows',
    'engine: { proxies: { http: "http://me:planted-in-config@p.test", htps: x } }',
  ],
  ['a value that is wrong itself', 'engine: { proxies: { http: "ftp://me:planted-in-config@p.test" } }'],
  ['a list that is wrong', 'engine: { registryMirrors: ["https://me:planted-in-config@m.test/a b", 5] }'],
  ['a line that is no YAML', 'engine: { proxies: { http: "http://me:planted-in-config@p.test" '],
])('no error shows one: %s', async (_what, yaml) => {
  await host.write(yaml)
  printed = ''
  for (const format of [[], ['--json']]) expect(await desktop('validate', ...format)).toBe(3)
  expect(leaks(printed)).toEqual([])
})

test('only files that nobody else may read hold one', async () => {
  const files = await filesBelow(host.dir)
  const having: string[] = []
  for (const file of files) {
    if (file.includes('/node_modules/') || file.endsWith('desktop.yaml') || file.endsWith('proxy.url'))
      continue
    const bytes = await readFile(file)
    if (planted.some((secret) => bytes.includes(secret))) having.push(file)
  }
  for (const file of having) expect([file, (await stat(file)).mode & 0o077]).toEqual([file, 0])
  // Read by the VM at boot.
  expect(having.map((file) => basename(file))).toEqual(['metadata.iso'])
})
