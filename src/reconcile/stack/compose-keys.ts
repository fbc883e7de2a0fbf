/** Which field of the engine's API is which key of a compose file, in which form. Pure. */
import type { JsonValue } from '../../config/desired.ts'
import { formatBytes } from '../../config/units.ts'
import { canonical } from '../values.ts'

type Form = (value: JsonValue) => JsonValue

interface Row {
  key: string
  /** Names below it are the user's. */
  isMap?: true
  form?: Form
}

const seconds: Form = (value) => (typeof value === 'number' ? `${value / 1e9}s` : value)
const bytes: Form = (value) => (typeof value === 'number' ? formatBytes(value) : value)
const cpus: Form = (value) => (typeof value === 'number' ? String(value / 1e9) : value)
/** In any order. */
export const asSet: Form = (value) =>
  Array.isArray(value) ? value.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) : value
const ports: Form = (value) => asSet(Array.isArray(value) ? value.map(portText) : value)

/** Path in the engine's API → key of the compose file. Below a row, names are converted one by one. */
export const rows: Readonly<Record<string, Row>> = {
  Labels: { key: 'deploy.labels', isMap: true },
  Mode: { key: 'deploy' },
  UpdateConfig: { key: 'deploy.update_config' },
  'UpdateConfig.Delay': { key: 'deploy.update_config.delay', form: seconds },
  'UpdateConfig.Monitor': { key: 'deploy.update_config.monitor', form: seconds },
  RollbackConfig: { key: 'deploy.rollback_config' },
  'RollbackConfig.Delay': { key: 'deploy.rollback_config.delay', form: seconds },
  'RollbackConfig.Monitor': { key: 'deploy.rollback_config.monitor', form: seconds },
  'EndpointSpec.Mode': { key: 'deploy.endpoint_mode' },
  'EndpointSpec.Ports': { key: 'ports', form: ports },
  TaskTemplate: { key: 'deploy' },
  'TaskTemplate.Resources.Limits.NanoCPUs': { key: 'deploy.resources.limits.cpus', form: cpus },
  'TaskTemplate.Resources.Limits.MemoryBytes': { key: 'deploy.resources.limits.memory', form: bytes },
  'TaskTemplate.Resources.Reservations.NanoCPUs': { key: 'deploy.resources.reservations.cpus', form: cpus },
  'TaskTemplate.Resources.Reservations.MemoryBytes': {
    key: 'deploy.resources.reservations.memory',
    form: bytes,
  },
  'TaskTemplate.RestartPolicy.Delay': { key: 'deploy.restart_policy.delay', form: seconds },
  'TaskTemplate.RestartPolicy.Window': { key: 'deploy.restart_policy.window', form: seconds },
  'TaskTemplate.Placement.Constraints': { key: 'deploy.placement.constraints', form: asSet },
  'TaskTemplate.Placement.MaxReplicas': { key: 'deploy.placement.max_replicas_per_node' },
  'TaskTemplate.Networks': { key: 'networks', isMap: true },
  'TaskTemplate.LogDriver': { key: 'logging' },
  'TaskTemplate.LogDriver.Name': { key: 'logging.driver' },
  'TaskTemplate.LogDriver.Options': { key: 'logging.options', isMap: true },
  'TaskTemplate.ContainerSpec': { key: '' },
  'TaskTemplate.ContainerSpec.Labels': { key: 'labels', isMap: true },
  'TaskTemplate.ContainerSpec.Env': { key: 'environment', isMap: true },
  'TaskTemplate.ContainerSpec.Sysctls': { key: 'sysctls', isMap: true },
  'TaskTemplate.ContainerSpec.Command': { key: 'entrypoint' },
  'TaskTemplate.ContainerSpec.Args': { key: 'command' },
  'TaskTemplate.ContainerSpec.Dir': { key: 'working_dir' },
  'TaskTemplate.ContainerSpec.TTY': { key: 'tty' },
  'TaskTemplate.ContainerSpec.OpenStdin': { key: 'stdin_open' },
  'TaskTemplate.ContainerSpec.Mounts': { key: 'volumes', form: asSet },
  'TaskTemplate.ContainerSpec.StopGracePeriod': { key: 'stop_grace_period', form: seconds },
  'TaskTemplate.ContainerSpec.Healthcheck.Interval': { key: 'healthcheck.interval', form: seconds },
  'TaskTemplate.ContainerSpec.Healthcheck.Timeout': { key: 'healthcheck.timeout', form: seconds },
  'TaskTemplate.ContainerSpec.Healthcheck.StartPeriod': { key: 'healthcheck.start_period', form: seconds },
  'TaskTemplate.ContainerSpec.Healthcheck.StartInterval': {
    key: 'healthcheck.start_interval',
    form: seconds,
  },
  'TaskTemplate.ContainerSpec.Hosts': { key: 'extra_hosts' },
  'TaskTemplate.ContainerSpec.DNSConfig': { key: '' },
  'TaskTemplate.ContainerSpec.DNSConfig.Nameservers': { key: 'dns' },
  'TaskTemplate.ContainerSpec.DNSConfig.Search': { key: 'dns_search' },
  'TaskTemplate.ContainerSpec.DNSConfig.Options': { key: 'dns_opt' },
  'TaskTemplate.ContainerSpec.Secrets': { key: 'secrets', form: asSet },
  'TaskTemplate.ContainerSpec.Configs': { key: 'configs', form: asSet },
  'TaskTemplate.ContainerSpec.CapabilityAdd': { key: 'cap_add', form: asSet },
  'TaskTemplate.ContainerSpec.CapabilityDrop': { key: 'cap_drop', form: asSet },
  'TaskTemplate.ContainerSpec.Ulimits': { key: 'ulimits', form: asSet },
  'TaskTemplate.ContainerSpec.Privileges': { key: 'credential_spec' },
}

/** Values that the engine fills in if the file has none. */
export const defaults: Readonly<Record<string, JsonValue>> = {
  'deploy.mode': 'replicated',
  'deploy.replicas': 1,
  'deploy.endpoint_mode': 'vip',
  'deploy.runtime': 'container',
  isolation: 'default',
  'deploy.update_config.failure_action': 'pause',
  'deploy.rollback_config.failure_action': 'pause',
  'deploy.update_config.order': 'stop-first',
  'deploy.rollback_config.order': 'stop-first',
  'deploy.restart_policy.condition': 'any',
}

/** Set by the engine or by `docker service update --force`, and never by a compose file. */
export const ignored: ReadonlySet<string> = new Set(['deploy.force_update', 'deploy.placement.platforms'])

function portText(value: JsonValue): JsonValue {
  const { PublishedPort = 0, TargetPort, Protocol = 'tcp', PublishMode = 'ingress' } = mapOf(value)
  const mode = PublishMode === 'ingress' ? '' : ` ${String(PublishMode)}`
  return `${PublishedPort === 0 ? '' : `${String(PublishedPort)}:`}${String(TargetPort)}/${String(Protocol)}${mode}`
}

export type JsonMap = { [key: string]: JsonValue }

export const isMap = (value: JsonValue | undefined): value is JsonMap =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export const mapOf = (value: JsonValue | undefined): JsonMap => (isMap(value) ? value : {})
export const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? value : []
