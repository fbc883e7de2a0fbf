/**
 * The bill of materials of a release (CycloneDX 1.6, JSON): npm packages in the tool, Debian packages in the
 * guest. Pure, without timestamps and random numbers: the same release gives the same bytes.
 */
import { createHash } from 'node:crypto'
import { lockedPackages } from '../../src/guest/debian/lock.ts'
import type { ComponentLock, LockedPackage } from '../../src/guest/image.ts'
import type { Release } from './commit.ts'

interface ToolPackage {
  name: string
  version: string
  license: string
  /** Format of package-lock.json: `sha512-BASE64`. */
  integrity: string
}

interface Component {
  type: 'application' | 'library' | 'container' | 'operating-system'
  'bom-ref': string
  name: string
  version: string
  purl?: string
  licenses?: readonly [{ expression: string }]
  hashes?: readonly { alg: string; content: string }[]
}

export interface BomInput {
  release: Release
  license: string
  packages: readonly ToolPackage[]
  guest: ComponentLock
}

export function billOfMaterials({ release, license, packages, guest }: BomInput): string {
  const self: Component = {
    type: 'application',
    'bom-ref': `desktop@${release.version}`,
    name: 'desktop',
    version: release.version,
    licenses: [{ expression: license }],
  }
  const [distro = '', architecture = ''] = guest.source.split('/')
  const system: Component = {
    type: 'operating-system',
    'bom-ref': `guest@${release.version}`,
    name: 'guest',
    version: release.version,
  }
  const images = guest.components.map(
    (component): Component => ({
      type: 'container',
      'bom-ref': imageRef(component.name),
      name: component.name,
      version: release.version,
    }),
  )
  const tools = packages.map(npmComponent)
  const debs = lockedPackages(guest).map((one) => debComponent(one, distro, architecture))
  const refOf = new Map(lockedPackages(guest).map((one, i) => [one.name, debs[i]?.['bom-ref'] ?? '']))
  const content = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: release.date,
      component: self,
      properties: [{ name: 'desktop:commit', value: release.commit ?? 'unknown' }],
    },
    components: sorted([...tools, system, ...images, ...debs]),
    dependencies: [
      depends(self, [...tools.map((one) => one['bom-ref']), system['bom-ref']]),
      depends(
        system,
        images.map((one) => one['bom-ref']),
      ),
      ...guest.components.map(({ name, packages }) => ({
        ref: imageRef(name),
        dependsOn: packages.map((one) => refOf.get(one.name) ?? '').sort(),
      })),
    ],
  }
  const { $schema, bomFormat, specVersion, ...rest } = content
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(content))}`
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...rest }, null, 2)}\n`
}

const imageRef = (name: string): string => `guest/${name}`

function npmComponent({ name, version, license, integrity }: ToolPackage): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const [algorithm = '', digest = ''] = integrity.split(/-(.*)/s)
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: [{ expression: license }],
    hashes: [
      {
        alg: algorithm.replace('sha', 'SHA-'),
        content: Buffer.from(digest, 'base64').toString('hex'),
      },
    ],
  }
}

function debComponent(
  { name, version, sha256 }: LockedPackage,
  distro: string,
  architecture: string,
): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${distro}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  }
}

const sorted = (components: readonly Component[]): Component[] =>
  components.toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1))

const depends = (component: Component, on: readonly string[]): { ref: string; dependsOn: string[] } => ({
  ref: component['bom-ref'],
  dependsOn: on.toSorted(),
})

/** Derived from the name; RFC 9562 leaves version 8 to the application. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
