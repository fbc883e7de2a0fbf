/** Snapshot of the network: flows with rates, and the containers that they belong to. */
import { addressesOf, containerName } from '../../engine/published.ts'
import type { ContainerSummary } from '../../engine/replies.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'
import { channelNetwork } from '../../supervisor/network/channel.ts'
import { type Translated, translationKey } from '../../supervisor/network/conntrack.ts'
import { type FlowRates, flowKey, type Rated } from './rates.ts'
import { RemoteNames } from './remote-names.ts'
import type { Sample } from './sample.ts'

export interface LiveFlow extends Rated {
  /** Identifies the flow for its lifetime. */
  key: string
  /** Found by the address at the guest's end, or by its NAT mapping. */
  container: string | null
  /** DNS name that a guest resolved to the remote address; null if none was recorded. */
  remoteName: string | null
}

export interface LiveContainer {
  name: string
  addresses: readonly string[]
  /** Published ports, each as `8080→80/tcp`. */
  ports: readonly string[]
  flows: number
  sentPerSecond: number
  receivedPerSecond: number
}

export interface Live {
  vm: SupervisorFacts['vm']['state']
  accelerator: string | null
  /** Version; null with `engineReason`. */
  engine: string | null
  engineReason: string | null
  sentPerSecond: number
  receivedPerSecond: number
  containers: readonly LiveContainer[]
  flows: readonly LiveFlow[]
}

/** Omits the channel of docker.sock, on which sampling itself makes connections. `desktop flows` shows it. */
export function liveOf(
  { facts, flows, containers, atMs }: Sample,
  rates: FlowRates,
  translated: Translated = new Map(),
  names: RemoteNames = new RemoteNames(),
): Live {
  const owners = new Map(containers.flatMap((one) => addressesOf(one).map((at) => [at, containerName(one)])))
  const ofGuest = flows.filter((flow) => hostOf(flow.guest) !== channelNetwork.address)
  const live = rates.update(ofGuest, atMs).map((flow): LiveFlow => {
    const address = translated.get(translationKey(flow)) ?? hostOf(flow.guest)
    // Addresses of clients on the host have no name.
    const remoteName = flow.from === 'guest' ? names.of(hostOf(flow.remote)) : null
    return { ...flow, key: flowKey(flow), container: owners.get(address) ?? null, remoteName }
  })
  const { vm, engine } = facts
  const owned = Map.groupBy(live, ({ container }) => container)
  return {
    vm: vm.state,
    accelerator: 'accelerator' in vm ? vm.accelerator : null,
    engine: engine.state === 'up' ? engine.version : null,
    engineReason: engine.state === 'up' ? null : engine.reason,
    ...totalOf(live),
    containers: containers.map((one) => {
      const mine = owned.get(containerName(one)) ?? []
      const { Ports: ports } = one
      return {
        name: containerName(one),
        addresses: addressesOf(one),
        ports: [...new Set(ports.flatMap(portText))],
        flows: mine.length,
        ...totalOf(mine),
      }
    }),
    flows: live,
  }
}

export const totalOf = (flows: readonly Rated[]): Pick<Rated, 'sentPerSecond' | 'receivedPerSecond'> => ({
  sentPerSecond: flows.reduce((sum, flow) => sum + flow.sentPerSecond, 0),
  receivedPerSecond: flows.reduce((sum, flow) => sum + flow.receivedPerSecond, 0),
})

const portText = ({ PrivatePort, PublicPort, Type }: ContainerSummary['Ports'][number]): string[] =>
  PublicPort === undefined ? [] : [`${PublicPort}→${PrivatePort}/${Type}`]

/** `[fd00::3]:40000` → `fd00::3`. */
const hostOf = (endpoint: string): string =>
  endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '')
