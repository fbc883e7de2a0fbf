/**
 * daemon.json in the guest. What dockerd takes by SIGHUP is reloaded with containers running; anything else
 * restarts the engine. A machine that starts anew finds the new file, so that nothing is planned for it.
 */
import { diffDaemon } from '../../config/daemon/diff.ts'
import type { JsonValue } from '../../config/desired.ts'
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Interruption } from '../plan.ts'
import { differences, same } from '../values.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'
import { engineInterruption, vmFate } from './vm.ts'

const after = ['vm/start', 'engine/ready']
const subject = 'daemon.json'

export const daemon: Resource = (target, observed) => {
  if (vmFate(target, observed).fate !== 'keep') return notApplicable
  const before = daemonJsonOf(observed)
  if (before.state === 'unknown') {
    // The step reads the file again and changes only what differs then.
    return change([
      operation({
        kind: 'daemon/reload',
        subject,
        effect: 'reload',
        causes: [{ path: 'engine.config', from: before.reason, to: 'as written' }],
        after,
      }),
    ])
  }
  const to = target.daemonJson.value
  if (same(before.value, to)) return inSync
  const changes = diffDaemon(before.value, to)
  const restart = changes.some(({ effect }) => effect === 'restart-engine')
  const causes: Cause[] = changes.flatMap(({ key, from, to }) =>
    differences(`engine.config.${key}`, from, to),
  )
  if (!restart)
    return change([operation({ kind: 'daemon/reload', subject, effect: 'reload', causes, after })])
  return change([
    operation({
      kind: 'daemon/restart',
      subject,
      effect: 'restart-engine',
      causes,
      interruption: interruption(before.value, observed),
      after,
    }),
  ])
}

type Json = Readonly<Record<string, JsonValue>>

function daemonJsonOf({
  guest,
}: Observed): { state: 'known'; value: Json } | { state: 'unknown'; reason: string } {
  if (guest.state !== 'present') {
    return {
      state: 'unknown',
      reason: guest.state === 'unknown' ? guest.reason : 'the guest agent is not up',
    }
  }
  const { daemonJson } = guest.value
  switch (daemonJson.state) {
    case 'unknown':
      return { state: 'unknown', reason: daemonJson.reason }
    case 'absent':
      return { state: 'known', value: {} }
    case 'present':
      return parse(daemonJson.value)
  }
}

/** A file edited into something else is written again as it should be; the step restarts only if it must. */
function parse(text: string): ReturnType<typeof daemonJsonOf> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { state: 'unknown', reason: 'the file in the guest is not JSON' }
  }
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? { state: 'known', value: value as Json }
    : { state: 'unknown', reason: 'the file in the guest is not a JSON object' }
}

/** With live-restore containers outlive the engine, unless bridge or storage settings change with it. */
function interruption(before: Json, observed: Observed): Interruption {
  return before['live-restore'] === true ? { kind: 'none' } : engineInterruption(observed)
}
