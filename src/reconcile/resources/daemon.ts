/**
 * daemon.json in the guest. Keys that dockerd reloads on SIGHUP are reloaded without stopping containers; others
 * restart the engine. A booting VM starts with the new file, so nothing is planned for it.
 */
import { diffDaemon, needsRestart } from '../../config/daemon/diff.ts'
import { shownAs } from '../../config/daemon/shown.ts'
import type { JsonValue } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Interruption, Note, OperationId } from '../plan.ts'
import type { Target } from '../target.ts'
import { differences } from '../values.ts'
import { change, goesOn, inSync, notApplicable, operation, type Resource } from './resource.ts'
import { engineInterruption } from './vm.ts'

const after: readonly OperationId[] = ['supervisor/replace', 'vm/start', 'engine/ready']
const subject = 'daemon.json'

export const daemon: Resource = (target, observed, vm) => {
  if (!goesOn(vm)) return notApplicable
  const before = daemonJsonOf(observed)
  const { sealed } = target.daemonJson
  // The record of a suspended machine has the sealed text.
  const to = observedValue(observed.vm)?.vm.state === 'suspended' ? sealed : target.daemonJson.value
  const confirmed = confirmedOf(observed)
  if (before.state === 'unknown') {
    const restart = confirmed !== undefined && needsRestart(confirmed, sealed)
    return change([
      operation({
        kind: restart ? 'daemon/restart' : 'daemon/reload',
        subject,
        effect: restart ? 'restart-engine' : 'reload',
        causes: [{ path: 'engine.config', from: before.reason, to: 'as written' }],
        interruption: { kind: 'unknown' },
        asFound: true,
        after,
      }),
    ])
  }
  const causes = engineCauses(before.value, to)
  // The file was written but never loaded: an apply died before signalling dockerd.
  const taken = confirmed === undefined ? [] : engineCauses(confirmed, sealed)
  const trusted = trustedCauses(target, observed)
  const all = [...causes, ...taken, ...infoCauses(observed, to), ...trusted]
  if (confirmed === undefined) all.push({ path: 'engine.config', from: 'not confirmed', to: 'in force' })
  const notes = swarmNotes(observed, to)
  if (all.length === 0) return notes.length === 0 ? inSync : change([], notes)
  const restart =
    trusted.length > 0 ||
    needsRestart(before.value, to) ||
    (confirmed !== undefined && needsRestart(confirmed, sealed))
  const distinct = [...new Map(all.map((cause) => [cause.path, cause])).values()]
  if (!restart) {
    const reload = operation({ kind: 'daemon/reload', subject, effect: 'reload', causes: distinct, after })
    const isFound = observedValue(observed.guest)?.trusted?.state === 'unknown'
    return change([isFound ? { ...reload, asFound: true } : reload], notes)
  }
  const restarted = operation({
    kind: 'daemon/restart',
    subject,
    effect: 'restart-engine',
    causes: distinct,
    interruption: interruption(before.value, to, observed),
    after,
  })
  return change([restarted], notes)
}

/** In a swarm, dockerd accepts live-restore by a reload, and ends at its next start. */
function swarmNotes({ engine }: Observed, to: Json): Note[] {
  if (to['live-restore'] !== true || observedValue(engine)?.isInSwarm !== true) return []
  return [
    {
      level: 'error',
      about: 'engine.config.live-restore',
      message: 'the engine is in a swarm, and would not start again with live-restore',
      hint: 'remove live-restore, or leave the swarm with `docker swarm leave`',
    },
  ]
}

/** dockerd loads certificates only at start; a copy of the loaded ones is in the guest. */
function trustedCauses({ trusted: to }: Target, { guest }: Observed): Cause[] {
  const seen = observedValue(guest)?.trusted
  if (seen === undefined || seen.state === 'unknown') return []
  const from = seen.state === 'present' ? seen.value : ''
  const shown = (text: string): string | undefined => {
    const count = text.split('-----BEGIN').length - 1
    return count === 0 ? undefined : `${count} ${count === 1 ? 'certificate' : 'certificates'}`
  }
  if (from === to) return []
  const after = shown(to) === shown(from) && to !== '' ? `${shown(to)}, changed` : shown(to)
  return [{ path: 'engine.trustedCertificates', from: shown(from), to: after }]
}

const engineCauses = (from: Json, to: Json): Cause[] =>
  diffDaemon(from, to).flatMap(({ key }) => differences(`engine.config.${key}`, from[key], to[key]))

function confirmedOf({ confirmedDaemonJson }: Observed): Json | undefined {
  const read = parse(observedValue(confirmedDaemonJson) ?? '')
  return read.state === 'known' ? read.value : undefined
}

/** Differences in `GET /info`, for keys that it reports as written. */
function infoCauses({ engine }: Observed, to: Json): Cause[] {
  const info = observedValue(engine)?.info ?? {}
  return Object.entries(shownAs).flatMap(([key, shown]) => {
    if (to[key] === undefined || info[shown] === undefined) return []
    return differences(`engine.config.${key}`, info[shown] ?? [], to[key])
  })
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

/**
 * Keys that running containers depend on: after a change, dockerd may lose track of them (live-restore documentation).
 */
const foundations: ReadonlySet<string> = new Set([
  'bip',
  'bridge',
  'cgroup-parent',
  'data-root',
  'default-gateway',
  'exec-opts',
  'fixed-cidr',
  'iptables',
  'runtimes',
  'storage-driver',
  'storage-opts',
  'userns-remap',
])

/** With live-restore both before and after, containers keep running. */
function interruption(before: Json, to: Json, observed: Observed): Interruption {
  if (before['live-restore'] !== true || to['live-restore'] !== true) return engineInterruption(observed)
  return diffDaemon(before, to).some(({ key }) => foundations.has(key))
    ? { kind: 'unknown' }
    : { kind: 'none' }
}
