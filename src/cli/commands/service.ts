/** `desktop service install|uninstall`: a user service (systemd or launchd) that starts and repairs this environment. */
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { packageRoot } from '../../host/paths.ts'
import { run as runProgram } from '../../host/run.ts'
import { plistPath, plistText, serviceVariables, unitName, unitPath, unitText } from '../../host/service.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  repair?: string
}

export async function run(
  options: Options,
  output: Output,
  action: 'install' | 'uninstall',
): Promise<number> {
  const { desired, file } = await openEnvironment(options)
  if (file === undefined) throw new DesktopError('cli/usage', 'a service needs a desktop.yaml')
  if (desired.machine !== undefined)
    throw new DesktopError('cli/machine', '`desktop service` is for a file with a single VM, without vms')
  const { name } = desired
  const isMac = process.platform === 'darwin'
  const path = (isMac ? plistPath : unitPath)(name, process.env)
  const said = (text: string, installed: boolean): number => {
    output.write(options.json ? `${JSON.stringify({ path, installed })}\n` : text)
    return exitCodes.done
  }
  if (action === 'uninstall') {
    if ((await readIfExists(path)) === undefined) {
      return said(`${path} does not exist; nothing to remove\n`, false)
    }
    await manage(
      isMac ? ['launchctl', 'unload', path] : ['systemctl', '--user', 'disable', '--now', unitName(name)],
    )
    await rm(path)
    if (!isMac) await manage(['systemctl', '--user', 'daemon-reload'])
    return said(`removed ${path}\n`, false)
  }
  const env = Object.fromEntries(
    serviceVariables.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])),
  )
  const inputs = {
    name,
    command: [join(packageRoot(), 'bin', 'desktop')],
    file,
    repair: options.repair ?? 'restart-engine',
    env,
  }
  await mkdir(dirname(path), { recursive: true })
  await writeAtomic(path, (isMac ? plistText : unitText)(inputs), { mode: 0o644 })
  try {
    if (isMac) await manage(['launchctl', 'load', '-w', path])
    else {
      await manage(['systemctl', '--user', 'daemon-reload'])
      await manage(['systemctl', '--user', 'enable', '--now', unitName(name)])
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  const boot = isMac ? '' : '; to start it at boot too: loginctl enable-linger'
  return said(`wrote ${path}\n${name} starts at login and is watched${boot}\n`, true)
}

async function manage(argv: readonly [string, ...string[]]): Promise<void> {
  const failed = (why: string, cause?: unknown): DesktopError =>
    new DesktopError('host/service', `${argv.join(' ')}: ${why}`, cause === undefined ? {} : { cause })
  let result: Awaited<ReturnType<typeof runProgram>>
  try {
    result = await runProgram(argv)
  } catch (error) {
    throw failed(messageOf(error), error)
  }
  if (result.code !== 0) throw failed(result.stderr.trim() || `it ended with ${result.code}`)
}
