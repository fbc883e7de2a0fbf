/** Builds a container's config.json (OCI runtime specification 1.2.1) from its YAML, the image's label and the image. */
import type { ImageConfig } from '../oci/types.ts'
import { capabilitiesOf } from './capabilities.ts'
import { type GoValue, goJson, sortedMap, unlessEmpty } from './go-json.ts'
import { type Ids, numericId } from './ids.ts'
import { mappingJson, mountsOf } from './mounts.ts'
import { devicesJson, resourcesJson, rlimitsJson } from './resources.ts'
import type { ContainerSettings } from './types.ts'

interface ConfigInputs {
  /** Settings in the YAML. */
  own: ContainerSettings
  /** From the image's `org.mobyproject.config`. */
  label: ContainerSettings
  image: ImageConfig
  ids: Ids
}

export const isReadonly = ({ own, label }: Pick<ConfigInputs, 'own' | 'label'>): boolean =>
  own.readonly ?? label.readonly ?? false

/** Text of config.json. Throws `linuxkit/bad-value`. */
export function containerConfig(inputs: ConfigInputs): string {
  const { own, label } = inputs
  const readonly = isReadonly(inputs)
  return goJson({
    ociVersion: '1.2.1',
    process: processJson(inputs),
    root: { path: 'rootfs', readonly: unlessEmpty(readonly) },
    hostname: unlessEmpty(own.hostname || (label.hostname ?? '')),
    mounts: mountsOf(label, own, readonly),
    annotations: unlessEmpty(sortedMap(own.annotations ?? label.annotations ?? {})),
    linux: linuxJson(own, label),
  })
}

function processJson({ own, label, image, ids }: ConfigInputs): GoValue {
  const { bounding, effective, ambient } = capabilitiesOf(label, own)
  const command = [...(image.Entrypoint ?? []), ...(image.Cmd ?? [])]
  const groups = (own.additionalGids ?? label.additionalGids ?? []).map((id) => numericId(id, ids))
  return {
    user: {
      uid: numericId(own.uid ?? label.uid, ids),
      gid: numericId(own.gid ?? label.gid, ids),
      additionalGids: unlessEmpty(groups),
    },
    args: unlessEmpty(own.command ?? label.command ?? command),
    env: unlessEmpty(own.env ?? label.env ?? image.Env ?? []),
    cwd: own.cwd || label.cwd || image.WorkingDir || '/',
    capabilities: {
      bounding: unlessEmpty(bounding),
      effective: unlessEmpty(effective),
      inheritable: unlessEmpty(bounding),
      permitted: unlessEmpty(bounding),
      ambient: unlessEmpty(ambient),
    },
    rlimits: unlessEmpty(rlimitsJson(label, own)),
    noNewPrivileges: unlessEmpty(own.noNewPrivileges ?? label.noNewPrivileges ?? false),
    oomScoreAdj: own.oomScoreAdj ?? label.oomScoreAdj,
  }
}

/** `host` and `root` share the VM's namespace, `new` creates one, anything else is the path of one. */
function namespace(type: string, setting: string, forNew: readonly string[]): GoValue[] {
  if (setting === 'host' || setting === 'root') return []
  return [{ type, path: unlessEmpty(forNew.includes(setting) ? '' : setting) }]
}

function namespacesJson(own: ContainerSettings, label: ContainerSettings): GoValue[] {
  return [
    ...namespace('network', own.net || label.net || 'root', ['new', 'none']),
    ...namespace('ipc', own.ipc || label.ipc || 'root', ['new']),
    ...namespace('uts', own.uts || label.uts || 'root', ['new']),
    ...namespace('pid', own.pid || label.pid || 'new', ['new']),
    ...namespace('user', own.userns || label.userns || 'root', ['new']),
    { type: 'mount' },
  ]
}

function linuxJson(own: ContainerSettings, label: ContainerSettings): GoValue {
  const devices = own.devices ?? label.devices ?? []
  return {
    uidMappings: unlessEmpty((own.uidMappings ?? label.uidMappings ?? []).map(mappingJson)),
    gidMappings: unlessEmpty((own.gidMappings ?? label.gidMappings ?? []).map(mappingJson)),
    sysctl: unlessEmpty(sortedMap(own.sysctl ?? label.sysctl ?? {})),
    resources: resourcesJson(own.resources ?? label.resources ?? {}, devices),
    cgroupsPath: unlessEmpty(own.cgroupsPath ?? label.cgroupsPath ?? ''),
    namespaces: namespacesJson(own, label),
    devices: unlessEmpty(devicesJson(devices)),
    rootfsPropagation: unlessEmpty(own.rootfsPropagation ?? label.rootfsPropagation ?? ''),
    maskedPaths: unlessEmpty(own.maskedPaths ?? label.maskedPaths ?? []),
    readonlyPaths: unlessEmpty(own.readonlyPaths ?? label.readonlyPaths ?? []),
  }
}
