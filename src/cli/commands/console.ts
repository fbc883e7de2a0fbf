/** `desktop console`: the VM's tty with its scrollback. Several users can attach at once; Ctrl-] detaches. */
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { controlClient } from '../../supervisor/api/client.ts'
import { openStream } from '../../supervisor/api/streams.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

/** Ctrl-], as in telnet and `virsh console`. */
const leaveByte = 0x1d
/** After detaching, output that the supervisor has already sent is printed; wait no longer than this. */
const leaveMs = 2_000

export async function run(given: FileOptions, output: Output, machine?: string): Promise<number> {
  const options = machine === undefined ? given : { ...given, machine }
  const { paths } = await openReachable(options)
  const { stdin, stdout } = process
  if (!stdin.isTTY && options.json) throw new DesktopError('cli/usage', 'desktop console has no --json')
  const stream = await openStream(paths, 'console')
  output.say('attached to the console; Ctrl-] leaves it')
  await using control = controlClient(paths)
  // A serial line carries no window size, so the guest agent sets it. With several viewers, the last one
  // wins.
  const resize = (): void => {
    if (!(stdout.rows > 0)) return
    const size = ['rows', String(stdout.rows), 'cols', String(stdout.columns)]
    // A booting guest has no agent yet; the next resize retries.
    control.guestExec(['stty', '-F', '/dev/ttyS0', ...size]).catch(() => {})
  }
  stdout.on('resize', resize)
  resize()
  if (stdin.isTTY) stdin.setRawMode(true)
  try {
    stream.pipe(stdout, { end: false })
    await new Promise<void>((resolve, reject) => {
      stream.once('close', resolve)
      stream.once('error', reject)
      const leave = (last: Uint8Array): void => {
        stream.end(last)
        setTimeout(resolve, leaveMs).unref()
      }
      stdin.on('data', (chunk: Buffer) => {
        if (stream.writableEnded) return
        const at = chunk.indexOf(leaveByte)
        if (at < 0) stream.write(chunk)
        else leave(chunk.subarray(0, at))
      })
      // End of input (e.g. of a script) detaches; bytes already read are still sent.
      stdin.once('end', () => leave(Buffer.alloc(0)))
    })
  } finally {
    stdout.off('resize', resize)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    stream.destroy()
  }
  output.say('\nleft the console')
  return exitCodes.done
}
