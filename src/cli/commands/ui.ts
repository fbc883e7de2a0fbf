/**
 * `desktop ui`: serves a page of the live network on loopback while the command is running. Read-only, unless
 * `--write`.
 */
import { spawn } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Environment, openEnvironment } from '../../apply/environment/environment.ts'
import { compareGenerations } from '../../apply/history/compare.ts'
import { generationNumbers, readGeneration } from '../../apply/history/generation.ts'
import { assess } from '../../apply/plan/assess.ts'
import { engineClient } from '../../engine/client.ts'
import { hideValues } from '../../errors/credentials.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { printable } from '../../escape.ts'
import { packageRoot } from '../../host/paths.ts'
import { observedValue } from '../../observation.ts'
import { observeServices } from '../../observe/services.ts'
import { controlClient } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import { Looks } from '../live/looks.ts'
import type { Output } from '../output.ts'
import { readServiceLog } from '../service-log.ts'
import { allowDocument } from '../ui/allow-document.ts'
import { readAssets } from '../ui/assets.ts'
import { configFile } from '../ui/config-file.ts'
import { containerNames } from '../ui/container-names.ts'
import { LiveEvents } from '../ui/events.ts'
import { endWhenIdle, startKept } from '../ui/keep.ts'
import { fileLog, type LogReader, sendLog } from '../ui/logs.ts'
import { PageApply } from '../ui/page-apply.ts'
import { prefetched } from '../ui/prefetched.ts'
import { type PageServerOptions, servePage } from '../ui/server.ts'
import { generationDocument, historyDocument } from '../views/history.ts'
import { files as logFiles } from './logs.ts'
import { statusOf } from './status.ts'

interface Options extends FileOptions {
  /** False with --no-open. */
  open: boolean
  port?: number
  socket?: string
  write?: true
  keep?: true
  /** Milliseconds. */
  idle?: number
}

const intervalMs = 100
/** Idle timeout of a page in the background. */
const keptIdleMs = 3_600_000
/** Grace period for a running apply when the command ends. */
const graceMs = 7_000

export async function run(options: Options, output: Output): Promise<number> {
  if (options.port !== undefined && options.socket !== undefined) {
    throw new DesktopError('cli/usage', '--port and --socket exclude each other')
  }
  if (options.keep) return await keep(options, output)
  const stop = new AbortController()
  const stopped = new Promise<void>((done) => stop.signal.addEventListener('abort', () => done()))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  // Report an invalid file here instead of in the page.
  const environment = await openEnvironment(options)
  const assets = await readAssets(join(packageRoot(), 'dist', 'page'))
  const at = options.socket === undefined ? { port: options.port ?? 0 } : { socket: resolve(options.socket) }
  const kill = new AbortController()
  const applies = new PageApply({
    open: () => openEnvironment(options),
    text,
    stop: stop.signal,
    kill: kill.signal,
  })
  const { live, ...from } = sources(environment, options, stop.signal)
  using _idle =
    options.idle === undefined
      ? undefined
      : endWhenIdle(
          options.idle,
          () => live.lastOpenMs,
          () => stop.abort(),
        )
  const writing = { actions: { apply: (body: unknown, to: ServerResponse) => applies.run(body, to) } }
  await using server = await servePage({
    ...{ at, assets, text },
    ...(options.write ? writing : {}),
    events: from.events,
    data: options.write ? { ...from.data, plan: () => applies.plan() } : from.data,
  })
  if (server.port === undefined) {
    output.say(`serving at ${options.socket}; forward a port to it: ssh -L 8123:${options.socket} HOST`)
    output.write(`http://localhost:8123/#token=${server.token}\n`)
  } else {
    const url = `http://127.0.0.1:${server.port}/#token=${server.token}`
    output.write(`${url}\n`)
    output.say('the URL works once; press Ctrl-C to stop')
    if (options.open) openBrowser(url)
  }
  await stopped
  // Let a running apply finish, as with `desktop apply`.
  await Promise.race([applies.idle, sleep(graceMs, undefined, { ref: false })])
  kill.abort()
  return exitCodes.done
}

/** Checks the file in the foreground, then starts the server in the background. */
async function keep(options: Options, output: Output): Promise<number> {
  await openEnvironment(options)
  const { url, pid } = await startKept(options.idle ?? keptIdleMs)
  output.write(`${url}\n`)
  output.say(
    `the URL works once; the server stays in the background until no page has been open for a while; to stop it: kill ${pid}`,
  )
  if (options.open && options.socket === undefined) openBrowser(url)
  return exitCodes.done
}

/** The same filters as `Output`. */
const text = (document: unknown): string => printable(hideValues(JSON.stringify(document) ?? 'null'))

/** Each document rereads the files, like a new run of the command. */
function sources(
  { paths, dockerSocket, desired }: Environment,
  options: Options,
  signal: AbortSignal,
): Pick<PageServerOptions, 'data' | 'events'> & { live: LiveEvents } {
  const looks = new Looks(dockerSocket)
  const control = controlClient(paths, signal)
  const live = new LiveEvents({
    look: () => looks.look(control),
    text,
    intervalMs,
  })
  live.begin()
  return {
    live,
    data: {
      overview: prefetched(async () => statusOf(await openEnvironment(options))),
      plan: async () => (await assess(await openEnvironment(options))).document,
      file: async (query) => configFile(query.get('name') ?? '', await openEnvironment(options)),
      names: async () => {
        const { dns, network, names } = await control.facts()
        return { dns: dns ?? null, network: network ?? null, host: names ?? null }
      },
      hosts: async () => {
        const { network, names, engine } = await control.facts()
        if (names === undefined || network === undefined || engine.state !== 'up') return []
        return containerNames(engineClient(dockerSocket), network.address)
      },
      queries: () => control.dnsQueries(),
      rules: async () => {
        const [{ egress }, rules, denials] = await Promise.all([
          control.facts(),
          control.egressRules(),
          control.egressDenials(),
        ])
        return { egress: egress ?? null, rules, denials }
      },
      allow: async (query) => {
        const [{ listed }, { files }] = await Promise.all([control.egressDenials(), openEnvironment(options)])
        const id = query.get('id') === 'all' ? undefined : numberIn(query, 'id')
        return allowDocument(
          listed.filter((denial) => id === undefined || denial.id === id),
          files,
        )
      },
      services: async () => (observedValue(await observeServices(control)) ?? []).map(({ name }) => name),
      ports: async () => (await control.facts()).ports,
      history: async () => {
        const numbers = (await generationNumbers(paths.generationsDir)).reverse()
        const found = await Promise.all(numbers.map((number) => readGeneration(paths.generationsDir, number)))
        return historyDocument(
          desired.name,
          found.filter((generation) => generation !== undefined),
        )
      },
      generation: async (query) => {
        const found = await readGeneration(paths.generationsDir, numberIn(query, 'number'))
        return found === undefined ? null : generationDocument(found)
      },
      diff: async (query) => {
        const pair = [numberIn(query, 'from'), numberIn(query, 'to')]
        const [from, to] = await Promise.all(
          pair.map((number) => readGeneration(paths.generationsDir, number)),
        )
        if (from === undefined || to === undefined) return null
        return compareGenerations(generationDocument(from), generationDocument(to))
      },
    },
    events: {
      live: (response, _query, lastId) => live.add(response, Number(lastId) || 0),
      logs: (response, query, lastId) => {
        const source = query.get('source') ?? ''
        const path = Object.hasOwn(logFiles, source) ? logFiles[source]?.(paths) : undefined
        const read: LogReader =
          path === undefined
            ? (at) => readServiceLog(control, source, at, Object.keys(logFiles))
            : fileLog(path)
        sendLog(read, response, lastId, text).catch((error: unknown) => {
          response.end(`event: failure\ndata: ${text({ reason: messageOf(error) })}\n\n`)
        })
      },
    },
  }
}

function numberIn(query: URLSearchParams, name: string): number {
  const number = Number(query.get(name))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new DesktopError('cli/usage', `${name} must be an integer, at least 1`)
}

/** Ignores errors: the URL is printed as well. */
function openBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
