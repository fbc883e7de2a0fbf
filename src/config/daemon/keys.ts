/**
 * Every key that daemon.json may have for the shipped dockerd (26.1), with its type, what a change of it
 * costs, and the value that means "as if absent". Source: moby daemon/config and daemon/reload.go of v26.1.
 */
import type { JsonValue } from '../desired.ts'

export type DaemonType = 'boolean' | 'integer' | 'string' | 'strings' | 'object' | 'objects'

export interface DaemonKey {
  type: DaemonType
  effect: 'reload' | 'restart-engine'
  /**
   * dockerd takes some keys on reload only when they are present, so one that is taken out of the file is
   * rendered as this for as long as the engine runs.
   */
  neutral?: JsonValue
}

const reload = (type: DaemonType, neutral?: JsonValue): DaemonKey =>
  neutral === undefined ? { type, effect: 'reload' } : { type, effect: 'reload', neutral }
const restart = (type: DaemonType): DaemonKey => ({ type, effect: 'restart-engine' })

export const daemonKeys: Readonly<Record<string, DaemonKey>> = {
  'allow-nondistributable-artifacts': reload('strings', []),
  'authorization-plugins': reload('strings', []),
  bip: restart('string'),
  bridge: restart('string'),
  builder: restart('object'),
  'cdi-spec-dirs': restart('strings'),
  'cgroup-parent': restart('string'),
  'cpu-rt-period': restart('integer'),
  'cpu-rt-runtime': restart('integer'),
  debug: reload('boolean', false),
  'default-address-pools': restart('objects'),
  'default-cgroupns-mode': restart('string'),
  'default-gateway': restart('string'),
  'default-gateway-v6': restart('string'),
  'default-init': restart('string'),
  'default-ipc-mode': restart('string'),
  'default-network-opts': restart('object'),
  'default-runtime': reload('string', 'runc'),
  'default-shm-size': restart('string'),
  'default-ulimits': restart('object'),
  dns: restart('strings'),
  'dns-opts': restart('strings'),
  'dns-search': restart('strings'),
  'exec-opts': restart('strings'),
  experimental: restart('boolean'),
  features: reload('object', {}),
  'fixed-cidr': restart('string'),
  'fixed-cidr-v6': restart('string'),
  'host-gateway-ip': restart('string'),
  icc: restart('boolean'),
  init: restart('boolean'),
  'init-path': restart('string'),
  'insecure-registries': reload('strings', []),
  ip: restart('string'),
  'ip-forward': restart('boolean'),
  'ip-masq': restart('boolean'),
  ip6tables: restart('boolean'),
  iptables: restart('boolean'),
  ipv6: restart('boolean'),
  labels: reload('strings', []),
  'live-restore': reload('boolean', false),
  'log-driver': restart('string'),
  'log-format': restart('string'),
  'log-level': restart('string'),
  'log-opts': restart('object'),
  'max-concurrent-downloads': reload('integer', 3),
  'max-concurrent-uploads': reload('integer', 5),
  'max-download-attempts': reload('integer', 5),
  'metrics-addr': restart('string'),
  mtu: restart('integer'),
  'network-control-plane-mtu': restart('integer'),
  'no-new-privileges': restart('boolean'),
  'node-generic-resources': restart('strings'),
  proxies: restart('object'),
  'raw-logs': restart('boolean'),
  'registry-mirrors': reload('strings', []),
  runtimes: reload('object'),
  'seccomp-profile': restart('string'),
  'selinux-enabled': restart('boolean'),
  'shutdown-timeout': reload('integer', 15),
  'storage-driver': restart('string'),
  'storage-opts': restart('strings'),
  'userland-proxy': restart('boolean'),
  'userland-proxy-path': restart('string'),
  'userns-remap': restart('string'),
}

/** Keys of dockerd that would cut the engine off from desktop, with the reason given to the user. */
export const refusedDaemonKeys: Readonly<Record<string, string>> = {
  'api-cors-header': 'the engine refuses it',
  containerd: 'the guest starts containerd itself',
  'containerd-namespace': 'the guest starts containerd itself',
  'containerd-plugin-namespace': 'the guest starts containerd itself',
  'cri-containerd': 'the guest starts containerd itself',
  'data-root': 'it is on the data disk; vm.disk sizes it',
  'exec-root': 'the guest decides it',
  group: 'the socket is reached through the host only',
  hosts: 'the host reaches the engine through its own channel; engine.socket says where',
  'network-diagnostic-port': 'it would open a port without authentication',
  pidfile: 'the guest decides it',
  'resolv-conf': 'names are resolved by the gateway; see network.dns',
  'swarm-default-advertise-addr': 'the guest passes eth0 on the command line',
  tls: 'the engine listens on its unix socket only',
  tlscacert: 'the engine listens on its unix socket only',
  tlscert: 'the engine listens on its unix socket only',
  tlskey: 'the engine listens on its unix socket only',
  tlsverify: 'the engine listens on its unix socket only',
}

/** Whether a value has the type; `object` and `objects` are left to dockerd's own validation. */
export function hasDaemonType(value: JsonValue, type: DaemonType): boolean {
  const isObject = (v: JsonValue): boolean => v !== null && typeof v === 'object' && !Array.isArray(v)
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value)
    case 'string':
      return typeof value === 'string'
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'object':
      return isObject(value)
    case 'objects':
      return Array.isArray(value) && value.every(isObject)
  }
}
