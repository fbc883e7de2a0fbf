/** Plans of other hosts have steps for their machine only. */
import { expect, test } from 'vitest'
import { applyCluster } from '../../../src/apply/cluster/apply.ts'
import type { ClusterAssessment } from '../../../src/apply/cluster/assess.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import { aDesired } from '../../support/reconcile/world.ts'

const host = { name: 'builder', ssh: { host: 'builder' } }

test.each(['swarm/promote', 'stack/remove', 'machine/remove'] as const)(
  'an apply is refused before its first request if the plan of another host has %s',
  async (kind) => {
    const calls: string[] = []
    const session: HostSession = {
      host,
      hostId: '0123456789abcdef',
      call: (call) => {
        calls.push(call)
        return Promise.resolve(null as never)
      },
      [Symbol.asyncDispose]: async () => {},
    }
    const plan = { operations: [operation({ kind, subject: 'm.1', causes: [] })], notes: [], unchanged: 0 }
    const machine = { cluster: 'lab', kind: 'w', name: 'w.1', alike: 1, host, peers: [] }
    const environment = { desired: { ...aDesired, machine }, host }
    const assessment = {
      machines: [{ environment, plan, at: { kind: 'there', session } }],
      unknown: [],
      removed: [],
      plan: { ...plan, operations: plan.operations.map((one) => ({ ...one, machine: 'w.1' })) },
    }
    const applied = applyCluster(assessment as unknown as ClusterAssessment, {
      effectsOf: () => {
        throw new Error('not on this host')
      },
      listeners: [],
    })
    await expect(applied).rejects.toMatchObject({
      code: 'hosts/reply',
      message: `builder: desktop there plans ${kind} for w.1`,
    })
    expect(calls).toEqual([])
  },
)
