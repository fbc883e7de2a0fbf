/** A user's machine in a temporary directory: own XDG directories, own desktop.yaml, the real binary. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseDirs, type EnvironmentPaths, environmentPaths } from '../../src/host/paths.ts'
import { type RunResult, run } from '../../src/host/run.ts'

const root = join(import.meta.dirname, '../..')

export interface TestEnvironment extends AsyncDisposable {
  dir: string
  name: string
  paths: EnvironmentPaths
  /** Writes desktop.yaml; apiVersion and name are added. */
  write(yaml: string): Promise<void>
  desktop(...args: string[]): Promise<RunResult>
  /** The same at a terminal, with `typed` as what is typed. Output and errors come as one. */
  desktopAtTerminal(typed: string, ...args: string[]): Promise<RunResult>
  docker(...args: string[]): Promise<RunResult>
  env: Record<string, string>
}

/** Sockets need short paths, so the directory is right below the temporary one. */
export async function testEnvironment(docker: string): Promise<TestEnvironment> {
  const dir = await mkdtemp(join(tmpdir(), 'dt-'))
  const name = 'e2e'
  const xdg = (kind: string): string => join(dir, kind)
  const env: Record<string, string> = {
    XDG_CONFIG_HOME: xdg('config'),
    XDG_STATE_HOME: xdg('state'),
    XDG_RUNTIME_DIR: xdg('run'),
    DOCKER_CONFIG: xdg('docker'),
    NO_COLOR: '1',
  }
  await mkdir(xdg('run'), { mode: 0o700 })
  const paths = environmentPaths(name, baseDirs({ ...process.env, ...env }))
  const options = { cwd: dir, env }
  const desktop = (...args: string[]): Promise<RunResult> =>
    run([join(root, 'bin/desktop'), ...args], options)
  return {
    dir,
    name,
    paths,
    env,
    write: (yaml) => writeFile(join(dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: ${name}\n${yaml}`),
    desktop,
    desktopAtTerminal: (stdin, ...args) =>
      run(['script', '-qec', [join(root, 'bin/desktop'), ...args].join(' '), '/dev/null'], {
        ...options,
        stdin,
      }),
    docker: (...args) =>
      run([docker, ...args], { ...options, env: { ...env, DOCKER_HOST: `unix://${paths.sockets.docker}` } }),
    [Symbol.asyncDispose]: async () => {
      await desktop('destroy', '--yes')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
