/** What a page with `--write` and its server say to each other. */
import type { PlanDocument } from '../../apply/plan/document.ts'
import type { ApplyEvent } from '../../apply/run/events.ts'

/** The plan of the page; with `--write` it has a number by which it can be applied. */
export type ShownPlan = PlanDocument & { id?: number }

/** Lines of the reply: events of the apply, and at the end why it failed, if it did. */
export type ApplyLine = ApplyEvent | { event: 'failure'; code: string; message: string; hint?: string }

export interface ApplyRequest {
  /** Of the plan, as it was shown. */
  id: number
  /** Consents that were given, as `--allow` takes them. */
  allow: string[]
}
