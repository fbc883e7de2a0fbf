/** Egress denials in supervisor.log, rate-limited, so that a guest cannot flood the log. */
import { type DenialView, denialText } from '../../net/egress/denials.ts'
import { TokenBucket } from '../../token-bucket.ts'
import type { Log } from '../process/log.ts'

/** A burst of lines, then one every few seconds: 16 MiB of log hold weeks of denials. */
const lines = { burst: 32, perSecond: 0.2 }

export function denialLog(
  log: Pick<Log, 'info'>,
  now: () => number = () => performance.now(),
): (denial: DenialView) => void {
  const bucket = new TokenBucket(lines, now())
  let skipped = 0
  return (denial) => {
    if (!bucket.has(now())) {
      skipped += 1
      return
    }
    bucket.take()
    const { rule, guest, senders, name, address, port, protocol } = denial
    const what = { rule, protocol, guest, senders, name, address, port }
    log.info(skipped === 0 ? what : { ...what, skipped }, `egress refused ${denialText(denial)}`)
    skipped = 0
  }
}
