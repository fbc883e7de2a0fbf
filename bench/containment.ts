/**
 * Cost of starting a program as confined as QEMU, compared with starting the same program directly: in
 * namespaces, and in a Landlock domain for hosts that forbid namespaces. Runs alternate; uses the launch path
 * of `desktop` with `true` in place of QEMU.
 *
 *   node bench/containment.ts [--runs 15]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Start, startConfined } from '../src/vm/qemu/confine.ts'
import { summary } from './net/measure.ts'
import { writeResult } from './result.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' } } })
const bundle = join(import.meta.dirname, '../dist/landlock.js')
const source = 'landlock-launcher.ts'

const dir = await mkdtemp(join(tmpdir(), 'containment-'))
const at = (name: string): string => join(dir, name)
await mkdir(at('vm'))
for (const name of ['image', 'disk', 'console.log']) await writeFile(at(name), '')
const files = {
  readOnly: [at('image')],
  writable: [at('disk')],
  appended: [at('console.log')],
  directory: at('vm'),
}

/** Starts it as on a host with or without namespaces; the launcher is the released one. */
const startOn =
  (hasNamespaces: boolean): Start =>
  async (argv, { ready }): Promise<ChildProcess> => {
    const line = argv.map((one) => (one.endsWith(source) ? bundle : one))
    const [program = '', ...rest] = line[0] === 'unshare' && !hasNamespaces ? ['false'] : line
    const stdio: ('ignore' | 'pipe')[] = ['ignore', 'ignore', 'ignore', ...(ready ? (['pipe'] as const) : [])]
    const child = spawn('setpriv', ['--no-new-privs', '--', program, ...rest], { stdio })
    await once(child, 'spawn')
    return child
  }

const program = ['/usr/bin/true']
const variants = {
  alone: () => startConfined(program, undefined, startOn(false)),
  'in namespaces': () => startConfined(program, files, startOn(true)),
  'in a Landlock domain': () => startConfined(program, files, startOn(false)),
} as const

try {
  const times = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]))
  for (let run = 0; run <= Number(values.runs); run += 1) {
    for (const [name, start] of Object.entries(variants)) {
      const began = performance.now()
      const { child } = await start()
      if (child.exitCode === null) await once(child, 'exit')
      // Discard the first run, which reads files from the disk.
      if (run > 0) times.get(name)?.push(performance.now() - began)
    }
  }
  const rows = Array.from(times, ([name, all]) => ({ name, milliseconds: summary(all) }))
  for (const { name, milliseconds } of rows)
    console.log(`${name}\t${milliseconds.median} ms (${milliseconds.min}-${milliseconds.max})`)
  await writeResult('containment', { ...values, load: loadavg()[0], rows })
} finally {
  await rm(dir, { recursive: true, force: true })
}
