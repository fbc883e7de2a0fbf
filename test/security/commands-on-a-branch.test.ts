/** The commands that CI runs on someone else's branch: they show no secret, write nothing, and end. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driftFormats } from '../../src/cli/drift-formats.ts'
import { run } from '../../src/host/run.ts'

const root = join(import.meta.dirname, '../..')
const secret = 'hunter2-of-the-runner'
let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'br-'))
  mkdirSync(join(dir, 'work', '.git'), { recursive: true })
  mkdirSync(join(dir, 'run'), { mode: 0o700 })
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const everything = (): string[] =>
  ['work', 'state', 'run', 'config'].flatMap((part) => {
    try {
      return readdirSync(join(dir, part), { recursive: true }).map((name) => `${part}/${String(name)}`)
    } catch {
      return []
    }
  })

async function desktop(...args: string[]): Promise<{ code: number | null; said: string }> {
  const xdg = {
    XDG_STATE_HOME: join(dir, 'state'),
    XDG_RUNTIME_DIR: join(dir, 'run'),
    XDG_CONFIG_HOME: join(dir, 'config'),
  }
  const options = {
    cwd: join(dir, 'work'),
    env: { ...xdg, TOKEN: secret, NO_COLOR: '1' },
    signal: AbortSignal.timeout(60_000),
  }
  const { code, stdout, stderr } = await run([join(root, 'bin/desktop'), ...args], options)
  return { code, said: stdout + stderr }
}

test.each([
  ['validate'],
  ['plan'],
  ['plan', '--json'],
  ...driftFormats.map((format) => ['drift', '--format', format]),
  ['config', 'show'],
])(
  'desktop %s %s %s shows no value of the environment and writes nothing',
  { timeout: 90_000 },
  async (...args) => {
    writeFileSync(
      join(dir, 'work', 'desktop.yaml'),
      `apiVersion: desktop/v1
name: x-\${TOKEN}
engine: { config: { labels: ["k=\${TOKEN}"] } }
network: { dns: { hosts: { a.test: "\${TOKEN}.test" } } }
policy: [{ name: l, path: "engine.config.labels[*]", matches: "^k=h", severity: warn, message: "a\\n::error file=x::forged" }]
`,
    )
    const before = everything()
    const { code, said } = await desktop(...args.filter((one) => one !== undefined))
    expect(code, said).toBe(0)
    expect(said).toContain('(from env TOKEN)')
    expect(said).not.toContain(secret)
    expect(said).not.toContain('\u001b')
    expect(said).not.toMatch(/^\s*::error/m)
    expect(everything()).toEqual(before)
  },
)

test('a lock file that is a link or a FIFO stops a plan, which has none of it', {
  timeout: 90_000,
}, async () => {
  const lock = join(dir, 'work', 'desktop.lock')
  writeFileSync(join(dir, 'work', 'desktop.yaml'), 'apiVersion: desktop/v1\nname: x\n')
  writeFileSync(join(dir, 'secret'), secret)
  symlinkSync(join(dir, 'secret'), lock)
  const linked = await desktop('plan')
  expect(linked.code).toBe(3)
  expect(linked.said).toContain('config/outside-tree')
  expect(linked.said).not.toContain(secret)
  rmSync(lock)
  execFileSync('mkfifo', [lock])
  const piped = await desktop('plan')
  rmSync(lock)
  expect(piped.code).toBe(3)
  expect(piped.said).toContain('file/not-regular')
})

test.each([
  ['fmt'],
  ['fmt', '--check'],
  ['validate'],
  ['config', 'show'],
  ['egress', 'learn'],
  ['lock', '--check'],
])(
  'desktop %s %s does not open a file of the host that desktop.yaml is a link to',
  { timeout: 90_000 },
  async (...args) => {
    const linked = join(dir, 'work', 'desktop.yaml')
    writeFileSync(join(dir, 'mine.yaml'), `apiVersion: desktop/v1\nname: x\n# ${secret}\n`)
    rmSync(linked, { force: true })
    symlinkSync(join(dir, 'mine.yaml'), linked)
    const { code, said } = await desktop(...args.filter((one) => one !== undefined))
    rmSync(linked)
    expect(code, said).toBe(3)
    expect(said).toContain('config/outside-tree')
    expect(said).not.toContain(secret)
  },
)
