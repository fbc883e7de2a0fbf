/** `desktop logs [console|supervisor|qemu]`: what was written, and with --follow what is being written. */
import { open, watch } from 'node:fs/promises'
import { openEnvironment } from '../../apply/environment.ts'
import { DesktopError, exitCodes, systemCode } from '../../errors.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  lines?: number
  follow?: true
}

const sources: Readonly<Record<string, (paths: EnvironmentPaths) => string>> = {
  console: (paths) => paths.consoleLog,
  supervisor: (paths) => paths.supervisorLog,
  qemu: (paths) => paths.qemuLog,
}

export async function run(options: Options, output: Output, source: string): Promise<number> {
  const pathOf = sources[source]
  if (pathOf === undefined) {
    throw new DesktopError('cli/usage', `there is no log called "${source}"`, {
      hint: `one of ${Object.keys(sources).join(', ')}`,
    })
  }
  const path = pathOf((await openEnvironment(options)).paths)
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
