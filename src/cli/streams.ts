/**
 * Runs a command in the VM without a terminal: forwards input, output, errors and exit code unmodified, and
 * this process's signals. The guest's side is exec-session, with one connection per stream.
 */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../errors/desktop-error.ts'
import { printable } from '../escape.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { controlClient } from '../supervisor/api/client.ts'
import { openStream } from '../supervisor/api/streams.ts'

/** Forwarded to the command. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
/** Number of signals that end this process, as in docker, if the command ignores them or the guest hangs. */
const patience = 3
/** Background processes may keep the outputs open; stop reading after this much silence. */
const stillMs = 2_000

/**
 * @param command for `sh -c`.
 * @param input undefined for none. Returns the exit code.
 */
export async function runStreams(
  paths: EnvironmentPaths,
  command: string,
  input: Readable | undefined,
): Promise<number> {
  await using control = controlClient(paths)
  const id = randomBytes(8).toString('hex')
  const open = async (line: string): Promise<Socket> => {
    const stream = await openStream(paths, 'exec')
    stream.on('error', () => {})
    stream.write(`${id} ${line}\n`)
    return stream
  }
  const [out, err] = await Promise.all([open('out'), open('err')])
  const outputs = [pour(out, process.stdout), pour(err, process.stderr)]
  const main = await open(`run ${Buffer.from(command).toString('base64')}`)
  const forced = Promise.withResolvers<never>()
  let requests = 0
  const pass = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') requests += 1
    if (requests === patience) {
      const hint = 'the command may still run in the VM: `desktop exec -- ps` lists it'
      forced.reject(
        new DesktopError('cli/interrupted', `stopped waiting after ${patience} signals`, { hint }),
      )
    }
    const script = `kill -s ${signal.slice(3)} -- -"$(cat /run/exec/${id}/pid)"`
    // Fails if the process has just exited.
    control.guestExec(['sh', '-c', script]).catch(() => {})
  }
  for (const signal of signals) process.on(signal, pass)
  try {
    if (input === undefined) main.end()
    else input.pipe(main)
    const code = await Promise.race([text(main).catch(() => ''), forced.promise])
    if (!/^\d+\n$/.test(code)) {
      throw new DesktopError('vm/agent', 'the connection closed before the command exited', {
        hint: '`desktop status` shows whether the VM runs; a supervisor of an older version lacks this: apply replaces it',
      })
    }
    await Promise.race([Promise.all(outputs.map((output) => output.ended())), forced.promise])
    return Number(code)
  } finally {
    // The handlers stay: a further signal must not change the exit code of a process that is exiting.
    input?.unpipe(main)
    // Nobody waits for more of it.
    input?.destroy()
    for (const stream of [out, err, main]) stream.destroy()
  }
}

/** A program reads what goes into a pipe or a file, byte for byte; a terminal would carry out what is in it. */
function pour(from: Socket, to: Writable & { isTTY?: boolean }): { ended: () => Promise<void> } {
  const decoder = new TextDecoder()
  let [over, lastMs] = [false, performance.now()]
  const closed = new Promise<void>((resolve) => {
    from.once('close', () => {
      over = true
      resolve()
    })
  })
  from.on('data', (bytes: Buffer) => {
    lastMs = performance.now()
    const more = to.write(to.isTTY === true ? printable(decoder.decode(bytes, { stream: true })) : bytes)
    if (!more) from.pause()
  })
  to.on('drain', () => {
    lastMs = performance.now()
    from.resume()
  })
  // Its reader is gone: the command gets SIGPIPE, as on this host.
  to.once('error', () => from.destroy())
  return {
    ended: async () => {
      while (!over && (from.isPaused() || performance.now() - lastMs < stillMs)) {
        await Promise.race([closed, sleep(100)])
      }
    },
  }
}
