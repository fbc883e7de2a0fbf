/** Objects of a stack as docker creates them, and as dockerd 26.1 returns them. */
import type { JsonValue } from '../../../src/config/desired.ts'
import type { LiveObjects } from '../../../src/observe/stacks.ts'
import { stackLabel } from '../../../src/reconcile/stack/service-keys.ts'
import type { Spec, WantedObject, WantedStack } from '../../../src/reconcile/stack/wanted.ts'

type Live = LiveObjects['services'][number]

const label = { [stackLabel]: 'lab' }

/** As `docker stack deploy` sends it. */
export const wantedService = (
  name: string,
  more: { container?: object; task?: object; top?: object } = {},
): Spec =>
  ({
    Name: name,
    Labels: { 'com.docker.stack.image': 'box', ...label },
    TaskTemplate: {
      ContainerSpec: {
        Image: 'box:latest',
        Labels: label,
        Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
        ...more.container,
      },
      Resources: {},
      Placement: {},
      Networks: [{ Target: 'lab_default', Aliases: ['web'] }],
      ForceUpdate: 0,
      ...more.task,
    },
    Mode: { Replicated: {} },
    EndpointSpec: {},
    ...more.top,
  }) as unknown as Spec

type Map = { [key: string]: JsonValue }

/** As dockerd returns it: defaults filled in, networks by id. */
export function echoed(spec: Spec): Spec {
  const task = spec.TaskTemplate as Map
  const container = task.ContainerSpec as Map
  const restart = task.RestartPolicy as Map | undefined
  const mode = spec.Mode as { Replicated?: Map }
  const endpoint = (spec.EndpointSpec ?? {}) as Map
  const networks = (task.Networks ?? []) as Map[]
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      Runtime: 'container',
      ContainerSpec: { ...container, Isolation: 'default' },
      Networks: networks.map((one) => ({ ...one, Target: `id-${String(one.Target)}` })),
      ...(restart === undefined ? {} : { RestartPolicy: { MaxAttempts: 0, ...restart } }),
    },
    Mode: mode.Replicated === undefined ? spec.Mode! : { Replicated: { Replicas: 1, ...mode.Replicated } },
    EndpointSpec: { Mode: 'vip', ...endpoint },
  }
}

export const networkNames: ReadonlyMap<string, string> = new Map(
  ['lab_default', 'lab_front', 'lab_back'].map((name) => [`id-${name}`, name]),
)

export const wantedObject = (spec: Spec): WantedObject => ({ name: String(spec.Name), spec })

export const stackOf = (services: readonly Spec[], more: Partial<WantedStack> = {}): WantedStack => ({
  name: 'lab',
  services: services.map(wantedObject),
  networks: [wantedObject(networkSpec('lab_default'))],
  configs: [],
  secrets: [],
  external: { networks: [], configs: [], secrets: [] },
  places: new Map(),
  written: new Map(),
  ...more,
})

export const networkSpec = (name: string, more: Spec = {}): Spec => ({
  Name: name,
  Driver: 'overlay',
  IPAM: null,
  Internal: false,
  Attachable: false,
  Options: null,
  Labels: label,
  ...more,
})

export const contentSpec = (name: string, data: string, labels: Record<string, string> = {}): Spec => ({
  Name: name,
  Labels: { ...label, ...labels },
  Data: data,
})

/** The swarm after the stack has been deployed. */
export const deployed = ({ services, networks, configs, secrets }: WantedStack): LiveObjects => ({
  services: services.map(({ name, spec }) => liveService(name, echoed(spec))),
  networks: networks.map(({ name, spec }) => ({
    id: `id-${name}`,
    name,
    labels: label,
    spec: {
      ...spec,
      Options: {
        'com.docker.network.driver.overlay.vxlanid_list': '4097',
        ...(spec.Options as Map | null),
      },
      IPAM: {
        Driver: 'default',
        Options: null,
        Config: [{ Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }],
        ...(spec.IPAM as Map | null),
      },
    },
  })),
  configs: configs.map(({ name, spec }) => content(name, spec, String(spec.Data))),
  secrets: secrets.map(({ name, spec }) => content(name, spec, undefined)),
})

export const liveService = (name: string, spec: Spec, more: Partial<Live> = {}): Live => ({
  id: `id-${name}`,
  version: 1,
  name,
  labels: (spec.Labels ?? {}) as Record<string, string>,
  spec,
  tasks: { running: 2, wanted: 2 },
  update: undefined,
  ...more,
})

/** A driver as the engine's client returns it. */
const driverOf = (given: JsonValue | undefined) => {
  const { Name, Options } = (given ?? {}) as { Name?: string; Options?: Record<string, string> }
  return Name === undefined ? undefined : { name: Name, options: Options ?? {} }
}

const content = (name: string, { Labels, Driver, Templating }: Spec, data: string | undefined) => ({
  driver: driverOf(Driver),
  templating: driverOf(Templating),
  id: `id-${name}`,
  version: 1,
  name,
  labels: (Labels ?? {}) as Record<string, string>,
  data,
})
