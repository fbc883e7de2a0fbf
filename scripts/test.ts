/**
 * The whole test run: formatting, types, generated files, unused code, import direction, then unit and
 * end-to-end tests. Prints `N passed, N failed` last, from the real counts, and exits with 1 on any failure.
 *
 *   node scripts/test.ts            everything
 *   node scripts/test.ts --fast     everything except end-to-end tests
 *   node scripts/test.ts --clients  only third-party Docker API clients; not included above
 *
 * One end-to-end test runs `--fast` in a fresh clone of the commit. If the work tree is clean, that run replaces the
 * checks and unit tests here, and its counts are added. It runs concurrently with the tests that boot a VM, because
 * QEMU emulates a VM's CPUs on one core.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { $ } from 'zx'

interface Counts {
  passed: number
  failed: number
  skipped: number
  /** What failed, a line each: CI often keeps only the end of the output. */
  failures: readonly string[]
}

const root = join(import.meta.dirname, '..')
const scratch = await mkdtemp(join(tmpdir(), 'desktop-test-'))
// Tools are started by path, so that they run with the same Node as this file, whatever is first in PATH.
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
  FORCE_COLOR: '0',
}

const tool = $({ cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], nothrow: true })

async function runNode(args: readonly string[]): Promise<number> {
  return (await tool`${process.execPath} ${args}`).exitCode ?? 1
}

const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] }

const failure = (what: string): Counts => ({ ...none, failed: 1, failures: [what] })

async function check(name: string, args: readonly string[]): Promise<Counts> {
  console.log(`\n== ${name}`)
  const code = await runNode(args)
  if (code !== 0) console.log(`== ${name}: FAILED (exit ${code})`)
  return code === 0 ? { ...none, passed: 1 } : failure(name)
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  testResults: readonly {
    name: string
    status: string
    message: string
    assertionResults: readonly { fullName: string; status: string; failureMessages: readonly string[] }[]
  }[]
}

/** File, name and the first line of the error of each failed test, and each file that could not be loaded. */
function failuresIn({ testResults }: VitestReport): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : []
    return failed.map((test) => `${file}: ${test.fullName}: ${firstLine(test.failureMessages[0] ?? '')}`)
  })
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 300)

async function tests(
  project: string,
  runIt: (args: readonly string[]) => Promise<number> = runNode,
): Promise<Counts> {
  console.log(`\n== ${project} tests`)
  const report = join(scratch, `${project}.json`)
  const code = await runIt([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    '--reporter=./test/support/second-tries.ts',
    `--outputFile.json=${report}`,
  ])
  let result: VitestReport
  try {
    result = JSON.parse(await readFile(report, 'utf8')) as VitestReport
  } catch {
    console.log(`== ${project} tests: no report was written (exit ${code})`)
    return failure(`${project} tests: no report was written (exit ${code})`)
  }
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = result
  const failures = failuresIn(result)
  // A file that cannot be loaded, or an unhandled error, fails the run without a failing test.
  if (code !== 0 && failures.length === 0)
    failures.push(`${project} tests: exit ${code} without a failing test`)
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests
  return { passed, failed, skipped, failures }
}

/** Its output is printed as a whole when it ends, not line by line among that of the foreground run. */
async function runInBackground(args: readonly string[]): Promise<number> {
  const { exitCode, stdall } = await $({
    cwd: root,
    env,
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })`${process.execPath} ${args}`
  console.log(`\n== output of the background run\n${stdall}`)
  return exitCode ?? 1
}

/** The file to which the run in the fresh clone writes its counts (test/e2e/front-door.test.ts). */
const cloneCounts = join(scratch, 'counts-in-clone.json')

async function isCommitted(): Promise<boolean> {
  const { exitCode, stdout } = await $({ cwd: root, nothrow: true })`git status --porcelain`
  return exitCode === 0 && stdout === ''
}

async function endToEnd(): Promise<Counts> {
  env.DESKTOP_TEST_COUNTS = cloneCounts
  const [virtual, clone] = await Promise.all([tests('e2e'), tests('clone', runInBackground)])
  const inClone = await readFile(cloneCounts, 'utf8').then(
    (text) => JSON.parse(text) as Counts,
    () => failure('the run in the fresh clone wrote no counts'),
  )
  return [virtual, clone, inClone].reduce(sum)
}

const sum = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
})

const checks: (() => Promise<Counts>)[] = [
  () => check('format and lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '.']),
  () => check('types', ['node_modules/typescript/bin/tsc', '--noEmit']),
  () => check('types of the page', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'src/page']),
  () => check('generated files', ['scripts/generate.ts', '--check']),
  () => check('import direction and cycles', ['scripts/check-imports.ts']),
  () => check('language', ['scripts/check-language.ts']),
  () => check('unused code', ['node_modules/knip/bin/knip.js']),
]

async function stagesOf(args: readonly string[]): Promise<(() => Promise<Counts>)[]> {
  if (args.includes('--clients')) return [() => tests('clients')]
  const local = [...checks, () => tests('unit')]
  if (args.includes('--fast')) return local
  return (await isCommitted()) ? [endToEnd] : [...local, endToEnd]
}

const stages = await stagesOf(process.argv)
let total = none
for (const stage of stages) total = sum(total, await stage())
await rm(scratch, { recursive: true, force: true })
if (total.failures.length > 0) console.log('')
for (const line of total.failures) console.log(`failed: ${line}`)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed === 0 ? 0 : 1
