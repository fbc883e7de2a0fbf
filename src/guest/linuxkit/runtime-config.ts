/** A container's runtime.json: actions of init around the container, outside the OCI specification. */
import { type GoValue, goJson, unlessEmpty } from './go-json.ts'
import { mountJson } from './mounts.ts'
import type { Mount, Runtime } from './types.ts'

const kinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const

/** `rootMounts` create the container's root and precede its own mounts. */
export function runtimeConfig(own: Runtime, label: Runtime, rootMounts: readonly Mount[]): string {
  const mounts = [...rootMounts, ...(own.mounts ?? label.mounts ?? [])]
  const interfaces = (own.interfaces ?? label.interfaces ?? []).map(
    ({ name = '', add = '', peer = '', createInRoot = false }): GoValue => {
      return { name: unlessEmpty(name), add: unlessEmpty(add), peer: unlessEmpty(peer), createInRoot }
    },
  )
  return goJson({
    cgroups: own.cgroups ?? label.cgroups ?? [],
    mounts: mounts.map(mountJson),
    mkdir: own.mkdir ?? label.mkdir ?? [],
    interfaces,
    bindNS: Object.fromEntries(kinds.map((kind) => [kind, own.bindNS?.[kind] ?? label.bindNS?.[kind] ?? ''])),
    namespace: own.namespace ?? label.namespace ?? '',
  })
}
