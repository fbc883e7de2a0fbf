/**
 * A user's machine in a temporary directory: the real command and supervisor as they are shipped, and below
 * them a QEMU without a machine (test/vm/fake).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import bundles from '../../../rolldown.config.ts'
import { imageDigest, keepLock } from '../../../src/guest/digest.ts'
import type { ComponentLock } from '../../../src/guest/image.ts'
import { imageFiles } from '../../../src/guest/image-record.ts'
import { describeFiles, publishImage, stageImage } from '../../../src/guest/publish-image.ts'
import { renderLinuxkit } from '../../../src/guest/render.ts'
import { readIfExists } from '../../../src/host/atomic-file.ts'
import { commandLineOf, identityOf, isAlive } from '../../../src/host/identity.ts'
import { baseDirs, cachePaths, type EnvironmentPaths, environmentPaths } from '../../../src/host/paths.ts'
import { type RunResult, run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import type { SupervisorState } from '../../../src/supervisor/process/recorded-requests.ts'
import type { FaultKind } from '../host/faults.ts'

const root = join(import.meta.dirname, '../../..')
const fake = join(root, 'test/vm/fake')
const name = 'crash'

export interface Boot {
  pid: number
  /** Names the content of the data disk. */
  mark: string
}

export interface TestHost extends AsyncDisposable {
  dir: string
  paths: EnvironmentPaths
  env: NodeJS.ProcessEnv
  /** Writes desktop.yaml; apiVersion, name and accelerator are added. */
  write(yaml?: string): Promise<void>
  desktop(...args: string[]): Promise<RunResult>
  /** The same, and its standard output. Throws with what it said unless it ends with 0. */
  ok(...args: string[]): Promise<string>
  /** By another build of the command, as `otherBuild` gives it. */
  desktopOf(build: string, ...args: string[]): Promise<RunResult>
  /** With one file-system call of the command or the supervisor made to fail. */
  desktopWithFault(
    fault: { process: 'desktop' | 'supervisor'; at: number; kind: FaultKind },
    ...args: string[]
  ): Promise<RunResult>
  start(...args: string[]): ChildProcess
  /** Everything dies, what was in memory is gone, pids begin anew: the recorded ones are now other programs'. */
  reboot(): Promise<void>
  status(): Promise<Status>
  /** Every machine that was started, in order. */
  boots(): Promise<Boot[]>
  /** What the machines wrote: lines of `boot`, `end` and `events`, each with the pid and more. */
  log(): Promise<string[][]>
  /** Supervisors and QEMUs of this host that run now. */
  processes(): Promise<{ pid: number; kind: 'qemu' | 'supervisor' }[]>
  kill(kind: 'qemu' | 'supervisor'): Promise<void>
  /** A machine with so many processors does not come up: QEMU refuses, the guest panics, or it does not resume. */
  breakMachines(how: 'refuse' | 'panic' | 'resume', cpus: number): Promise<void>
}

interface Status {
  supervisor: { state: string; pid?: number }
  vm: { state: string; pid?: number }
}

let built: Promise<string> | undefined

/**
 * The bundles, built by the first test file that needs them and deleted with the temporary directory of the run
 * (test/support/leftovers.ts).
 */
async function buildOnce(): Promise<string> {
  const dist = join(tmpdir(), 'bundles')
  if (existsSync(dist)) return dist
  const fresh = await mkdtemp(join(tmpdir(), 'bundles-'))
  for (const bundle of bundles)
    await build({ ...bundle, cwd: root, output: { ...bundle.output, dir: fresh }, logLevel: 'silent' })
  // Another file may have been quicker; its build is the same.
  await rename(fresh, dist).catch(() => undefined)
  return dist
}

/** A directory that looks like an installed package, with the bundles in `dist`. */
async function install(dir: string): Promise<string> {
  built ??= buildOnce()
  await mkdir(dir, { recursive: true })
  await cp(join(root, 'package.json'), join(dir, 'package.json'))
  for (const part of ['templates', 'schemas', 'node_modules'])
    await symlink(join(root, part), join(dir, part), 'dir')
  await cp(await built, join(dir, 'dist'), { recursive: true })
  return join(dir, 'dist')
}

/** The same build as another version. */
export async function otherBuild(host: TestHost, version: string): Promise<string> {
  const dist = join(host.dir, version, 'dist')
  await cp(join(host.dir, 'desktop'), join(host.dir, version), { recursive: true, verbatimSymlinks: true })
  for (const file of (await readdir(dist)).filter((entry) => entry.endsWith('.js'))) {
    const text = await readFile(join(dist, file), 'utf8')
    await writeFile(join(dist, file), text.replace(/^(var version = )"[^"]*"/m, `$1"${version}"`))
  }
  return dist
}

/** Scripts in a directory that comes first in PATH. */
async function installFakes(bin: string): Promise<void> {
  await mkdir(bin)
  const script = (module: string): string =>
    `#!${process.execPath}\nimport(${JSON.stringify(join(fake, module))})\n`
  await writeFile(join(bin, 'qemu-system-x86_64'), script('qemu.ts'), { mode: 0o755 })
  await writeFile(join(bin, 'qemu-system-aarch64'), script('qemu.ts'), { mode: 0o755 })
  await writeFile(join(bin, 'qemu-img'), script('qemu-img.ts'), { mode: 0o755 })
  await writeFile(join(bin, 'virtiofsd'), script('virtiofsd.ts'), { mode: 0o755 })
  await writeFile(join(bin, 'sqfstar'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
}

/** An image that was built before: three small files. */
export async function keepImage(env: NodeJS.ProcessEnv, lock: ComponentLock = noComponents): Promise<string> {
  const cache = cachePaths(baseDirs(env))
  const digest = imageDigest(lock, await renderLinuxkit())
  await stageImage(cache, async (dir) => {
    for (const file of imageFiles) await writeFile(join(dir, file), file)
    const record = { cmdline: 'console=ttyS0', ...lock, files: await describeFiles(dir) }
    await publishImage(cache, dir, { formatVersion: 1, digest, ...record })
  })
  return digest
}

const noComponents: ComponentLock = { source: 'trixie/amd64', components: [] }

/** Sockets need short paths, so the directory is right below the temporary one. */
export async function testHost(): Promise<TestHost> {
  const dir = await mkdtemp(join(tmpdir(), 'dc-'))
  const at = (part: string): string => join(dir, part)
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: dir,
    PATH: `${at('bin')}:${process.env.PATH}`,
    XDG_CONFIG_HOME: at('config'),
    XDG_STATE_HOME: at('state'),
    XDG_CACHE_HOME: at('cache'),
    XDG_RUNTIME_DIR: at('run'),
    DOCKER_CONFIG: at('docker'),
    DESKTOP_FAKE_VM: at('vm'),
    NO_COLOR: '1',
  }
  for (const part of ['run', 'vm']) await mkdir(at(part), { mode: 0o700 })
  await keepLock(cachePaths(baseDirs(env)), noComponents)
  const [dist] = await Promise.all([install(at('desktop')), installFakes(at('bin')), keepImage(env)])
  const paths = environmentPaths(name, baseDirs(env))
  const command = (from: string, args: readonly string[]): [string, ...string[]] => [
    process.execPath,
    join(from, 'desktop.js'),
    ...args,
  ]
  const desktopOf = (from: string, ...args: string[]): Promise<RunResult> =>
    run(command(from, args), { cwd: dir, env })
  const desktop = (...args: string[]): Promise<RunResult> => desktopOf(dist, ...args)

  const processes: TestHost['processes'] = async () => {
    const found = await Promise.all(
      (await readdir('/proc'))
        .filter((entry) => /^\d+$/.test(entry))
        .map(async (entry) => {
          const argv = (await commandLineOf(Number(entry))) ?? []
          const isOurs = argv.some((arg) => arg.startsWith(dir)) && !argv.includes('desktop-probe')
          const kind = argv.some((arg) => arg.endsWith('/supervisor.js'))
            ? ('supervisor' as const)
            : argv.some((arg) => arg.startsWith(at('bin/qemu-system')))
              ? ('qemu' as const)
              : undefined
          return isOurs && kind !== undefined ? [{ pid: Number(entry), kind }] : []
        }),
    )
    return found.flat()
  }

  const kill: TestHost['kill'] = async (kind) => {
    const victims = (await processes()).filter((one) => one.kind === kind)
    const identities = await Promise.all(victims.map(({ pid }) => identityOf(pid)))
    for (const identity of identities) {
      if (identity === undefined) continue
      process.kill(identity.pid, 'SIGKILL')
      await until(async () => !(await isAlive(identity)), { deadlineMs: 30_000, intervalMs: 5 })
    }
  }

  const log: TestHost['log'] = async () => {
    const text = await readFile(at('vm/log'), 'utf8').catch(() => '')
    return text.split('\n').map((line) => line.split(' '))
  }

  const base = 'vm: { cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n'
  return {
    dir,
    paths,
    env,
    write: (yaml = '') =>
      writeFile(
        at('desktop.yaml'),
        `apiVersion: desktop/v1\nname: ${name}\n${yaml.includes('vm:') ? '' : base}${yaml}`,
      ),
    desktop,
    ok: async (...args) => {
      const { code, stdout, stderr } = await desktop(...args)
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`)
      return stdout
    },
    desktopOf,
    desktopWithFault: (fault, ...args) => {
      const preload = join(root, 'test/host/fault-preload.ts')
      const given = {
        DESKTOP_FAULT: `${fault.process},${fault.at},${fault.kind}`,
        NODE_OPTIONS: `--import ${preload}`,
      }
      return run(command(dist, args), { cwd: dir, env: { ...env, ...given } })
    },
    reboot: async () => {
      await kill('supervisor')
      await kill('qemu')
      await rm(paths.runtimeDir, { recursive: true, force: true })
      const state = JSON.parse((await readIfExists(paths.supervisorState)) ?? '{}') as SupervisorState
      const reused = await identityOf(process.pid)
      if (state.vm === undefined || reused === undefined) return
      const vm = { ...state.vm, identity: { ...reused, bootId: 'the boot before' } }
      await writeFile(paths.supervisorState, JSON.stringify({ ...state, vm }))
    },
    start: (...args) => {
      const [file, ...rest] = command(dist, args)
      return spawn(file, rest, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
    },
    status: async () => JSON.parse((await desktop('status', '--json')).stdout) as Status,
    boots: async () =>
      (await log()).flatMap(([what, pid, mark = '']) =>
        what === 'boot' ? [{ pid: Number(pid), mark }] : [],
      ),
    log,
    processes,
    kill,
    breakMachines: (how, cpus) => writeFile(at(`vm/${how}-${cpus}`), 'Cannot allocate memory'),
    [Symbol.asyncDispose]: async () => {
      await kill('supervisor')
      await kill('qemu')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
