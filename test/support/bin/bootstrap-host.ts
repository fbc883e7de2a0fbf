/** A machine for bin/bootstrap.sh: a PATH of chosen programs, an npm that does what the test says, a small checkout. */
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../../src/host/packages.ts'
import { type RunResult, run } from '../../../src/host/run.ts'

const root = join(import.meta.dirname, '../../..')

/** What bootstrap.sh calls, besides node and npm. */
const tools =
  'sh uname mkdir cat id cmp mktemp rm mv cp sed grep head sleep chmod readlink env dpkg-query mount unshare flock'

export interface BootstrapHost extends AsyncDisposable {
  checkout: string
  cache: string
  env: Record<string, string>
  /** Started with `spawn`: a function of bootstrap.sh, in the checkout. */
  argv(command: string): [string, ...string[]]
  /** bin/desktop, below `before` (e.g. `unshare …`). */
  desktop(
    args?: readonly string[],
    env?: Record<string, string>,
    before?: readonly string[],
  ): Promise<RunResult>
  remove(program: string): Promise<void>
  /** A program of the machine, as a shell script. */
  add(program: string, script: string): Promise<void>
  /** One line per `npm install` that was begun. */
  installs(): Promise<string[]>
  /** What is in a folder besides what was there at first. */
  made(dir: string): Promise<string[]>
}

/**
 * npm as far as it is needed here. NPM_DOES: `works`, `hangs` half-way, `fails` with NPM_CODE, or `fills`
 * the file system. Its Node prints an
 * argument of `-p` as the real one does, since it is the real one.
 */
const npm = `#!${process.execPath}
const { appendFileSync, mkdirSync, symlinkSync, writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
if (args[0] === '--version') {
  console.log(process.env.NPM_VERSION ?? '10.9.0')
} else {
  const prefix = args.indexOf('--prefix')
  const dir = (prefix < 0 ? process.cwd() : args[prefix + 1]) + '/node_modules'
  mkdirSync(dir + '/half', { recursive: true })
  appendFileSync(process.env.NPM_LOG, args.at(-1) + '\\n')
  const does = process.env.NPM_DOES ?? 'works'
  if (does === 'fails') {
    console.error('npm error code ' + process.env.NPM_CODE + '\\nnpm error the reason')
    process.exitCode = 1
  } else if (does === 'hangs') setInterval(() => {}, 1000)
  else if (does === 'fills') {
    try {
      writeFileSync(dir + '/large', Buffer.alloc(4e6))
    } catch (error) {
      console.error('npm error code ' + error.code + '\\nnpm error ' + error.message)
      process.exitCode = 228
    }
  } else {
    const name = prefix < 0 ? 'all' : args.at(-1).replace('@24', '')
    mkdirSync(dir + '/' + name + '/bin', { recursive: true })
    symlinkSync(process.execPath, dir + '/' + name + '/bin/node')
    // Long enough that another bootstrap finds this one at work.
    setTimeout(() => {}, 300)
  }
}
`

/** Of one source, recorded as scripts/build.ts does. */
const build = `import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
const content = readFileSync('src/main.ts')
const { size, mtimeMs } = statSync('src/main.ts')
const sha256 = createHash('sha256').update(content).digest('hex')
mkdirSync('dist', { recursive: true })
writeFileSync('dist/desktop.js', content)
writeFileSync('dist/built.json', JSON.stringify({ inputs: { 'src/main.ts': [size, mtimeMs, sha256] } }))
`

/** With a Node that is too old, so that Node 24 has to be installed. */
export async function bootstrapHost(): Promise<BootstrapHost> {
  const dir = await mkdtemp(join(tmpdir(), 'bootstrap-'))
  const at = (name: string): string => join(dir, name)
  const programs = at('programs')
  const checkout = at('checkout')
  const cache = at('cache/desktop')
  await mkdir(programs)
  await mkdir(join(checkout, 'scripts'), { recursive: true })
  await mkdir(join(checkout, 'src'))
  await cp(join(root, 'bin'), join(checkout, 'bin'), { recursive: true })
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    await cp(join(root, name), join(checkout, name))
  await writeFile(join(checkout, 'scripts/build.ts'), build)
  await writeFile(join(checkout, 'src/main.ts'), "console.log('ran', ...process.argv.slice(2))\n")
  for (const tool of tools.split(' ')) {
    const path = await findProgram(tool)
    if (path !== undefined) await symlink(path, join(programs, tool))
  }
  const add = async (program: string, script: string): Promise<void> => {
    await rm(join(programs, program), { force: true })
    await writeFile(join(programs, program), script)
    await chmod(join(programs, program), 0o755)
  }
  await add('node', '#!/bin/sh\n[ "$1" != -p ] || echo 20\n[ "$1" != --version ] || echo v20.0.0\n')
  await add('npm', npm)
  const before = new Set(await readdir(checkout))
  const machine = {
    PATH: programs,
    HOME: at('home'),
    XDG_CACHE_HOME: at('cache'),
    NPM_LOG: at('npm.log'),
    TMPDIR: dir,
  }
  return {
    checkout,
    cache,
    env: machine,
    desktop: (args = [], env = {}, before = []) =>
      run([...before, join(checkout, 'bin/desktop'), ...args] as [string, ...string[]], {
        env: { ...machine, ...env },
      }),
    argv: (command) => ['sh', '-eu', '-c', `. "$0/bin/bootstrap.sh"; ${command}`, checkout],
    remove: (program) => rm(join(programs, program)),
    add,
    installs: async () =>
      (await readFile(at('npm.log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    made: async (folder) =>
      (await readdir(folder).catch(() => []))
        .filter((name) => folder !== checkout || !before.has(name))
        .sort(),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}
