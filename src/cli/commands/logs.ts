/** `desktop logs [MACHINE] [SOURCE]`: logs of this host or of a service in the VM; --follow streams new lines. */
import { type FileHandle, open, watch } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { systemCode } from '../../errors/system.ts'
import { readEnd } from '../../host/file-end.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import { leadingMachine } from '../machine-argument.ts'
import type { Output } from '../output.ts'
import { readServiceLog } from '../service-log.ts'

interface Options extends FileOptions {
  lines?: number
  follow?: true
}

/** Log files of this host; all other sources are services of the VM. */
export const files: Readonly<Record<string, (paths: EnvironmentPaths) => string>> = {
  console: (paths) => paths.consoleLog,
  supervisor: (paths) => paths.supervisorLog,
  qemu: (paths) => paths.qemuLog,
}

export async function run(given: Options, output: Output, ...all: (string | undefined)[]): Promise<number> {
  const { options, words } = leadingMachine(
    given,
    all.filter((word) => word !== undefined),
  )
  const [source = 'console', ...more] = words
  if (more.length > 0) throw new DesktopError('cli/usage', `one source at a time, not ${words.join(' ')}`)
  const pathOf = files[source]
  const { paths, desired } = await (pathOf === undefined ? openReachable : openEnvironment)(options)
  if (pathOf === undefined) {
    const control = await connectSupervisor(paths)
    if (control === undefined) {
      throw new DesktopError(
        'vm/not-running',
        `${desired.name} is not running: its services cannot be inspected`,
        {
          hint:
            didYouMean(source, Object.keys(files)) ?? `this host itself has ${Object.keys(files).join(', ')}`,
        },
      )
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
  const { size } = await file.stat()
  if (options.lines === undefined) await copy(file, 0, size, output)
  else {
    const { text, from } = await readEnd(path, tailBytes)
    if (from > 0 && text.split('\n').length <= options.lines)
      output.say(`the last ${tailBytes / 2 ** 20} MiB; the whole log is in ${path}`)
    output.write(lastLines(text, options.lines))
  }
  if (options.follow === true) await follow(path, size, output)
  return exitCodes.done
}

const pieceBytes = 64 * 1024
/** Limit of the text that is searched for `--lines`, from the end of the file. */
const tailBytes = 4 * 2 ** 20

/** Copies whole lines, because escaping works by line. Returns the new offset. */
async function copy(file: FileHandle, from: number, to: number, output: Output): Promise<number> {
  const decoder = new StringDecoder('utf8')
  const bytes = Buffer.alloc(pieceBytes)
  let line = ''
  let at = from
  while (at < to && output.isRead()) {
    const { bytesRead } = await file.read(bytes, 0, Math.min(bytes.length, to - at), at)
    if (bytesRead === 0) break
    at += bytesRead
    line += decoder.write(bytes.subarray(0, bytesRead))
    const end = line.length > pieceBytes ? line.length : line.lastIndexOf('\n') + 1
    output.write(line.slice(0, end))
    line = line.slice(end)
  }
  output.write(line)
  return at
}

export function lastLines(text: string, count: number): string {
  const lines = text.split('\n')
  const end = lines.at(-1) === '' ? 1 : 0
  return lines.slice(Math.max(0, lines.length - count - end)).join('\n')
}

/** Runs until Ctrl-C. A truncated file is read from its start. */
async function follow(path: string, from: number, output: Output): Promise<void> {
  let at = from
  for await (const _change of watch(path)) {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    if (size < at) at = 0
    at = await copy(file, at, size, output)
    if (!output.isRead()) return
  }
}

/** Interval of polling the guest; each poll starts a program there. */
const pollMs = 1_000

async function serviceLog(
  control: Control,
  name: string,
  { lines, follow: goesOn }: Options,
  output: Output,
): Promise<void> {
  let at: number | undefined
  for (;;) {
    const piece = await readServiceLog(control, name, at, Object.keys(files))
    output.write(at === undefined && lines !== undefined ? lastLines(piece.text, lines) : piece.text)
    at = piece.at
    if (goesOn !== true || !output.isRead()) return
    await sleep(pollMs)
  }
}
