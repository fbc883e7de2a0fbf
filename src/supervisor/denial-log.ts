/** What egress refused, in supervisor.log: a bounded number of lines whatever a guest tries. */
import { type DenialView, denialText } from '../net/egress/denials.ts'
import type { Log } from './log.ts'

/** Lines at once, and then one each few seconds: 16 MiB of log hold weeks of them. */
const burst = 32
const refillMs = 5_000

export function denialLog(
  log: Pick<Log, 'info'>,
  now: () => number = () => performance.now(),
): (denial: DenialView) => void {
  let tokens = burst
  let filledMs = now()
  let skipped = 0
  return (denial) => {
    const at = now()
    tokens = Math.min(burst, tokens + (at - filledMs) / refillMs)
    filledMs = at
    if (tokens < 1) {
      skipped += 1
      return
    }
    tokens -= 1
    const { rule, guest, name, address, port, protocol } = denial
    const what = { rule, protocol, guest, name, address, port }
    log.info(skipped === 0 ? what : { ...what, skipped }, `egress refused ${denialText(denial)}`)
    skipped = 0
  }
}
