/** `desktop logs [SOURCE]`: what was written on this host or by a service of the VM, and with --follow what is being written. */
import { open, watch } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { openEnvironment } from '../../apply/environment.ts'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError, exitCodes, systemCode } from '../../errors.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { Control } from '../../supervisor/api.ts'
import { connectSupervisor } from '../../supervisor/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  lines?: number
  follow?: true
}

/** Files of this host; every other source is a service of the VM. */
const files: Readonly<Record<string, (paths: EnvironmentPaths) => string>> = {
  console: (paths) => paths.consoleLog,
  supervisor: (paths) => paths.supervisorLog,
  qemu: (paths) => paths.qemuLog,
}

export async function run(options: Options, output: Output, source: string): Promise<number> {
  const { paths, desired } = await openEnvironment(options)
  const pathOf = files[source]
  if (pathOf === undefined) {
    const control = await connectSupervisor(paths)
    if (control === undefined) {
      throw new DesktopError('vm/not-running', `${desired.name} does not run: its services cannot be asked`, {
        hint:
          didYouMean(source, Object.keys(files)) ?? `this host itself has ${Object.keys(files).join(', ')}`,
      })
    }
    await using _control = control
    await serviceLog(control, source, options, output)
    return exitCodes.done
  }
  const path = pathOf(paths)
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new DesktopError('state/no-environment', `nothing was logged yet: ${path} does not exist`)
  })
  await using _file = file
  const text = await file.readFile('utf8')
  output.write(options.lines === undefined ? text : lastLines(text, options.lines))
  if (options.follow === true) await follow(path, Buffer.byteLength(text), output)
  return exitCodes.done
}

export function lastLines(text: string, count: number): string {
  const lines = text.split('\n')
  const end = lines.at(-1) === '' ? 1 : 0
  return lines.slice(Math.max(0, lines.length - count - end)).join('\n')
}

/** Ends with the process: Ctrl-C is how a person leaves it. A file that became shorter is read from its start. */
async function follow(path: string, from: number, output: Output): Promise<void> {
  let at = from
  for await (const _change of watch(path)) {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    if (size < at) at = 0
    const chunk = Buffer.alloc(size - at)
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    at += bytesRead
    output.write(chunk.toString('utf8', 0, bytesRead))
    if (!output.isRead()) return
  }
}

/** Between two looks into the guest, each of which starts a program there. */
const pollMs = 1_000

/** The first line of an answer says how long the log is now; what follows is new. */
async function serviceLog(
  control: Control,
  name: string,
  { lines, follow: goesOn }: Options,
  output: Output,
): Promise<void> {
  let at: number | undefined
  for (;;) {
    const argv = ['/usr/sbin/service-log', name, at === undefined ? '-' : String(at)]
    const { exitCode, stdout, stderr } = await control.guestExec(argv)
    if (exitCode !== 0) {
      const known = [...Object.keys(files), ...stderr.trim().split(/\s+/)]
      throw new DesktopError('cli/usage', `there is no log called "${name}"`, {
        hint: didYouMean(name, known) ?? `one of ${known.join(', ')}`,
      })
    }
    const end = stdout.indexOf('\n')
    const text = stdout.slice(end + 1)
    output.write(at === undefined && lines !== undefined ? lastLines(text, lines) : text)
    at = Number(stdout.slice(0, end))
    if (goesOn !== true || !output.isRead()) return
    await sleep(pollMs)
  }
}
