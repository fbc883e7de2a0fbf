/**
 * Random command lines: real commands and options with wrong values, wrong positions and hostile text. None
 * causes a stack trace, internal/bug or an undocumented exit code, and rejected command lines write nothing.
 * FUZZ_LINES sets their number, FUZZ_SEED the seed.
 */
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processOutput } from '../../src/cli/output.ts'
import { defineProgram } from '../../src/cli/program.ts'
import { exitCodes } from '../../src/errors/exit-codes.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

const lines = Number(process.env.FUZZ_LINES ?? 120)
const seed = Number(process.env.FUZZ_SEED ?? 14)
/** Commands that follow something are interrupted after this time. */
const interruptMs = 6_000

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  // Downloads fail.
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'])
    host.env[name] = 'http://127.0.0.1:9'
  await host.write()
})
afterAll(() => host?.[Symbol.asyncDispose]())

interface Words {
  path: readonly string[]
  flags: readonly string[]
}

/**
 * Commands that end by themselves, except `docker`, which is another program, and `service` and `trust`,
 * which change the host.
 */
function commandsOf(command: Command, path: readonly string[] = []): Words[] {
  const flags = command.options.flatMap(({ long, short }) => [long, short].filter((one) => one != null))
  const own = path.length === 0 ? [] : [{ path, flags }]
  const below = command.commands
    .filter((one) => !['docker', 'service', 'trust', 'untrust', '__complete'].includes(one.name()))
    .flatMap((one) => commandsOf(one, [...path, one.name()]))
  return [...own, ...below]
}

const commands = commandsOf(defineProgram(processOutput(), () => {}))

const hostile = fc.constantFrom(
  '',
  ' ',
  '-',
  '--',
  '---',
  '-1',
  '0',
  '1e999',
  'NaN',
  '9007199254740993',
  '999999999999h',
  '-5s',
  'null',
  'true',
  '[]',
  '{}',
  '{"a":',
  '__proto__=1',
  '__proto__',
  'constructor.prototype.x=1',
  'vm.memory=',
  'vm.cpus=-1',
  'vm.cpus=2',
  'vm.disk=1YiB',
  'ports=["0:0"]',
  'ports[0]=x',
  'ports[99999999]=x',
  'engine.config.debug=maybe',
  'name=../../etc',
  'name=typo',
  'extends=./desktop.yaml',
  '=',
  '=x',
  'a.b.c.d.e.f=1',
  '../../../etc/passwd',
  '/dev/null',
  '/dev/zero',
  '/proc/self/mem',
  '/',
  '.',
  'desktop.yaml',
  'no-such-file.yaml',
  'x'.repeat(5_000),
  'ünïcode',
  '\u202Eevil',
  '\u001b[31mred',
  'a\nb',
  '$(id)',
  '`id`',
  '; rm -rf /',
  '%s%n',
  '8080:80',
  'localhost:8080:80',
  '127.0.0.1:99999',
  'live',
  'json',
  'recreate:disk',
)
const text = fc.oneof(
  { weight: 4, arbitrary: hostile },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
)

const commandLine = fc.constantFrom(...commands).chain(({ path, flags }) => {
  const flag = fc.constantFrom('--help', ...flags)
  const word = fc.oneof(
    flag.map((one) => [one]),
    fc.tuple(flag, text).map(([one, value]) => [one, value]),
    fc.tuple(flag, text).map(([one, value]) => [`${one}=${value}`]),
    text.map((one) => [one]),
    fc.constantFrom(...commands).map((other) => [...other.path]),
  )
  return fc.array(word, { maxLength: 5 }).map((words) => [...path, ...words.flat()])
})

interface Ended {
  code: number | null
  said: string
}

async function runLine(line: readonly string[]): Promise<Ended> {
  const child = host.start(...line)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      if (said.length < 1e6) said += chunk
    })
  const timers = [
    setTimeout(() => child.kill('SIGINT'), interruptMs),
    setTimeout(() => child.kill('SIGKILL'), 4 * interruptMs),
  ]
  const [code] = (await once(child, 'close')) as [number | null]
  timers.forEach(clearTimeout)
  return { code, said }
}

/** All files of the user, except locks and logs. */
async function files(): Promise<string> {
  const kept = ['state', 'config', 'docker', 'desktop.yaml']
  const found: string[] = []
  const visit = async (path: string): Promise<void> => {
    const info = await stat(path).catch(() => undefined)
    if (info === undefined || /\.(log|sock)$|\/lock$|\.holder$/.test(path)) return
    if (info.isDirectory()) for (const name of (await readdir(path)).sort()) await visit(join(path, name))
    else if (info.isFile()) found.push(`${path} ${info.ino} ${info.size} ${await digestOf(path)}`)
  }
  for (const name of (await readdir(host.dir)).sort())
    if (kept.includes(name) || !made.includes(name)) await visit(join(host.dir, name))
  return found.join('\n')
}

/** Directories of the test host, and caches. */
const made = ['bin', 'cache', 'desktop', 'run', 'vm']
const digestOf = async (path: string): Promise<string> =>
  (await readFile(path)).subarray(0, 65_536).toString('base64url').slice(0, 200)

const documented: ReadonlySet<number> = new Set(Object.values(exitCodes))
/** Rejected before any change. */
const refusals: ReadonlySet<number | null> = new Set([
  exitCodes.config,
  exitCodes.policy,
  exitCodes.stalePlan,
])

test(
  'a random command line is accepted or refused with a message, and a refused one writes nothing',
  async () => {
    const all = fc.sample(commandLine, { numRuns: lines, seed })
    let before = await files()
    const codes = new Map<number | null, number>()
    for (const words of all) {
      const line = words.filter((word) => !word.includes('\0'))
      const { code, said } = await runLine(line)
      const where = `seed ${seed}: desktop ${JSON.stringify(line).slice(0, 600)}\n${said.slice(0, 3_000)}`
      // --verbose prints stack traces on purpose.
      if (!line.includes('--verbose'))
        expect(said, where).not.toMatch(/^\s+at .*(:\d+:\d+\)?|<anonymous>\)?)$/m)
      expect(said, where).not.toContain('internal/bug')
      expect(documented.has(code ?? -1) || line[0] === 'exec', `${code} ${where}`).toBe(true)
      codes.set(code, (codes.get(code) ?? 0) + 1)
      const after = await files()
      if (refusals.has(code) || said.includes('[cli/usage]')) expect(after, where).toBe(before)
      before = after
    }
    // Both kinds occurred.
    expect(codes.get(exitCodes.unexpected)).toBeGreaterThan(0)
    expect(codes.get(exitCodes.done)).toBeGreaterThan(0)
  },
  lines * 30_000,
)
