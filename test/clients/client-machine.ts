/**
 * A VM for real clients, with Debian's docker, compose and buildx pointed at it and the projects of this
 * folder shared.
 */
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerClient, hostGlibc } from '../../src/guest/debian/client.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { type RunResult, run } from '../../src/host/run.ts'
import { dockerForTests } from '../e2e/docker.ts'
import { ok, type TestEnvironment, testEnvironment } from '../e2e/environment.ts'

const commandMs = 280_000

export interface ClientMachine extends AsyncDisposable {
  machine: TestEnvironment
  /** Includes `DOCKER_HOST`, as `desktop env` prints it. */
  env: Record<string, string>
  docker: string
  /** Folder of the client's program, with the libraries that it brings. */
  clientDir: string
  /** A tar for `docker import`: busybox and its links. */
  rootfs: string
  /** Writes the configuration with further keys. */
  configure(yaml: string): Promise<void>
  /** A copy of `projects/NAME` that the VM shares at the same path. */
  project(name: string): Project
}

export interface Project {
  dir: string
  /** Runs `docker ARGS` in its folder. */
  docker(args: readonly string[], env?: Record<string, string>): Promise<RunResult>
}

/**
 * @param images are all the small userland under other names.
 * @param yaml further keys of the configuration.
 */
export async function clientMachine(
  name: string,
  images: readonly string[],
  yaml = '',
): Promise<ClientMachine> {
  const { cli, rootfs } = await dockerForTests()
  const { docker, plugins } = await dockerClient({ cache: cachePaths(), glibc: hostGlibc() })
  const machine = await testEnvironment(cli, { name })
  try {
    const projects = join(machine.dir, 'projects')
    await cp(join(import.meta.dirname, 'projects'), projects, { recursive: true })
    const own = join(machine.dir, 'docker', 'cli-plugins')
    await mkdir(own, { recursive: true })
    for (const [plugin, program] of Object.entries(plugins)) await symlink(program, join(own, plugin))
    const shares = 'shares: [{ source: ./projects, writable: true }]'
    const configure = (more: string): Promise<void> =>
      machine.write(`vm: { cpus: 2, memory: 2GiB, disk: 8GiB }\n${shares}\n${more}\n`)
    await configure(yaml)
    await ok(machine.desktop('apply'))
    for (const image of images) await ok(machine.docker('import', rootfs, image))
    const shell = JSON.parse(await ok(machine.desktop('env', '--json'))) as Record<string, string>
    const env = { ...machine.env, ...shell }
    return {
      machine,
      env,
      docker,
      clientDir: join(docker, '..', '..'),
      rootfs,
      configure,
      project: (of) => {
        const dir = join(projects, of)
        return {
          dir,
          docker: (args, more = {}) =>
            run([docker, ...args], {
              cwd: dir,
              env: { ...env, ...more },
              signal: AbortSignal.timeout(commandMs),
            }),
        }
      },
      [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
    }
  } catch (error) {
    console.error(await machine.logs())
    await machine[Symbol.asyncDispose]()
    throw error
  }
}
