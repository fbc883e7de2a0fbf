/** `desktop top`: containers and connections by rate, on the terminal until q, or once as text or JSON. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { connectSupervisor, controlClient } from '../../supervisor/api/client.ts'
import { type FileOptions, wantsJson } from '../arguments.ts'
import type { Live } from '../live/live.ts'
import { Looks } from '../live/looks.ts'
import type { Output } from '../output.ts'
import { pageOf, topLines, topText } from '../top/lines.ts'
import { openScreen } from '../top/screen.ts'
import { initialTop, pressed, shownFlows, type TopState } from '../top/state.ts'

interface Options extends FileOptions {
  /** Milliseconds. */
  interval: number
  once?: true
  format?: 'text' | 'json'
}

/** Output of `--format json` (schemas/top.schema.json). */
export interface TopDocument extends Live {
  format: 'desktop-top/1'
  environment: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const { desired, paths, dockerSocket } = await openReachable(options)
  const name = desired.name
  const control = await connectSupervisor(paths)
  if (control === undefined) throw new DesktopError('vm/not-running', `${name} is not running`)
  const looks = new Looks(dockerSocket)
  const look = (from: Control): Promise<Live> => looks.look(from)
  const isScreen = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (isScreen && options.once !== true && !wantsJson(options)) {
    const stop = new AbortController()
    await follow(initialTop(name), () => look(controlClient(paths, stop.signal)), options.interval, stop)
    return exitCodes.done
  }
  await look(control)
  // A rate needs two samples.
  await Promise.all([sleep(options.interval), looks.settled()])
  const live = await look(control)
  const state = { ...initialTop(name), live }
  const document: TopDocument = {
    format: 'desktop-top/1',
    environment: name,
    ...live,
    flows: shownFlows(state),
  }
  output.write(wantsJson(options) ? `${JSON.stringify(document, null, 2)}\n` : topText(state))
  return exitCodes.done
}

/** Runs until a key or a signal. Waits for a restarting supervisor, whose successor has the same flows. */
async function follow(
  first: TopState,
  look: () => Promise<Live>,
  intervalMs: number,
  stop: AbortController,
): Promise<void> {
  let state = first
  const end = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
  using screen = openScreen(
    (key) => {
      const next = pressed(state, key, pageOf(state, screen.size()))
      if (next === undefined) end()
      else state = next
      draw()
    },
    () => draw(),
  )
  const draw = (): void => {
    if (!stop.signal.aborted) screen.draw(topLines(state, screen.size()))
  }
  draw()
  while (!stop.signal.aborted) {
    if (!state.paused) {
      try {
        state = { ...state, live: await look(), failure: undefined }
      } catch (error) {
        state = { ...state, failure: `waiting for the supervisor: ${messageOf(error)}` }
      }
      draw()
    }
    await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => {})
  }
}
