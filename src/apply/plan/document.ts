/** A plan as JSON (schemas/plan.schema.json): the output of `plan --json` and the file of `plan -o FILE`. */
import { createHash } from 'node:crypto'
import type { NetworkSettings } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { Observed, ObservedGuest } from '../../observe/observed.ts'
import { type EffectClass, type Identity, type Place, type Plan, worstEffect } from '../../reconcile/plan.ts'
import { clockError } from '../../reconcile/resources/guest-network.ts'
import { canonical } from '../../reconcile/values.ts'
import type { Violation } from './policy.ts'

export interface PlanDocument extends Identity, Plan {
  format: 'desktop-plan/1'
  worstEffect: EffectClass | null
  /** Names to pass to `--allow`, or agreed to by `--yes`. */
  consents: readonly string[]
  /** Policy rules that the configuration or this plan violates. */
  violations: readonly (Omit<Violation, 'at'> & { at?: Place })[]
}

export function planDocument(plan: Plan, violations: readonly Violation[], identity: Identity): PlanDocument {
  return {
    format: 'desktop-plan/1',
    ...identity,
    worstEffect: worstEffect(plan) ?? null,
    consents: consentsOf(plan),
    ...plan,
    violations: violations.map(({ at, ...violation }) =>
      at === undefined
        ? violation
        : { ...violation, at: { file: at.file, line: at.line, column: at.column } },
    ),
  }
}

export function consentsOf(plan: Plan): string[] {
  return [...new Set(plan.operations.flatMap(({ consent }) => (consent === undefined ? [] : [consent])))]
}

/** SHA-256 of a value in hex, independent of the order of keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

/**
 * Hash of the observations that planning uses. Omits values that change by themselves (memory use, free
 * space, flow counts, container networks, the guest's clock) and values checked again right before an apply
 * (listeners, routes).
 */
export function observedHash({
  host,
  supervisor,
  vm,
  guest,
  containerNetworks: _networks,
  ...rest
}: Observed): string {
  const { freeBytes: _free, listeners: _listeners, routes: _routes, limits: _limits, ...stableHost } = host
  return hashOf({
    ...rest,
    disk: rest.disk.state === 'present' ? [rest.disk.value.virtualBytes, rest.disk.value.uuid] : rest.disk,
    host: stableHost,
    vm,
    guest: guest.state === 'present' ? stableGuest(guest.value, observedValue(supervisor)?.network) : guest,
    supervisor:
      supervisor.state === 'present'
        ? {
            ...supervisor.value,
            rssBytes: 0,
            engine: { ...supervisor.value.engine, networks: [] },
            ports: supervisor.value.ports.map((port) => ({ ...port, flows: 0 })),
          }
        : supervisor,
  })
}

/**
 * Clock offsets differ in every measurement, and each container network adds an address and iptables rules.
 */
function stableGuest(guest: ObservedGuest, own: NetworkSettings | undefined): object {
  const { clockOffsetMs: _clock, network, ...stable } = guest
  if (network === undefined) return stable
  const { addresses, masquerades, forwards, ipv6, ...stableNetwork } = network
  return {
    ...stable,
    network: stableNetwork,
    clockIsWrong: clockError(guest) !== undefined,
    ...(ipv6 === undefined
      ? {}
      : {
          isRouted6: observedValue(ipv6.routed),
          hasOwnAddress6: observedValue(ipv6.addresses)?.includes(own?.ipv6?.address ?? ''),
        }),
    hasOwnAddress: observedValue(addresses)?.includes(own?.address ?? ''),
    natIsLost: observedValue(masquerades) === 0,
    filterIsLost: observedValue(forwards) === 0,
  }
}
