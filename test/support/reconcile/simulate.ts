/** What reality is after an operation that did its work: the model that plans are checked against. */
import { absent, observedValue, present } from '../../../src/observation.ts'
import type { Observed } from '../../../src/observe/observed.ts'
import type { Operation, Plan } from '../../../src/reconcile/plan.ts'
import type { Target } from '../../../src/reconcile/target.ts'
import type { SupervisorFacts } from '../../../src/supervisor/api/api.ts'
import { factsOf, inSyncWith, listening } from './reality.ts'

/** Carries out the operations for which `does` is true, in order. */
export function simulate(
  plan: Plan,
  target: Target,
  before: Observed,
  does: (operation: Operation) => boolean = () => true,
): Observed {
  return plan.operations
    .filter(does)
    .reduce((reality, operation) => after(operation, target, reality), before)
}

function after(operation: Operation, target: Target, reality: Observed): Observed {
  const goal = inSyncWith(target)
  const tell = (change: Partial<SupervisorFacts>): Observed => {
    const facts = observedValue(reality.supervisor)
    if (facts === undefined) throw new Error(`${operation.id} needs a supervisor`)
    return { ...reality, supervisor: present({ ...facts, ...change }) }
  }
  const mappingId = operation.id.replace(/^ports\/\w+\//, '')
  const others = (): SupervisorFacts['ports'] =>
    (observedValue(reality.supervisor)?.ports ?? []).filter(
      ({ id, owner }) => id !== mappingId || owner !== 'config',
    )

  switch (operation.kind) {
    case 'packages/install':
      return { ...reality, host: { ...reality.host, missingPackages: [] } }
    case 'supervisor/start': {
      const blank = {
        ...factsOf(target, observedValue(reality.vm)?.vm ?? { state: 'absent' }),
        ports: reality.recordedPorts.map(listening),
      }
      const facts = {
        ...blank,
        network: undefined,
        dns: undefined,
        egress: undefined,
        publish: undefined,
        engineSocket: undefined,
      }
      return { ...reality, recordedPorts: [], supervisor: present(facts) }
    }
    case 'supervisor/replace': {
      // The successor goes on with what the one before was told, when that can be known.
      const facts = observedValue(reality.supervisor) ?? {
        ...factsOf(target, observedValue(reality.vm)?.vm ?? { state: 'absent' }),
        ports: reality.recordedPorts.map(listening),
        network: undefined,
        dns: undefined,
        egress: undefined,
        publish: undefined,
        engineSocket: undefined,
      }
      const { toolVersion, apiVersion } = target
      return { ...reality, recordedPorts: [], supervisor: present({ ...facts, toolVersion, apiVersion }) }
    }
    case 'image/build':
      return { ...reality, image: goal.image }
    case 'disk/create':
    case 'disk/recreate':
    case 'disk/grow':
      return { ...reality, disk: goal.disk }
    case 'network/set':
      return tell({ network: target.desired.network })
    case 'dns/set':
      return tell({ dns: target.desired.dns })
    case 'egress/set':
      return tell({ egress: target.desired.egress })
    case 'peers/set':
      return tell({ peers: target.peers ?? [] })
    // Of the plan of several machines, none of which this one has.
    case 'machine/remove':
    case 'swarm/init':
    case 'swarm/join':
    case 'swarm/promote':
    case 'swarm/demote':
    case 'swarm/labels':
    case 'swarm/drain':
    case 'swarm/ready':
    case 'swarm/leave':
    case 'swarm/remove':
    case 'stack/provide':
    case 'stack/create':
    case 'stack/update':
    case 'stack/remove':
      return reality
    case 'publish/set':
      return tell({ publish: target.desired.publish })
    case 'ssh-agent/forward':
      return tell({ sshAgent: { path: operation.subject } })
    case 'ssh-agent/stop':
      return tell({ sshAgent: undefined })
    case 'names/set':
      return tell({ names: { ...target.desired.names, failed: {} } })
    case 'socket/set':
      return tell({ engineSocket: target.dockerSocket })
    case 'ports/listen': {
      const mapping = target.desired.ports.find(({ id }) => id === mappingId)
      if (mapping === undefined) throw new Error(`${operation.id} is not in the file`)
      return tell({ ports: [...others(), listening(mapping)] })
    }
    case 'ports/close':
      return tell({ ports: others() })
    case 'context/set':
    case 'context/remove':
      return { ...reality, context: goal.context }
    case 'vm/stop':
      return { ...reality, vm: absent, guest: absent, engine: absent }
    case 'vm/start':
      return {
        ...reality,
        vm: goal.vm,
        guest: goal.guest,
        confirmedDaemonJson: goal.confirmedDaemonJson,
      }
    case 'vm/resume':
      return { ...reality, vm: goal.vm }
    case 'engine/ready':
      return { ...reality, engine: goal.engine }
    case 'daemon/reload':
    case 'daemon/restart':
      return {
        ...reality,
        engine: goal.engine,
        confirmedDaemonJson: goal.confirmedDaemonJson,
        guest: present({
          sysctl: observedValue(goal.guest)?.sysctl ?? {},
          ...observedValue(reality.guest),
          daemonJson: present(target.daemonJson.text),
          trusted: observedValue(goal.guest)?.trusted ?? absent,
        }),
      }
    case 'guest/write': {
      const guest = observedValue(reality.guest)
      if (guest === undefined) throw new Error(`${operation.id} needs a guest`)
      const text = present(target.guestFiles[operation.subject] ?? '')
      return {
        ...reality,
        guest: present({ ...guest, files: { ...guest.files, [operation.subject]: text } }),
      }
    }
    case 'engine/restart':
    case 'guest/network':
    case 'guest/clock': {
      const guest = observedValue(reality.guest)
      const made = observedValue(goal.guest)
      if (guest === undefined || made === undefined) throw new Error(`${operation.id} needs a guest`)
      const { network, clockOffsetMs } = made
      return { ...reality, guest: present({ ...guest, network, clockOffsetMs } as typeof guest) }
    }
    case 'swap/set':
    case 'platforms/set':
    case 'shares/mount': {
      const guest = observedValue(reality.guest)
      const made = observedValue(goal.guest)
      if (guest === undefined || made === undefined) throw new Error(`${operation.id} needs a guest`)
      const { swapBytes, shares, platforms } = made
      const changes = {
        'swap/set': { swapBytes },
        'platforms/set': { platforms },
        'shares/mount': { shares },
      }
      const change = changes[operation.kind]
      return { ...reality, guest: present({ ...guest, ...change } as typeof guest) }
    }
    case 'sysctl/set': {
      const guest = observedValue(reality.guest) ?? {
        daemonJson: present(target.daemonJson.text),
        sysctl: {},
      }
      const value = target.desired.guest.sysctl[operation.subject] ?? ''
      return {
        ...reality,
        guest: present({ ...guest, sysctl: { ...guest.sysctl, [operation.subject]: present(value) } }),
      }
    }
  }
}
