/** `desktop docker ARGS`: runs the docker client, the host's own or Debian's, against this environment. */
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { dockerClient, hostGlibc } from '../../guest/debian/client.ts'
import { readLockFile } from '../../guest/lock-file.ts'
import { findProgram } from '../../host/packages.ts'
import { cachePaths } from '../../host/paths.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { FileOptions } from '../arguments.ts'
import { composeBinds } from '../compose-binds.ts'
import { configWithPlugins } from '../docker-config.ts'
import { dockerVariables } from '../docker-environment.ts'
import { catchInterrupts, unlessInterrupted } from '../interrupts.ts'
import { machineBefore } from '../machine-argument.ts'
import type { Output } from '../output.ts'
import { bindAdvice, commandBinds } from '../unshared.ts'

export async function run(given: FileOptions, output: Output, all: readonly string[]): Promise<number> {
  const { options, words: args } = machineBefore(given, all)
  const { dockerSocket, desired, lockFile } = await openReachable(options)
  const isThere = await access(dockerSocket).then(
    () => true,
    () => false,
  )
  if (!isThere) output.say(`${desired.name} is not running; \`desktop apply\` starts it`)
  const project = dirname(resolve(options.file[0] ?? 'desktop.yaml'))
  /** Hints at unshared folders first, because dockerd's own error contains only the path. */
  const start = async (program: string, environment: NodeJS.ProcessEnv): Promise<number> => {
    const binds = [...commandBinds(args), ...(await composeBinds(program, args, environment))]
    const place = { shares: desired.shares, cwd: process.cwd(), project }
    for (const advice of bindAdvice(binds, place)) output.say(advice)
    return become(program, args, environment)
  }
  const { set, unset } = dockerVariables(dockerHost(dockerSocket), desired.publish.bind)
  const env: NodeJS.ProcessEnv = { ...process.env, ...set }
  for (const name of unset) delete env[name]
  const host = await findProgram('docker')
  if (host !== undefined) return await start(host, env)
  const cache = cachePaths()
  using interrupts = catchInterrupts(output)
  const client = dockerClient({
    cache,
    lock: lockFile === undefined ? undefined : await readLockFile(lockFile),
    glibc: hostGlibc(),
    onProgress: steps((line) => output.say(line)),
    signal: interrupts.stop,
  })
  const { docker, plugins } = await unlessInterrupted(interrupts, client)
  return await start(docker, { ...env, DOCKER_CONFIG: await configWithPlugins(cache.clientDir, plugins) })
}

/** Prints each message once. */
function steps(say: (line: string) => void): (progress: { message: string }) => void {
  let last = ''
  return ({ message }) => {
    if (message !== last) say(`  ${message}`)
    last = message
  }
}

/** Replaces this process, so that terminal, signals and exit code are the client's. */
function become(program: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const { execve } = process
  if (execve === undefined)
    throw new DesktopError('cli/usage', 'this Node cannot start docker', { hint: 'use Node 24 or later' })
  execve.call(process, program, [program, ...args], env)
  return exitCodes.unexpected
}
