/** `desktop egress learn`: records destinations that no rule covers and prints rules that allow them. */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import { learnedPatch, learnedTargets } from '../learned-rules.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  /** Milliseconds. */
  for?: number
}

/** Poll interval; the supervisor records for half a minute after each request. */
const lookMs = 5_000

export async function run(options: Options, output: Output): Promise<number> {
  if (options.json) throw new DesktopError('cli/usage', 'desktop egress learn has no --json')
  const { desired, files, paths } = await openEnvironment(options)
  const control = await connectSupervisor(paths)
  if (control === undefined) throw new DesktopError('vm/not-running', `${desired.name} is not running`)
  await using _control = control
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  await control.egressSends()
  output.say(options.for === undefined ? 'recording; press Ctrl-C to stop' : 'recording')
  const endMs = performance.now() + (options.for ?? Number.POSITIVE_INFINITY)
  while (!stop.signal.aborted && performance.now() < endMs) {
    const leftMs = Math.min(lookMs, endMs - performance.now())
    await delay(leftMs, undefined, { signal: stop.signal }).catch(() => {})
    await control.egressSends()
  }
  const { listed, unlisted } = await control.egressSends()
  const targets = learnedTargets(listed)
  if (targets.length === 0) {
    output.say('no rule to add: no destination was reached without one')
    return exitCodes.done
  }
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
  output.write(learnedPatch(targets, texts))
  if (unlisted > 0) output.say(`${unlisted} more destinations were not recorded`)
  output.say(`${targets.length} rules; read them, then apply the patch with \`patch -p1\``)
  return exitCodes.done
}
