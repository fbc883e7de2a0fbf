import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerClient, hostGlibc } from '../../src/guest/debian/client.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import type { TestEnvironment } from './environment.ts'

/** Runs a build step with one shell line in BuildKit, until disposed. */
export async function runningBuild(machine: TestEnvironment, line: string): Promise<AsyncDisposable> {
  const { plugins } = await dockerClient({ cache: cachePaths(), glibc: hostGlibc() })
  const context = join(machine.dir, 'step')
  await mkdir(context)
  await writeFile(join(context, 'Dockerfile'), `FROM box\nRUN ${line}\n`)
  const stop = new AbortController()
  const env = { ...machine.env, DOCKER_HOST: `unix://${machine.paths.sockets.docker}` }
  const argv = [
    plugins['docker-buildx'] ?? '',
    'build',
    '--builder',
    'default',
    '--no-cache',
    context,
  ] as const
  const ended = run(argv, { env, signal: stop.signal }).catch(() => {})
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await ended
    },
  }
}
