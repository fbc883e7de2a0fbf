/**
 * Differences in a running guest that a planned restart of its VM removes. The plan does not execute them, but they
 * are drift, and become operations if the restart is left out (`--only`, `watch --repair live`).
 */
import type { Observed } from '../observe/observed.ts'
import { orderOperations } from './order.ts'
import type { Operation, OperationKind, Plan } from './plan.ts'
import type { Resource, VmAction } from './resources/resource.ts'
import type { Target } from './target.ts'

/** The boot data has these too: if it changes, they may differ for that reason, which the restart states. */
const fromBootData: readonly OperationKind[] = ['guest/write', 'guest/network', 'shares/mount']

/** @param inGuest resources of the guest, which plan nothing for a booting VM. */
export function atBoot(
  inGuest: readonly Resource[],
  target: Target,
  observed: Observed,
  vm: VmAction,
): Operation[] {
  // A guest that does not answer has unknown differences, which the restart's own causes cover.
  if (vm.action !== 'restart' || observed.guest.state !== 'present' || observed.engine.state !== 'present')
    return []
  const sameData = vm.causes.every(({ path }) => path.startsWith('vm.'))
  return inGuest
    .flatMap((resource) => resource(target, observed, { action: 'keep' }).operations)
    .filter(({ kind, asFound }) => asFound !== true && (sameData || !fromBootData.includes(kind)))
}

/** Operations that make the restart: without them, the guest keeps running. */
const restart: readonly OperationKind[] = ['vm/stop', 'vm/start', 'engine/ready']

/**
 * Restores the differences as operations if the VM is not restarted.
 * @param kept operations that are not left out of the plan.
 * @param admits whether an operation belongs to the restricted plan.
 */
export function withoutRestart(
  plan: Plan,
  kept: readonly Operation[],
  admits: (operation: Operation) => boolean,
): Plan {
  const { atBoot: covered = [], ...rest } = plan
  if (covered.length === 0) return { ...rest, operations: kept }
  const restarts = plan.operations.filter(({ kind }) => kind === 'vm/stop')
  const isKept = ({ id }: { id: string }): boolean => kept.some((one) => one.id === id)
  const running = new Set(restarts.filter((one) => !isKept(one)).map(({ machine }) => machine))
  const left = new Set<string>(
    plan.operations.filter((one) => !isKept(one) && !restart.includes(one.kind)).map(({ id }) => id),
  )
  const restored = covered.filter(
    (one) => running.has(one.machine) && admits(one) && !one.after.some((id) => left.has(id)),
  )
  const still = covered.filter(({ machine }) => !running.has(machine))
  const ids = new Set(restored.map(({ id }) => id))
  return {
    ...rest,
    operations: orderOperations([...kept.filter(({ id }) => !ids.has(id)), ...restored]),
    ...(still.length === 0 ? {} : { atBoot: still }),
  }
}
