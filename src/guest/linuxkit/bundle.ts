/** A container as a directory in the guest: root file system, config.json, runtime.json. */
import type { Entry } from '../archive/entry.ts'
import type { ImageContents } from '../oci/store.ts'
import { containerConfig, isReadonly } from './container-config.ts'
import { directories, directory, file } from './fixed.ts'
import type { Ids } from './ids.ts'
import { imageTree } from './image-tree.ts'
import { parseLabel } from './parse.ts'
import { runtimeConfig } from './runtime-config.ts'
import type { Container, ContainerSettings, Mount } from './types.ts'

const labelName = 'org.mobyproject.config'

interface BundleInputs {
  /** `containers/services/docker`. */
  path: string
  /** With volume names already resolved. */
  container: Container
  image: ImageContents
  /** Full name of the image. */
  reference: string
  ids: Ids
  /** Full image name → path of its files; the first container of an image adds it. */
  extracted: Map<string, string>
}

export function bundleEntries({ path, container, image, reference, ids, extracted }: BundleInputs): Entry[] {
  const labelText = image.config.Labels?.[labelName] ?? ''
  const label: ContainerSettings = labelText === '' ? {} : parseLabel(labelText, container.image)
  const readonly = isReadonly({ own: container, label })
  const config = containerConfig({ own: container, label, image: image.config, ids })
  const earlier = extracted.get(reference)
  const root = earlier ?? `${path}/${readonly ? 'rootfs' : 'lower'}`
  extracted.set(reference, root)
  const files =
    earlier === undefined
      ? [...directories(root), ...imageTree(image.entries, { under: root })]
      : directories(path)
  const mountPoints = readonly ? (earlier === undefined ? [] : ['rootfs']) : ['tmp', 'rootfs']
  return [
    ...files,
    file(`${path}/config.json`, config),
    ...mountPoints.map((name) => directory(`${path}/${name}`)),
    file(
      `${path}/runtime.json`,
      runtimeConfig(container.runtime ?? {}, label.runtime ?? {}, rootMounts(path, root, readonly)),
    ),
  ]
}

/**
 * Read-only: a bind mount of the files onto themselves, because runc requires a mount point. Otherwise an overlay in a
 * dedicated tmpfs.
 */
function rootMounts(path: string, root: string, readonly: boolean): Mount[] {
  const destination = `/${path}/rootfs`
  if (readonly) return [{ source: `/${root}`, destination, options: ['bind'] }]
  const tmp = `/${path}/tmp`
  const options = [`lowerdir=/${root}`, `upperdir=${tmp}/upper`, `workdir=${tmp}/work`]
  return [
    { source: 'tmpfs', type: 'tmpfs', destination: tmp },
    { destination: tmp, options: ['remount', 'private'] },
    { source: 'overlay', type: 'overlay', destination, options },
  ]
}
