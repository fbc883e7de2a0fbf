/** Waits until a service has converged, or throws with the reason why it does not. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../../errors/desktop-error.ts'
import type { OnProgress } from '../../../progress.ts'
import type { Convergence } from './convergence.ts'

export interface AwaitOptions {
  /** How long a service may be without progress, e.g. with a failing task. */
  troubleMs?: number
  /** Longest wait for a service, e.g. for large images, in addition to delays of its update. */
  serviceMs?: number
  pollMs?: number
}

interface Service {
  name: string
  /** Name of a machine for the hint. */
  machine: string
  look: () => Promise<Convergence>
  onProgress: OnProgress
}

export async function awaitService(
  { name, machine, look, onProgress }: Service,
  { troubleMs = 60_000, serviceMs = 900_000, pollMs = 1_000 }: AwaitOptions,
): Promise<void> {
  const failed = (message: string): DesktopError =>
    new DesktopError('swarm/service-failed', message, {
      hint: `see \`desktop docker ${machine} -- service ps --no-trunc ${name}\``,
    })
  const began = performance.now()
  let runningSince: number | undefined
  let troubleSince: number | undefined
  let said = ''
  /** After a rollback, the swarm no longer lists the tasks that failed. */
  let reason: string | undefined
  let allowedMs = serviceMs
  for (;;) {
    const state = await look()
    const now = performance.now()
    switch (state.kind) {
      case 'failed':
        throw failed(
          reason === undefined || state.message.includes(reason)
            ? state.message
            : `${state.message}: ${reason}`,
        )
      case 'running':
        runningSince ??= now
        troubleSince = undefined
        if (now - runningSince >= state.verifyMs) return
        break
      case 'waiting':
        runningSince = undefined
        reason = state.error ?? reason
        allowedMs = Math.max(allowedMs, serviceMs + state.updateMs)
        troubleSince = state.trouble === undefined ? undefined : (troubleSince ?? now)
        if (troubleSince !== undefined && now - troubleSince >= troubleMs)
          throw failed(`${state.text}: ${state.trouble}`)
        if (state.text !== said) onProgress({ step: 'stack', message: state.text })
        said = state.text
    }
    if (now - began >= allowedMs) throw failed(`${name} has not converged after ${allowedMs / 1_000} s`)
    await sleep(pollMs)
  }
}
