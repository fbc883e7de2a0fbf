/** A plan as JSON (schemas/plan.schema.json): what `plan --json` prints and `plan -o FILE` saves. */
import { createHash } from 'node:crypto'
import type { Observed } from '../observe/observed.ts'
import { type EffectClass, type Identity, type Plan, worstEffect } from '../reconcile/plan.ts'
import { canonical } from '../reconcile/values.ts'

export interface PlanDocument extends Identity, Plan {
  format: 'desktop-plan/1'
  worstEffect: EffectClass | null
  /** Names to be agreed to with `--allow` or `--yes`. */
  consents: readonly string[]
}

export function planDocument(plan: Plan, identity: Identity): PlanDocument {
  return {
    format: 'desktop-plan/1',
    ...identity,
    worstEffect: worstEffect(plan) ?? null,
    consents: consentsOf(plan),
    ...plan,
  }
}

export function consentsOf(plan: Plan): string[] {
  return [...new Set(plan.operations.flatMap(({ consent }) => (consent === undefined ? [] : [consent])))]
}

/** Hex SHA-256 of a value, the same for any order of keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

/**
 * Hash of what planning reads. What changes by itself (memory use, free space, flow counts, networks of containers) and what is looked at
 * anew right before an apply (listeners, routes) is left out.
 */
export function observedHash({
  host,
  supervisor,
  vm,
  containerNetworks: _networks,
  ...rest
}: Observed): string {
  const { freeBytes: _free, listeners: _listeners, routes: _routes, ...stableHost } = host
  return hashOf({
    ...rest,
    disk: rest.disk.state === 'present' ? [rest.disk.value.virtualBytes, rest.disk.value.uuid] : rest.disk,
    host: stableHost,
    vm,
    supervisor:
      supervisor.state === 'present'
        ? {
            ...supervisor.value,
            rssBytes: 0,
            ports: supervisor.value.ports.map((port) => ({ ...port, flows: 0 })),
          }
        : supervisor,
  })
}
