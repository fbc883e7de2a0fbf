/**
 * `desktop watch`: streams drift events until Ctrl-C. Makes changes only with --repair, up to the given
 * effect.
 */
import { readFile } from 'node:fs/promises'
import { type Environment, openEnvironment } from '../../apply/environment/environment.ts'
import { assess } from '../../apply/plan/assess.ts'
import { repair } from '../../apply/run/repair.ts'
import { engineClient } from '../../engine/client.ts'
import { followEngine } from '../../engine/follow.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { hostRoutes } from '../../host/routes.ts'
import { parseResolvConf } from '../../net/services/dns/resolv-conf.ts'
import type { EffectClass } from '../../reconcile/plan.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import { type FileOptions, wantsJson } from '../arguments.ts'
import type { Output } from '../output.ts'
import { RepairBudget } from '../repair-budget.ts'
import { driftDocument } from '../views/drift.ts'
import { changesOf, type Look, type WatchEvent, watchEvent, watchLine } from '../views/watch.ts'
import { watchLoop } from '../watch-loop.ts'

interface Options extends FileOptions {
  /** Milliseconds. */
  interval: number
  format?: 'text' | 'json'
  repair?: EffectClass
}

/** Events of containers, images and volumes are irrelevant to the configuration. */
const filters = { type: ['daemon', 'network'], event: ['reload', 'create', 'destroy', 'remove'] }

export async function run(options: Options, output: Output): Promise<number> {
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, onSignal)
  const environment = await openEnvironment(options)
  const tell = (body: Parameters<typeof watchEvent>[1]): void => {
    const event: WatchEvent = watchEvent(new Date(), body)
    output.write(wantsJson(options) ? `${JSON.stringify(event)}\n` : watchLine(event, output))
    if (!output.isRead()) stop.abort()
  }
  let before: Look | undefined
  let failure = ''
  const budget = new RepairBudget()
  const mend = async ({ drift }: Look): Promise<void> => {
    if (!drift.drifted) return budget.reset()
    const text = JSON.stringify(drift.differences)
    if (!budget.allows(text, performance.now())) return
    let isOver = false
    try {
      const done = await repair(await openEnvironment(options), options.repair ?? 'live', stop.signal)
      if (done.result === 'nothing' || done.result === 'stopped') return
      const { result, operations } = done
      tell({ event: 'repair', result, operations })
      // Check the result of the repair soon.
      loop.stir()
    } finally {
      isOver = budget.tried(performance.now())
      if (isOver) tell({ event: 'repair', result: 'given-up', operations: [] })
    }
  }
  const loop = watchLoop(
    async () => {
      try {
        const after = await lookAt(await openEnvironment(options))
        for (const body of changesOf(before, after)) tell(body)
        before = after
        if (options.repair !== undefined) await mend(after)
        failure = ''
      } catch (error) {
        const code = error instanceof DesktopError ? error.code : 'internal/bug'
        const message = messageOf(error)
        // Report an error once, not with every check.
        if (message !== failure) tell({ event: 'error', code, message })
        failure = message
      }
    },
    { intervalMs: options.interval, signal: stop.signal },
  )
  const follower = {
    filters,
    onOpen: loop.stir,
    onEvent: ({ Type: type, Action: action, Actor }: Parameters<EngineListener>[0]) => {
      const subject = Actor?.Attributes?.name ?? Actor?.ID?.slice(0, 12) ?? ''
      tell({ event: 'engine', type, action, subject })
      loop.stir()
    },
    onGone: async () => loop.stir(),
    onFailure: () => {},
  }
  const followed = followEngine(engineClient(environment.dockerSocket), follower, stop.signal)
  await Promise.all([loop.ended, followed])
  return exitCodes.done
}

type EngineListener = Parameters<typeof followEngine>[1]['onEvent']

async function lookAt(environment: Environment): Promise<Look> {
  const [{ document }, routes, resolvConf, denials] = await Promise.all([
    assess(environment),
    hostRoutes(),
    readFile('/etc/resolv.conf', 'utf8').catch(() => ''),
    denialsOf(environment).catch(() => undefined),
  ])
  return {
    drift: driftDocument(document),
    routes: routes.map((route) => `${route.network} ${route.interface}`).sort(),
    resolvers: parseResolvConf(resolvConf).servers.map(({ address, port }) => `${address}:${port}`),
    denials,
  }
}

/** Empty if the VM is not running, so that all later denials count as new. */
async function denialsOf({ paths }: Environment): Promise<Look['denials']> {
  const control = await connectSupervisor(paths)
  if (control === undefined) return []
  await using _control = control
  return (await control.egressDenials()).listed
}
