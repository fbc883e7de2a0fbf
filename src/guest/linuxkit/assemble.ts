/**
 * Assembles the guest's tree from LinuxKit YAML and images in the store, entry by entry identical to `linuxkit build
 * --format tar`. Downloads nothing.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Entry } from '../archive/entry.ts'
import { parseReference, referenceText } from '../oci/reference.ts'
import type { ImageContents, Store } from '../oci/store.ts'
import type { Assembled } from './assembled.ts'
import { bundleEntries } from './bundle.ts'
import { fileEntries } from './files.ts'
import { inTree } from './fixed.ts'
import { containerIds } from './ids.ts'
import { imageTree } from './image-tree.ts'
import { initEntries } from './init.ts'
import { kernelEntries } from './kernel.ts'
import { metadataText } from './metadata.ts'
import { layoutEntries } from './oci-volume.ts'
import { parseLinuxkit } from './parse.ts'
import type { Container, LinuxkitFile, Volume } from './types.ts'
import { volumeDir, volumeEntries, volumeFiles, withVolumes } from './volumes.ts'

export interface AssembleInputs {
  yaml: string
  store: Store
  /** Name of the YAML in messages. */
  file?: string
  /** Base of relative `source` paths. Default: the working directory. */
  sourceDir?: string
  signal?: AbortSignal | undefined
}

/** The root's resolv.conf is writable at run time; those of containers are fixed or bind-mounted. */
const resolvConf = '/run/resolvconf/resolv.conf'

/** Throws `linuxkit/*` for input that upstream rejects, `oci/*` for missing or damaged images. */
export async function assemble(inputs: AssembleInputs): Promise<Assembled> {
  const { store, signal } = inputs
  const file = parseLinuxkit(inputs.yaml, inputs.file)
  const read = (name: string): Promise<ImageContents> => {
    signal?.throwIfAborted()
    return store.read(name)
  }
  imageNames(file)
  const { kernel } = file
  const boot = kernel?.image ? await kernelEntries(kernel, (await read(kernel.image)).entries) : undefined
  const init: (readonly Entry[])[] = []
  for (const name of file.init ?? [])
    init.push(imageTree((await read(name)).entries, { under: '', resolvConf }))
  const ids = containerIds(file)
  const entries: Entry[] = [...(boot?.entries ?? []), ...(await initEntries(init))]
  for (const volume of file.volumes ?? []) entries.push(...(await ofVolume(volume, store)))
  const extracted = new Map<string, string>()
  for (const { path, container } of bundles(file)) {
    const image = await read(container.image)
    const reference = fullName(container.image)
    const resolved = withVolumes(container, file.volumes ?? [])
    entries.push(...bundleEntries({ path, container: resolved, image, reference, ids, extracted }))
  }
  const files = await fileEntries(file.files ?? [], {
    ids,
    sourceDir: inputs.sourceDir ?? process.cwd(),
    metadata: (kind) => metadataText(file, kind),
  })
  return { entries: [...entries, ...files], kernel: boot?.kernel }
}

/** In archive order. Sequential containers are numbered; services run concurrently. */
function bundles({
  onboot = [],
  onshutdown = [],
  services = [],
}: LinuxkitFile): { path: string; container: Container }[] {
  // Names may contain slashes and dots, which upstream resolves.
  const under = (section: string, name: string): string => inTree('containers', section, name)
  const numbered = (section: string) => (container: Container, index: number) => {
    return { path: under(section, `${String(index).padStart(3, '0')}-${container.name}`), container }
  }
  return [
    ...onboot.map(numbered('onboot')),
    ...onshutdown.map(numbered('onshutdown')),
    ...services.map((container) => ({ path: under('services', container.name), container })),
  ]
}

function fullName(name: string): string {
  const reference = parseReference(name)
  if (reference === undefined) throw new DesktopError('oci/bad-name', `"${name}" is not a valid image name`)
  return referenceText(reference)
}

/** Images named in the file, as written. Throws `oci/bad-name` for an invalid name. */
export function imageNames(file: LinuxkitFile): string[] {
  const containers = [...(file.onboot ?? []), ...(file.onshutdown ?? []), ...(file.services ?? [])]
  const volumes = (file.volumes ?? []).map(({ image }) => image ?? '')
  const all = [file.kernel?.image ?? '', ...(file.init ?? []), ...volumes].filter((name) => name !== '')
  const names = [...new Set([...all, ...containers.map(({ image }) => image)])]
  for (const name of names) fullName(name)
  return names
}

async function ofVolume(volume: Volume, store: Store): Promise<Entry[]> {
  if (!volume.image) return volumeEntries(volume, [])
  if (volume.format === 'oci') {
    const dir = `${volumeDir(volume.name ?? '')}/lower`
    return volumeEntries(volume, await layoutEntries(volume, fullName(volume.image), dir, store))
  }
  return volumeEntries(volume, volumeFiles(volume, (await store.read(volume.image)).entries, resolvConf))
}
