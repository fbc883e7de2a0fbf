/**
 * A terminal in the VM: raw input, window resizes and exit code are forwarded. The guest's side is
 * shell-session, whose first line is the command.
 */
import { randomBytes } from 'node:crypto'
import { DesktopError } from '../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { controlClient } from '../supervisor/api/client.ts'
import { openStream } from '../supervisor/api/streams.ts'

/** @param command for `sh -c`; undefined for a login shell. Returns the exit code. */
export async function runTerminal(paths: EnvironmentPaths, command: string | undefined): Promise<number> {
  const { stdin, stdout } = process
  await using control = controlClient(paths)
  const stream = await openStream(paths, 'shell')
  const id = randomBytes(8).toString('hex')
  const { rows, columns } = stdout.rows > 0 ? stdout : { rows: 24, columns: 80 }
  const term = /^[\w.+-]+$/.test(process.env.TERM ?? '') ? process.env.TERM : 'vt100'
  const encoded = command === undefined ? '-' : Buffer.from(command).toString('base64')
  stream.write(`${id} ${rows} ${columns} ${term} ${encoded}\n`)
  const resize = (): void => {
    const size = `stty -F "$(cat /run/shell/${id}.tty)" rows ${stdout.rows} cols ${stdout.columns}`
    const argv = ['in-service', 'shell-channel', 'sh', '-c', size]
    // The next resize retries.
    control.guestExec(argv).catch(() => {})
  }
  stdout.on('resize', resize)
  if (stdin.isTTY) stdin.setRawMode(true)
  try {
    stdin.on('data', (chunk: Buffer) => stream.write(chunk))
    // Forward the end of input to the program in the VM.
    stdin.once('end', () => stream.write('\x04'))
    stream.on('data', (chunk: Buffer) => stdout.write(chunk))
    await new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject))
  } finally {
    stdout.off('resize', resize)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    stream.destroy()
  }
  const code = await control.guestExec(['sh', '-c', `cat /run/shell/${id}; rm -f /run/shell/${id}`])
  if (!/^\d+\n$/.test(code.stdout)) {
    throw new DesktopError('vm/agent', 'the terminal closed before its program exited', {
      hint: '`desktop status` shows whether the VM runs; a supervisor of an older version lacks terminals: apply replaces it',
    })
  }
  return Number(code.stdout)
}
