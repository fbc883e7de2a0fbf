/**
 * The whole test run: formatting, types, generated files, unused code, import direction, then unit and
 * end-to-end tests. Prints `N passed, N failed` last, from the real counts, and exits with 1 on any failure.
 *
 *   node scripts/test.ts            everything
 *   node scripts/test.ts --fast     all but the end-to-end runs
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = join(import.meta.dirname, '..')
const fast = process.argv.includes('--fast')
const scratch = await mkdtemp(join(tmpdir(), 'desktop-test-'))
// Tools are started by path, so that the Node running this file runs them too, whatever is first in PATH.
const env = { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}`, FORCE_COLOR: '0' }

function runNode(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

async function check(name: string, args: readonly string[]): Promise<Counts> {
  console.log(`\n== ${name}`)
  const code = await runNode(args)
  if (code !== 0) console.log(`== ${name}: FAILED (exit ${code})`)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numFailedTestSuites: number
}

async function tests(project: string): Promise<Counts> {
  console.log(`\n== ${project} tests`)
  const report = join(scratch, `${project}.json`)
  const code = await runNode([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  let result: VitestReport
  try {
    result = JSON.parse(await readFile(report, 'utf8')) as VitestReport
  } catch {
    console.log(`== ${project} tests: no report was written (exit ${code})`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = result
  // A file that cannot be loaded, or an unhandled error, fails the run without a failing test.
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests
  return { passed, failed, skipped }
}

const stages: (() => Promise<Counts>)[] = [
  () => check('format and lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '.']),
  () => check('types', ['node_modules/typescript/bin/tsc', '--noEmit']),
  () => check('generated files', ['scripts/generate.ts', '--check']),
  () => check('import direction and cycles', ['scripts/check-imports.ts']),
  () => check('unused code', ['node_modules/knip/bin/knip.js']),
  () => tests('unit'),
  ...(fast ? [] : [() => tests('e2e')]),
]

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
for (const stage of stages) {
  const counts = await stage()
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}
await rm(scratch, { recursive: true, force: true })
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed === 0 ? 0 : 1
