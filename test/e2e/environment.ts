/** A user's host in a temporary directory: own XDG directories, own desktop.yaml, the real binary. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseDirs, type EnvironmentPaths, environmentPaths } from '../../src/host/paths.ts'
import { type RunOptions, type RunResult, run } from '../../src/host/run.ts'

const root = join(import.meta.dirname, '../..')
export const desktopCommand: string = join(root, 'bin/desktop')

export interface TestEnvironment extends AsyncDisposable {
  dir: string
  name: string
  paths: EnvironmentPaths
  /** Writes desktop.yaml; apiVersion and name are added. */
  write(yaml: string): Promise<void>
  desktop(...args: string[]): Promise<RunResult>
  /** Like `desktop`, at a terminal with `typed` as keyboard input. Output and errors are combined. */
  desktopAtTerminal(typed: string, ...args: string[]): Promise<RunResult>
  docker(...args: string[]): Promise<RunResult>
  /** The end of the logs, for a failed test. */
  logs(): Promise<string>
  env: Record<string, string>
}

/** Standard output of a command. Throws with output and errors unless it exits with 0. */
export async function ok(result: Promise<Pick<RunResult, 'code' | 'stdout' | 'stderr'>>): Promise<string> {
  const { code, stdout, stderr } = await result
  if (code !== 0) throw new Error(`ended with ${code}: ${stdout}${stderr}`)
  return stdout
}

/** Longer than any command takes but shorter than a test's timeout, so that the error names the command. */
const commandMs = 200_000
const logLines = 60

async function runBounded(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
  const signal = AbortSignal.timeout(commandMs)
  try {
    return await run(argv, { ...options, signal })
  } catch (error) {
    throw signal.aborted ? new Error(`${argv.join(' ')} did not end`, { cause: error }) : error
  }
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(String)
  return `--- ${path}\n${text.trimEnd().split('\n').slice(-logLines).join('\n')}`
}

/**
 * Directly below the temporary directory, because sockets need short paths.
 * @param checkout whose command is run.
 */
export async function testEnvironment(
  docker: string,
  {
    checkout = root,
    name = 'e2e',
    ownCache = false,
  }: { checkout?: string; name?: string; ownCache?: boolean } = {},
): Promise<TestEnvironment> {
  const dir = await mkdtemp(join(tmpdir(), 'dt-'))
  const xdg = (kind: string): string => join(dir, kind)
  const env: Record<string, string> = {
    XDG_CONFIG_HOME: xdg('config'),
    XDG_STATE_HOME: xdg('state'),
    XDG_RUNTIME_DIR: xdg('run'),
    DOCKER_CONFIG: xdg('docker'),
    NO_COLOR: '1',
    ...(ownCache ? { XDG_CACHE_HOME: xdg('cache') } : {}),
  }
  await mkdir(xdg('run'), { mode: 0o700 })
  const paths = environmentPaths(name, baseDirs({ ...process.env, ...env }))
  const options = { cwd: dir, env }
  const desktop = (...args: string[]): Promise<RunResult> =>
    runBounded([join(checkout, 'bin/desktop'), ...args], options)
  return {
    dir,
    name,
    paths,
    env,
    write: (yaml) => writeFile(join(dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: ${name}\n${yaml}`),
    desktop,
    desktopAtTerminal: (stdin, ...args) =>
      runBounded(['script', '-qec', [join(checkout, 'bin/desktop'), ...args].join(' '), '/dev/null'], {
        ...options,
        stdin,
      }),
    docker: (...args) =>
      runBounded([docker, ...args], {
        ...options,
        env: { ...env, DOCKER_HOST: `unix://${paths.sockets.docker}` },
      }),
    logs: async () => {
      const { supervisorLog, consoleLog, qemuLog } = paths
      return (await Promise.all([supervisorLog, consoleLog, qemuLog].map(lastLines))).join('\n')
    },
    [Symbol.asyncDispose]: async () => {
      await desktop('destroy', '--yes')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
