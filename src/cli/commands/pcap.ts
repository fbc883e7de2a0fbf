/**
 * `desktop pcap [FILTER…]`: captures packets of the VM's link to a pcap file, or live into Wireshark. Ctrl-C,
 * SIGTERM, a closed reader or `--count` ends the capture and leaves a complete file.
 */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { systemCode } from '../../errors/system.ts'
import { openCapture } from '../../supervisor/api/streams.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  write?: string
  count?: number
  snaplen: number
}

export async function run(options: Options, output: Output, words: readonly string[]): Promise<number> {
  const { write } = options
  const toStdout = write === undefined || write === '-'
  if (toStdout && process.stdout.isTTY) {
    throw new DesktopError('cli/usage', 'refusing to write a binary capture to a terminal', {
      hint: 'write it to a file: desktop pcap -w FILE, or pipe it: desktop pcap | wireshark -k -i -',
    })
  }
  const { paths } = await openReachable(options)
  const capture = await openCapture(paths, {
    filter: words.join(' '),
    snapBytes: options.snaplen,
    count: options.count,
  })
  process.once('SIGINT', capture.stop).once('SIGTERM', capture.stop)
  output.say(toStdout ? 'capturing; Ctrl-C ends it' : `capturing into ${write}; Ctrl-C ends it`)
  // Private, because captured traffic may contain passwords.
  const target = toStdout ? process.stdout : createWriteStream(write, { mode: 0o600 })
  try {
    await pipeline(capture.stream, target)
  } catch (error) {
    // The reader, e.g. `| head` or Wireshark, has closed the pipe.
    if (toStdout && (systemCode(error) === 'EPIPE' || !output.isRead())) return exitCodes.done
    throw error
  } finally {
    capture.stop()
  }
  const { captured, lost } = capture.counters()
  output.say(`${captured} frames captured${lost > 0 ? `, ${lost} lost: the reader was too slow` : ''}`)
  return exitCodes.done
}
