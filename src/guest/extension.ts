/** Converts guest.services and guest.files of desktop.yaml to LinuxKit entries, with the host files that they need. */
import { createHash } from 'node:crypto'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired, GuestFile, GuestService } from '../config/desired.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { fileSha256 } from './debian/download.ts'
import { containerConfig } from './linuxkit/container-config.ts'
import type { Container } from './linuxkit/types.ts'
import { archiveName } from './oci/archive.ts'

/** A host file under its content-derived name in the LinuxKit file. */
export interface Named {
  name: string
  path: string
}

export interface Extension {
  services: readonly GuestService[]
  files: readonly GuestFile[]
  /** Images, by the names used in the services. */
  archives: readonly Named[]
  /** File sources, `files/SHA256` each, relative to the LinuxKit file. */
  sources: readonly Named[]
}

export const noExtension: Extension = { services: [], files: [], archives: [], sources: [] }

/** Reads archives and files of this host. Throws `config/bad-value`, `oci/bad-archive`, `guest/source-changed`. */
export async function resolveExtension({ services, files }: Desired['guest']): Promise<Extension> {
  services.forEach(checkService)
  const archives: Named[] = []
  const named = services.map(async (service): Promise<GuestService> => {
    if (!service.image.startsWith('/')) return service
    const name = await archiveName(service.image)
    archives.push({ name, path: service.image })
    return { ...service, image: name }
  })
  const sources: Named[] = []
  const placed = files.map(async (file): Promise<GuestFile[]> => {
    const { source, optional, ...rest } = file
    if (typeof source !== 'string') return [file]
    const sha256 = await fileSha256(source)
    if (sha256 === undefined && optional === true) return []
    if (sha256 === undefined)
      throw new DesktopError('config/bad-value', `guest.files: ${source} does not exist`)
    sources.push({ name: `files/${sha256}`, path: source })
    return [{ ...rest, source: `files/${sha256}` }]
  })
  return {
    services: await Promise.all(named),
    files: (await Promise.all(placed)).flat(),
    archives,
    sources,
  }
}

/** Reports LinuxKit errors beyond the schema before anything is built. */
function checkService({ image: _, ...service }: GuestService, index: number): void {
  try {
    const ids = new Map<string, number>()
    const { uid, gid, additionalGids, ...own } = service as unknown as Container
    containerConfig({ own, label: {}, image: {}, ids })
  } catch (error) {
    if (!(error instanceof DesktopError && error.code === 'linuxkit/bad-value')) throw error
    throw new DesktopError(
      'config/bad-value',
      `guest.services[${index}] (${service.name}): ${error.message}`,
      {
        cause: error,
      },
    )
  }
}

/** Copies the sources, so that they cannot change while being read. Throws if one has changed since it was named. */
export async function stageSources(sources: readonly Named[], dir: string): Promise<void> {
  if (sources.length > 0) await mkdir(join(dir, 'files'), { recursive: true })
  for (const { name, path } of sources) {
    await copyFile(path, join(dir, name))
    if ((await fileSha256(join(dir, name))) === name.slice('files/'.length)) continue
    throw new DesktopError('guest/source-changed', `${path} changed while the guest was built`)
  }
}

/** The image's share of desktop.yaml: a short digest per entry, by name. */
export function extensionParts({ services, files }: Extension): ExtensionParts {
  const digests = (entries: readonly (readonly [string, object])[]): Record<string, string> =>
    Object.fromEntries(entries.map(([name, entry]) => [name, shortDigest(JSON.stringify(entry))]))
  return {
    services: digests(services.map((service) => [service.name, service])),
    files: digests(files.map((file) => [file.path, file])),
  }
}

export interface ExtensionParts {
  services: Readonly<Record<string, string>>
  files: Readonly<Record<string, string>>
}

const shortDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)
