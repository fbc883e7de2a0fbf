/** The imports check finds each kind of violation when one is planted in the real sources. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importProblems } from '../../scripts/imports/problems.ts'
import { rooms } from '../../scripts/imports/rules.ts'

const root = join(import.meta.dirname, '../../src')
const sources = new Map(
  globSync('**/*.{ts,tsx}', { cwd: root }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
)

/** The problems of the sources with a line added at the start of `file`. */
function planted(file: string, line: string): string[] {
  const text = sources.get(file)
  if (text === undefined) throw new Error(`there is no src/${file}`)
  return importProblems(new Map([...sources, [file, `${line}\n${text}`]]))
}

test('the sources have no cycle, no upward import and no impure one', () => {
  expect(importProblems(sources)).toEqual([])
})

describe('one planted line is one problem', () => {
  test.each([
    ['a folder above', 'config/load.ts', "import { a } from '../cli/run.ts'", 'config/ may not import cli/'],
    [
      'a type of a folder above',
      'vm/spec.ts',
      "import type { A } from '../net/flows.ts'",
      'vm/ may not import net/',
    ],
    [
      'a layer above',
      'net/wire/tcp.ts',
      "import type { A } from '../core/settings.ts'",
      'imports net/core/settings.ts, which lies above it',
    ],
    [
      'a part beside it in its layer',
      'net/udp/datagrams.ts',
      "import { a } from '../tcp/options.ts'",
      'imports net/tcp/options.ts, which lies above it',
    ],
    [
      'apply/run, from a command that changes nothing',
      'cli/commands/plan.ts',
      "import type { A } from '../../apply/run/effects.ts'",
      'may not import apply/run/effects.ts',
    ],
    [
      'a value where only types may be imported',
      'reconcile/order.ts',
      "import { a } from '../observe/limits.ts'",
      'may import only types from observe/',
    ],
    [
      'a Node built-in in a pure folder',
      'reconcile/order.ts',
      "import { a } from 'node:fs'",
      'imports node:fs',
    ],
    ['a clock in a pure folder', 'net/tcp/sequence.ts', 'const a = () => Date.now()', 'uses Date.now'],
    ['a timer in a pure folder', 'net/stack.ts', 'setTimeout(() => {}, 1)', 'uses setTimeout'],
    ['the date in a pure folder', 'reconcile/order.ts', 'const a = new Date()', 'uses new Date'],
    ['the process in a pure folder', 'net/link/switch.ts', 'const a = process.pid', 'uses process.pid'],
    ['a file outside src/', 'config/load.ts', "import { a } from '../../scripts/build.ts'", 'outside src/'],
    [
      'a comment about a missing file',
      'config/load.ts',
      '/** As in config/nowhere.ts. */',
      'config/nowhere.ts',
    ],
  ])('%s', (_what, file, line, problem) => {
    expect(planted(file, line)).toEqual([expect.stringContaining(problem)])
  })
})

describe('a second copy of a fact is one problem', () => {
  test.each([
    ['the C library', 'vm/qemu/dial-qemu.ts', "import koffi from 'koffi'"],
    ['the C library', 'host/flock.ts', "const a = () => import('koffi')"],
    ['the platform of the forwarder', 'net/host/node/send.ts', "const a = process.platform === 'linux'"],
    ['whether sockets bypass Node', 'net/host/host-side.ts', 'const a = loop.readiness !== undefined'],
    ['the umask of a private socket', 'supervisor/main.ts', 'process.umask(0o177)'],
    ["the MAC addresses of the guest's cards", 'vm/qemu/argv.ts', "const a = '02:50:00:00:00:01'"],
    ['images of guest components', 'guest/debian/components.ts', "const a = 'desktop/docker'"],
    ['characters of an environment name made from a folder', 'cli/run.ts', 'const a = /[^a-z0-9._-]/'],
    ['keys that GET /info shows', 'observe/services.ts', "const a = 'LiveRestoreEnabled'"],
    [
      'the driver of virtual machines',
      'supervisor/machine/machine-slot.ts',
      "import type { Qmp } from '../../vm/qemu/qmp.ts'",
    ],
    [
      'the choice between reload and restart without a plan',
      'apply/run/steps.ts',
      "import { reloadOrRestart } from '../../engine/reload-or-restart.ts'",
    ],
    ['operation ids that the compiler does not check', 'apply/run/steps.ts', "const a = 'x' as OperationId"],
  ])('%s, in %s', (fact, file, line) => {
    expect(planted(file, line)).toEqual([expect.stringContaining(`has ${fact}`)])
  })

  test.each(rooms.flatMap(({ fact, pattern, files }) => files.map((file) => ({ fact, pattern, file }))))(
    '$fact is in $file',
    ({ pattern, file }) => {
      expect(sources.get(file)).toMatch(pattern)
    },
  )

  test('a fact in a comment is allowed', () => {
    expect(planted('cli/run.ts', "/** As '02:50:00:00:00:01' and process.platform. */")).toEqual([])
  })
})

test('a cycle is found, even if types alone make it', () => {
  const made = new Map([
    ['config/a.ts', "import type { B } from './b.ts'"],
    ['config/b.ts', "export type { C } from './c.ts'"],
    ['config/c.ts', "import { type A } from './a.ts'"],
  ])
  expect(importProblems(made)).toEqual(['cycle: config/a.ts → config/b.ts → config/c.ts → config/a.ts'])
})
