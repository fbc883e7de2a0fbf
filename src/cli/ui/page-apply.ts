/**
 * Plan and apply for a page with `--write`: applies exactly the plan that the page was shown, under the
 * environment's lock, with the consents that `desktop apply` asks for.
 */
import type { ServerResponse } from 'node:http'
import { claimed, type Environment } from '../../apply/environment/environment.ts'
import { lockEnvironment } from '../../apply/environment/lock.ts'
import { assess } from '../../apply/plan/assess.ts'
import type { PlanDocument } from '../../apply/plan/document.ts'
import { consentsOf } from '../../apply/plan/document.ts'
import { refuseForbidden } from '../../apply/plan/policy.ts'
import { refuseStale } from '../../apply/plan/saved-plan.ts'
import { applyPlan, refuseBlocked } from '../../apply/run/apply.ts'
import { hostEffects } from '../../apply/run/host-effects.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { explained, messageOf } from '../../errors/system.ts'
import type { ApplyLine, ApplyRequest, ShownPlan } from './apply-protocol.ts'

/** Number of recent plans kept; older ones are stale anyway. */
const keptPlans = 16

interface PageApplyOptions {
  open: () => Promise<Environment>
  /** Serialises for output, without credentials. */
  text: (document: unknown) => string
  /** Aborted when the command ends: nothing more is started. */
  stop: AbortSignal
  kill: AbortSignal
}

export class PageApply {
  readonly #options: PageApplyOptions
  readonly #shown = new Map<number, PlanDocument>()
  #nextId = 1
  #running: Promise<void> = Promise.resolve()

  constructor(options: PageApplyOptions) {
    this.#options = options
  }

  /** Resolves when no apply is running. */
  get idle(): Promise<void> {
    return this.#running
  }

  /** Makes a plan; `run` applies it by its number. */
  async plan(): Promise<ShownPlan> {
    const { document } = await assess(await this.#options.open())
    const id = this.#nextId
    this.#nextId += 1
    this.#shown.set(id, document)
    this.#shown.delete(id - keptPlans)
    return { ...document, id }
  }

  /** Streams JSON lines. The apply continues if the page is closed. */
  run(body: unknown, response: ServerResponse): Promise<void> {
    const write = (line: ApplyLine): void => {
      if (!response.destroyed) response.write(`${this.#options.text(line)}\n`)
    }
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' })
    this.#running = this.#apply(body, write)
      .catch((thrown: unknown) => {
        const error = explained(thrown)
        const isOurs = error instanceof DesktopError
        const hint = isOurs && error.hint !== undefined ? { hint: error.hint } : {}
        write({
          event: 'failure',
          code: isOurs ? error.code : 'internal/bug',
          message: messageOf(error),
          ...hint,
        })
      })
      .finally(() => response.end())
    return this.#running
  }

  async #apply(body: unknown, write: (line: ApplyLine) => void): Promise<void> {
    const { id, allow } = requestIn(body)
    const shown = this.#shown.get(id)
    if (shown === undefined) throw new DesktopError('plan/stale', 'this plan has expired; plan again')
    const { open, stop, kill } = this.#options
    const environment = await open()
    await using _lock = await lockEnvironment(environment.paths, {
      command: 'desktop ui',
      timeoutMs: 0,
      say: () => {},
    })
    const assessment = await assess(await claimed(environment))
    refuseStale(shown, assessment.document)
    refuseForbidden(assessment.violations)
    refuseBlocked(assessment)
    const missing = consentsOf(assessment.plan).filter((name) => !allow.includes(name))
    if (missing.length > 0)
      throw new DesktopError(
        'plan/needs-consent',
        `data would be lost: ${missing.join(', ')}; nothing was changed`,
      )
    const effects = hostEffects(assessment, { kill, offline: false })
    await applyPlan(assessment, { effects, listeners: [write], stop })
  }
}

function requestIn(body: unknown): ApplyRequest {
  const { id, allow } = (body ?? {}) as Partial<ApplyRequest>
  const isList = Array.isArray(allow) && allow.every((name) => typeof name === 'string')
  if (typeof id === 'number' && isList) return { id, allow }
  throw new DesktopError('cli/usage', 'the request has no plan and list of consents')
}
