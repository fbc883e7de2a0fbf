/** Protocol between a page with `--write` and its server. */
import type { PlanDocument } from '../../apply/plan/document.ts'
import type { ApplyEvent } from '../../apply/run/events.ts'

/** The page's plan; with `--write`, it has a number for applying it. */
export type ShownPlan = PlanDocument & { id?: number }

/** Lines of the response: events of the apply, then the error if it failed. */
export type ApplyLine = ApplyEvent | { event: 'failure'; code: string; message: string; hint?: string }

export interface ApplyRequest {
  /** Number of the plan shown. */
  id: number
  /** Consents given, as for `--allow`. */
  allow: string[]
}
