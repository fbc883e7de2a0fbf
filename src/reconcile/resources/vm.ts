/** The VM: its operations, their order and interruptions. */
import { defaultShutdownSeconds, defaultStopSeconds, graceSeconds } from '../../config/daemon/stop-grace.ts'
import { absent, observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import { memoryNotes, spaceNotes } from '../limits.ts'
import { hostText, keyOf } from '../machine-text.ts'
import type { Cause, Interruption, Note, Operation, OperationId } from '../plan.ts'
import type { Target } from '../target.ts'
import { change, type Diff, inSync, operation, type Resource } from './resource.ts'

/** Containers that stop with the engine or the VM. */
export function engineInterruption(observed: Observed): Interruption {
  const vm = observedValue(observed.vm)?.vm
  if (vm?.state === 'suspended') return { kind: 'containers', names: vm.running }
  switch (observed.engine.state) {
    case 'present': {
      const { running: names } = observed.engine.value
      return { kind: 'containers', names, ...(names.length === 0 ? {} : { graceSeconds: grace(observed) }) }
    }
    case 'absent':
      return { kind: 'containers', names: [] }
    case 'unknown':
      return { kind: 'unknown' }
  }
}

function grace({ engine, guest }: Observed): number {
  const read = observedValue(observedValue(guest)?.daemonJson ?? absent)
  // Untrusted text: root in the guest controls it.
  const shutdown = /^ {2}"shutdown-timeout": *(-?\d{1,6})\b/m.exec(read ?? '')?.[1]
  return graceSeconds(
    Number(shutdown ?? defaultShutdownSeconds),
    observedValue(engine)?.stopSeconds ?? defaultStopSeconds,
  )
}

const beforeStart: readonly OperationId[] = [
  'packages/install',
  'supervisor/start',
  'supervisor/replace',
  'image/build',
  'disk/create',
  'disk/grow',
  'disk/recreate',
  'network/set',
  'dns/set',
  'egress/set',
  'vm/stop',
]
/** A disk that has grown no longer matches the saved VM, so it grows after resuming. */
const beforeResume = beforeStart.filter((id) => !id.startsWith('disk/'))

export const vm: Resource = (target, observed, action): Diff => {
  if (observedValue(observed.vm)?.vm.state === 'stalled') return change([], [stalled])
  const subject = target.desired.name
  const ready = (causes: readonly Cause[], after: readonly OperationId[]): Operation =>
    operation({ kind: 'engine/ready', subject: 'docker engine', causes, after })
  if (action.action === 'keep') {
    if (observed.engine.state === 'present') return { ...inSync, notes: accelerator(target, observed) }
    const from = observed.engine.state === 'absent' ? 'not answering' : observed.engine.reason
    const causes = [{ path: 'engine', from, to: 'answering' }]
    return change(
      [ready(causes, ['supervisor/start', 'supervisor/replace', 'socket/set'])],
      accelerator(target, observed),
    )
  }
  const resumes = action.action === 'resume'
  const stops = action.action === 'start' ? action.stops : undefined
  const start = operation({
    kind: resumes ? 'vm/resume' : 'vm/start',
    subject,
    // A restart is one change in two steps; the stop step reports the interruption.
    effect: action.action === 'restart' || stops !== undefined ? 'restart-vm' : 'live',
    causes: action.causes,
    ...(stops === undefined ? {} : { interruption: { kind: 'containers', names: stops } }),
    after: resumes ? beforeResume : beforeStart,
  })
  // An engine that stops with its VM is a consequence of this plan, not an observation.
  const up = ready(engineCauses(observed), [start.kind, 'socket/set'])
  const notes = [
    ...accelerator(target, observed),
    ...memoryNotes(target.desired, observed.host),
    ...spaceNotes(observed.host),
  ]
  if (action.action !== 'restart') return change([start, up], notes)
  const stop = operation({
    kind: 'vm/stop',
    subject,
    effect: 'restart-vm',
    causes: action.causes,
    interruption: engineInterruption(observed),
    // The new image is built before the old VM stops, to minimise downtime.
    after: ['supervisor/start', 'supervisor/replace', 'image/build', 'packages/install'],
  })
  return change([stop, start, up], notes)
}

function engineCauses({ engine, supervisor }: Observed): Cause[] {
  if (engine.state === 'present') return []
  // Without a supervisor the engine cannot be queried; without a VM there is no engine.
  const from = engine.state === 'absent' || supervisor.state === 'absent' ? 'not running' : engine.reason
  return [{ path: 'engine', from, to: 'answering' }]
}

const stalled: Note = {
  level: 'error',
  about: 'vm.disk',
  message: "this host's disk is full, and the guest is paused until it can write again",
  hint: 'free space on the file system of the data disk (see `desktop disk show`); the guest resumes within seconds',
}

/** Reason why the VM is emulated or the accelerator is unusable, found before anything changes. */
function accelerator(target: Target, { host }: Observed): Note[] {
  const wanted = target.desired.vm.accelerator
  const usable = observedValue(host.accelerator)
  if (usable === undefined) return []
  if (wanted !== 'auto' && wanted !== usable.accelerator && wanted !== 'tcg') {
    return [
      {
        level: 'error',
        about: 'vm.accelerator',
        message: `${wanted} does not work on ${hostText(target.desired)}: ${usable.reason ?? `it has ${usable.accelerator}`}`,
        hint: `set \`${keyOf(target.desired, 'accelerator')}: auto\` to fall back to emulation`,
      },
    ]
  }
  // `target` has the running VM's accelerator.
  if (usable.accelerator !== 'tcg' || wanted === 'tcg' || target.accelerator !== 'tcg') return []
  const why = usable.reason === undefined ? '' : `: ${usable.reason}`
  const { hint } = usable
  const message = `the CPU is emulated (tcg)${why}`
  return [{ level: 'info', about: 'vm.accelerator', message, ...(hint === undefined ? {} : { hint }) }]
}
