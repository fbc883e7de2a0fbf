/** Deadlines of requests to another host. */
import type { RequestName } from './protocol.ts'

/** undefined: a build, a boot or a download may take any time while the agent there is alive. */
export const deadlineMs: Readonly<Record<RequestName, number | undefined>> = {
  hello: 15_000,
  lock: undefined,
  unlock: 30_000,
  assess: 180_000,
  status: 180_000,
  begin: 60_000,
  step: undefined,
  event: undefined,
  end: 60_000,
  left: 30_000,
  places: 30_000,
  probe: 30_000,
  stop: undefined,
  destroy: undefined,
}
