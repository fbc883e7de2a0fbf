/** A volume with an image as an OCI layout (`format: oci`), for containers that run images themselves. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Content, Entry } from '../archive/entry.ts'
import type { Store } from '../oci/store.ts'
import type { Descriptor } from '../oci/types.ts'
import { inTree } from './fixed.ts'
import { goJson } from './go-json.ts'
import type { Volume } from './types.ts'

const layoutMarker = '{\n\t\t"imageLayoutVersion": "1.0.0"\n\t}'
const indexType = 'application/vnd.oci.image.index.v1+json'
const imageTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** Entries below `dir`, in upstream's order. Throws `linuxkit/bad-value` if the image is not an index. */
export async function layoutEntries(
  volume: Volume,
  reference: string,
  dir: string,
  store: Store,
): Promise<Entry[]> {
  const index = await store.index(reference)
  if (index === undefined) {
    throw new DesktopError(
      'linuxkit/bad-value',
      `volume "${volume.name}": the image ${volume.image} is for one platform only, and format oci wants an index`,
    )
  }
  const entry = (path: string, content: Content): Entry => {
    return { type: 'file', path: inTree(dir, path), content, mode: 0o644, uid: 0, gid: 0, mtime: 0 }
  }
  const blob = (descriptor: Descriptor): Entry =>
    entry(`blobs/sha256/${descriptor.digest.slice('sha256:'.length)}`, store.blob(descriptor))
  const folder = (path: string): Entry => {
    return { type: 'directory', path: inTree(dir, path), mode: 0o755, uid: 0, gid: 0, mtime: 0 }
  }
  const entries = [entry('oci-layout', Buffer.from(layoutMarker)), folder('blobs'), folder('blobs/sha256')]
  const platforms = volume.platforms ?? []
  const missing = platforms.find((text) => !index.manifests.some((manifest) => matches(text, manifest)))
  if (missing !== undefined) {
    throw new DesktopError('oci/image-missing', `the image ${volume.image} has no variant for ${missing}`)
  }
  for (const manifest of index.manifests) {
    const wanted = platforms.length === 0 || platforms.some((text) => matches(text, manifest))
    if (!imageTypes.includes(manifest.mediaType) || !wanted) continue
    const { config, layers } = await store.manifest(manifest)
    entries.push(blob(config), ...layers.map(blob), blob(manifest))
  }
  const { digest, size } = index.descriptor
  const root = goJson(
    {
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        {
          mediaType: indexType,
          size,
          digest,
          annotations: { 'org.opencontainers.image.ref.name': reference },
        },
      ],
    },
    { step: '   ' },
  )
  return [...entries, blob(index.descriptor), entry('index.json', Buffer.from(root))]
}

/** `OS/ARCHITECTURE[/VARIANT]` */
function matches(text: string, { platform }: Descriptor): boolean {
  const [os, architecture, variant = ''] = text.split('/')
  const same = platform?.os === os && platform?.architecture === architecture
  return same && (variant === '' || platform?.variant === variant)
}
