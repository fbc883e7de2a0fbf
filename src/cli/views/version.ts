/** Version and components of desktop as a document. */
import { release } from 'node:os'
import { recipes } from '../../guest/debian/components.ts'
import { architecture, suite } from '../../guest/debian/mirror.ts'
import { apiVersion } from '../../supervisor/api/api.ts'
import { toolVersion } from '../../version.ts'

/** Source of the build: dist/release.json in a package, git in a checkout. */
export interface Source {
  commit: string | null
  /** The checkout has uncommitted changes. */
  modified: boolean
}

export interface BundledPackage {
  name: string
  version: string
  /** SPDX expression. */
  license: string
}

export interface VersionDocument extends Source {
  format: 'desktop-version/1'
  desktop: string
  /** An installed package or a source checkout. */
  from: 'package' | 'checkout'
  controlApi: number
  node: string
  platform: string
  kernel: string
  /** npm packages in dist/. */
  components: readonly BundledPackage[]
  /** Sources of the guest; `desktop lock` and `desktop image inspect` list the exact packages. */
  guest: { source: string; components: readonly { image: string; packages: readonly string[] }[] }
}

export const versionDocument = (
  from: VersionDocument['from'],
  { commit, modified }: Source,
  components: readonly BundledPackage[],
): VersionDocument => ({
  format: 'desktop-version/1',
  desktop: toolVersion,
  commit,
  modified,
  from,
  controlApi: apiVersion,
  node: process.versions.node,
  platform: `${process.platform}/${process.arch}`,
  kernel: release(),
  components,
  guest: {
    source: `${suite}/${architecture}`,
    components: recipes.map(({ name, packages }) => ({ image: name, packages })),
  },
})

export function versionView(document: VersionDocument): string {
  const { desktop, commit, modified, controlApi, node, platform } = document
  const rows = {
    desktop,
    commit: `${commit ?? 'unknown'}${modified ? ' and local changes' : ''}`,
    controlApi,
    node,
    platform,
  }
  return Object.entries(rows)
    .map(([name, value]) => `${name.padEnd(12)}${value}\n`)
    .join('')
}
