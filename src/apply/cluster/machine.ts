/** A machine of the plan of several: assessed on this host or on another one. */
import { bootId } from '../../host/identity.ts'
import type { Group } from '../../reconcile/only.ts'
import type { Plan } from '../../reconcile/plan.ts'
import { toolVersion } from '../../version.ts'
import type { Environment } from '../environment/environment.ts'
import { type Assessment, narrowed, withPlaces, withPlan } from '../plan/assess.ts'
import type { PlanDocument } from '../plan/document.ts'
import { planDocument } from '../plan/document.ts'
import { type MachineFacts, machineFacts } from '../plan/machine-facts.ts'
import { findViolations, rulesFor, type Violation } from '../plan/policy.ts'
import type { Requests } from '../remote/protocol.ts'
import { machineRequest } from '../remote/request.ts'
import type { HostSession } from '../remote/session.ts'

export interface ClusterMachine extends MachineFacts {
  environment: Environment
  plan: Plan
  violations: readonly Violation[]
  document: PlanDocument
  /** Where its steps run. */
  at: { kind: 'here'; assessment: Assessment } | { kind: 'there'; session: HostSession }
}

export function machineHere(assessment: Assessment): ClusterMachine {
  const { environment, plan, violations, document } = assessment
  return {
    ...{ environment, plan, violations, document },
    ...machineFacts(assessment),
    at: { kind: 'here', assessment },
  }
}

/** Violations of the file's rules are found here, those of the other host's site policy there. */
export async function machineThere(
  environment: Environment,
  session: HostSession,
  { only, offline }: Pick<Requests['assess'], 'only' | 'offline'>,
): Promise<ClusterMachine> {
  const [there, rules] = await Promise.all([
    session.call('assess', { machine: await machineRequest(environment), only, offline }),
    rulesFor(environment),
  ])
  const plan = withPlaces(there.plan, environment.origins)
  const violations = [...findViolations(rules, environment, plan), ...there.violations]
  const { environmentId, observedHash } = there
  const document = planDocument(plan, violations, {
    toolVersion,
    environment: environment.desired.name,
    environmentId,
    bootId: bootId(),
    configHash: environment.configHash,
    observedHash: `${there.bootId} ${observedHash}`,
  })
  const { hostMemoryBytes, isRunning, isEngineUp, ports } = there
  return {
    ...{ environment, plan, violations, document },
    ...{ hostMemoryBytes, isRunning, isEngineUp, ports },
    at: { kind: 'there', session },
  }
}

/** The machine with a subset of its plan. */
export function withGroups(machine: ClusterMachine, wanted: readonly Group[]): ClusterMachine {
  // The other host has already restricted it.
  return machine.at.kind === 'there' ? machine : machineHere(narrowed(machine.at.assessment, wanted))
}

/** The machine with another plan. */
export function withMachinePlan(machine: ClusterMachine, plan: Plan): ClusterMachine {
  if (machine.at.kind === 'here') return machineHere(withPlan(machine.at.assessment, plan))
  return { ...machine, plan, document: { ...machine.document, ...plan } }
}
