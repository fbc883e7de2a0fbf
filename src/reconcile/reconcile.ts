/** Desired × Observed ▶ Plan. Pure and deterministic. */
import type { Observed } from '../observe/observed.ts'
import { atBoot } from './at-boot.ts'
import { stateNotes } from './limits.ts'
import { orderOperations } from './order.ts'
import type { Operation, Plan } from './plan.ts'
import { context } from './resources/context.ts'
import { daemon } from './resources/daemon.ts'
import { disk } from './resources/disk.ts'
import { dns } from './resources/dns.ts'
import { egress } from './resources/egress.ts'
import { guestFiles } from './resources/guest-files.ts'
import { guestNetwork } from './resources/guest-network.ts'
import { image } from './resources/image.ts'
import { names } from './resources/names.ts'
import { network } from './resources/network.ts'
import { packages } from './resources/packages.ts'
import { peers } from './resources/peers.ts'
import { platforms } from './resources/platforms.ts'
import { ports } from './resources/ports.ts'
import { publish } from './resources/publish.ts'
import type { Resource } from './resources/resource.ts'
import { shares } from './resources/shares.ts'
import { socket } from './resources/socket.ts'
import { sshAgent } from './resources/ssh-agent.ts'
import { supervisor } from './resources/supervisor.ts'
import { swap } from './resources/swap.ts'
import { sysctl } from './resources/sysctl.ts'
import { vm } from './resources/vm.ts'
import { vmAction } from './resources/vm-action.ts'
import type { Target } from './target.ts'

/** Resources of the guest. A booting VM gets their desired state. */
const inGuest: readonly Resource[] = [daemon, sysctl, swap, platforms, shares, guestFiles, guestNetwork]

/** In a natural order; the graph decides dependencies. */
const resources: readonly Resource[] = [
  packages,
  supervisor,
  image,
  disk,
  network,
  dns,
  egress,
  peers,
  vm,
  ...inGuest,
  socket,
  context,
  publish,
  names,
  sshAgent,
  ports,
]

/** Resources that only a supervisor can report. */
const behindSupervisor =
  /^(network|dns|egress|peers|publish|names|ssh-agent|socket|ports|engine|daemon|sysctl|swap|platforms|shares|guest)\//

/** If the supervisor does not respond, its resources are unknown: they are planned, but not reported as differences. */
function observedCauses({ supervisor }: Observed, operations: readonly Operation[]): readonly Operation[] {
  if (supervisor.state !== 'unknown') return operations
  return operations.map((one) => (behindSupervisor.test(one.kind) ? { ...one, causes: [] } : one))
}

export function reconcile(target: Target, observed: Observed): Plan {
  const action = vmAction(target, observed)
  const diffs = resources.map((resource) => resource(target, observed, action))
  const covered = atBoot(inGuest, target, observed, action)
  return {
    operations: orderOperations(
      observedCauses(
        observed,
        diffs.flatMap((diff) => diff.operations),
      ),
    ),
    ...(covered.length === 0 ? {} : { atBoot: covered }),
    notes: [...stateNotes(observed.host), ...diffs.flatMap((diff) => diff.notes ?? [])],
    unchanged: diffs.reduce((sum, diff) => sum + diff.unchanged, 0),
  }
}
