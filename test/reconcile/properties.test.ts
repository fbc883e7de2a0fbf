import fc from 'fast-check'
import { expect, test } from 'vitest'
import { absent, observedValue } from '../../src/observation.ts'
import { orderOperations } from '../../src/reconcile/order.ts'
import type { Operation } from '../../src/reconcile/plan.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { operation } from '../../src/reconcile/resources/resource.ts'
import { planText } from '../../src/reconcile/text.ts'
import { desired, observed } from '../support/reconcile/arbitrary.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { simulate } from '../support/reconcile/simulate.ts'
import { targetOf } from '../support/reconcile/world.ts'

const runs = { numRuns: 400 }
const target = desired.map(targetOf)

test('every operation comes after all that it waits for, so a plan has no cycle', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      const seen = new Set<string>()
      for (const { id, after } of reconcile(target, observed).operations) {
        expect(after.every((wait) => seen.has(wait))).toBe(true)
        expect(seen.has(id)).toBe(false)
        seen.add(id)
      }
    }),
    runs,
  )
})

test('after the plan is carried out nothing is left to do', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      const end = simulate(reconcile(target, observed), target, observed)
      expect(planText({ ...reconcile(target, end), notes: [], unchanged: 0 })).toBe('unchanged 0\n')
    }),
    runs,
  )
})

test('after the plan is carried out, each part of reality matches the file', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      const end = simulate(reconcile(target, observed), target, observed)
      const { desired } = target
      const facts = observedValue(end.supervisor)
      expect(facts).toMatchObject({
        network: desired.network,
        dns: desired.dns,
        publish: desired.publish,
        engineSocket: target.dockerSocket,
        toolVersion: target.toolVersion,
      })
      const mappings = (facts?.ports ?? []).filter(({ owner }) => owner === 'config')
      expect(mappings.map(({ id, listen, guest }) => ({ id, listen, guest })).sort(byId)).toEqual(
        desired.ports.map(({ id, listen, guest }) => ({ id, listen, guest })).sort(byId),
      )
      expect(observedValue(end.disk)?.virtualBytes).toBe(desired.vm.diskBytes)
      const vm = observedValue(end.vm)?.vm
      expect(vm !== undefined && 'hashes' in vm ? vm.hashes : undefined).toMatchObject(target.hashes)
      const guest = observedValue(end.guest)
      expect(JSON.parse(observedValue(guest?.daemonJson ?? absent) ?? '')).toEqual(target.daemonJson.value)
      for (const [key, value] of Object.entries(desired.guest.sysctl))
        expect(observedValue(guest?.sysctl[key] ?? absent)?.trim()).toBe(value)
      for (const [path, text] of Object.entries(guest?.files ?? {}))
        expect([path, observedValue(text)]).toEqual([path, target.guestFiles[path]])
      expect(observedValue(end.context)).toBe(
        desired.engine.context ? `unix://${target.dockerSocket}` : undefined,
      )
    }),
    runs,
  )
})

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

test('after a failure anywhere, the next plan still leads to the goal', () => {
  fc.assert(
    fc.property(target, observed, fc.nat(), (target, observed, pick) => {
      const plan = reconcile(target, observed)
      const lost = new Set<string>()
      const broken = plan.operations[pick % Math.max(1, plan.operations.length)]?.id
      const does = ({ id, after }: Operation): boolean => {
        if (id === broken || after.some((wait) => lost.has(wait))) lost.add(id)
        return !lost.has(id)
      }
      const half = simulate(plan, target, observed, does)
      const end = simulate(reconcile(target, half), target, half)
      expect(reconcile(target, end).operations).toEqual([])
    }),
    runs,
  )
})

/** The same value with the keys of every map in another order. */
function shuffled<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).reverse())
  }) as T
}

test('the order of keys in either value changes nothing', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      const a = planText(reconcile(shuffled(target), shuffled(observed)))
      expect(a).toBe(
        planText(reconcile(JSON.parse(JSON.stringify(target)), JSON.parse(JSON.stringify(observed)))),
      )
    }),
    runs,
  )
})

test('data is lost only by an operation that asks for consent', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      for (const { kind, consent, effect } of reconcile(target, observed).operations) {
        expect(effect === 'recreate').toBe(consent !== undefined)
        expect(kind === 'disk/recreate').toBe(consent === 'recreate:disk')
      }
    }),
    runs,
  )
})

test('a live change never comes with a restart', () => {
  fc.assert(
    fc.property(desired, desired, (before, other) => {
      const { ports, publish } = other
      const dns = { ...before.dns, hosts: other.dns.hosts, upstreams: other.dns.upstreams }
      const plan = reconcile(targetOf({ ...before, ports, dns, publish }), inSyncWith(targetOf(before)))
      expect(plan.operations.filter(({ effect }) => effect !== 'live')).toEqual([])
    }),
    runs,
  )
})

test('a VM keeps running only when all its shares are served', () => {
  fc.assert(
    fc.property(target, observed, (target, observed) => {
      const vm = observedValue(observed.vm)?.vm
      const shares = vm?.state === 'running' ? (vm.shares ?? []) : []
      const stop = reconcile(target, observed).operations.find(({ kind }) => kind === 'vm/stop')
      for (const share of shares.filter(({ served }) => !served))
        expect(stop?.causes.map(({ from }) => from)).toContain(`virtiofsd for ${share.target} has exited`)
    }),
    runs,
  )
})

test('operations that wait for each other are reported as a bug', () => {
  const draft = { kind: 'dns/set', subject: '', causes: [] } as const
  const a = operation({ ...draft, id: 'dns/set/a', after: ['dns/set/b'] })
  const b = operation({ ...draft, id: 'dns/set/b', after: ['dns/set/a'] })
  expect(() => orderOperations([a, b])).toThrow('wait for each other')
})
