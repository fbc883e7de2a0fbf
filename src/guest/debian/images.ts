/** Builds component images from recipes and packages into the OCI store. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { guestImages } from '../../config/guest-components.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { packageRoot } from '../../host/paths.ts'
import type { OnProgress } from '../../progress.ts'
import { tarChunks } from '../archive/tar-write.ts'
import type { LockedComponent } from '../image.ts'
import type { Store } from '../oci/store.ts'
import { dropEverywhere, type Recipe, recipes } from './components.ts'
import { debPath } from './debs.ts'
import { defaultSignals } from './default-signals.ts'
import { unpackKernel } from './kernel.ts'
import {
  addApplets,
  addDeb,
  addFolder,
  bytesAt,
  directory,
  file,
  type Layer,
  put,
  sorted,
  symlink,
} from './layer.ts'
import { sha256 } from './lock.ts'
import { verifyComponent } from './verify-component.ts'

export const guestFilesDir = (): string => join(packageRoot(), 'templates', 'guest')

/** Replaces the maintainer scripts of these packages. */
function finishPackages(layer: Layer): void {
  const certificates = [...layer.keys()].filter((path) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path))
  if (certificates.length > 0) {
    const bundle = certificates.map((path) => bytesAt(layer, path) ?? Buffer.alloc(0))
    put(layer, file('etc/ssl/certs/ca-certificates.crt', Buffer.concat(bundle)))
    for (const path of certificates) layer.delete(path)
  }
  // iptables-nft reads each rule separately on each call: seconds per port with a thousand ports.
  if (layer.has('usr/sbin/xtables-legacy-multi')) {
    for (const name of ['iptables', 'ip6tables']) {
      for (const suffix of ['', '-save', '-restore']) {
        put(layer, symlink(`usr/sbin/${name}${suffix}`, 'xtables-legacy-multi'))
      }
    }
  }
  if (layer.has('usr/bin/tini-static')) put(layer, symlink('usr/bin/docker-init', 'tini-static'))
}

/** Symlinks in every image: merged /usr, and the traditional /var/run. */
const links = {
  bin: 'usr/bin',
  sbin: 'usr/sbin',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  'var/run': '/run',
  'etc/os-release': '../usr/lib/os-release',
}
const directories = { root: 0o700, run: 0o755, tmp: 0o1777, mnt: 0o755, 'var/lib': 0o755, 'var/log': 0o755 }

const imageConfig = { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] }

interface Inputs {
  recipe: Recipe
  component: LockedComponent
  debsDir: string
  signal?: AbortSignal | undefined
}

/** The layer of a component other than the kernel. */
async function componentLayer({ recipe, component, debsDir, signal }: Inputs): Promise<Layer> {
  const layer: Layer = new Map()
  const drop = [...dropEverywhere, ...(recipe.drop ?? [])]
  for (const one of component.packages) await addDeb(layer, debPath(debsDir, one), drop, signal)
  for (const overlay of recipe.overlays) await addFolder(layer, join(guestFilesDir(), overlay))
  if (recipe.name === guestImages.init) put(layer, file('usr/sbin/default-signals', defaultSignals(), 0o755))
  finishPackages(layer)
  if (layer.has('usr/bin/busybox')) {
    const applets = await readFile(join(guestFilesDir(), 'applets'), 'utf8')
    addApplets(layer, applets.trim().split('\n'))
  }
  for (const [path, mode] of Object.entries(directories)) put(layer, directory(path, mode))
  for (const [path, target] of Object.entries(links)) put(layer, symlink(path, target))
  return layer
}

/** The kernel image in LinuxKit's format: `kernel`, and `kernel.tar` with the modules. */
async function kernelLayer({ component, debsDir, signal }: Inputs): Promise<Layer> {
  const image = component.packages.find((one) => /^linux-image-\d/.test(one.name))
  if (image === undefined)
    throw new DesktopError('guest/build-failed', 'the kernel component has no kernel package')
  const { vmlinux, modules } = await unpackKernel(debPath(debsDir, image), signal)
  const chunks: Uint8Array[] = []
  for await (const chunk of tarChunks(sorted(modules))) chunks.push(chunk)
  const layer: Layer = new Map()
  put(layer, file('kernel', vmlinux))
  put(layer, file('kernel.tar', Buffer.concat(chunks)))
  return layer
}

interface BuildImages {
  store: Store
  debsDir: string
  /** Digest of templates/guest: a change creates new images. */
  rules: string
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

/** Tags by image name, derived from the image's inputs, so that a tagged name never changes its content. */
export type ImageTags = ReadonlyMap<string, string>

/** `desktop/docker:0123456789abcdef`: the tag is a digest of the packages and the build rules. */
export function componentImage({ name, packages }: LockedComponent, rules: string): string {
  return `${name}:${sha256(rules, ...packages.map((one) => one.sha256)).slice(0, 16)}`
}

/** Builds every component image that the store lacks. */
export async function buildImages(
  components: readonly LockedComponent[],
  { store, debsDir, rules, onProgress, signal }: BuildImages,
): Promise<ImageTags> {
  const tags = new Map<string, string>()
  for (const [index, component] of components.entries()) {
    const recipe = recipes.find((one) => one.name === component.name)
    if (recipe === undefined) {
      throw new DesktopError(
        'guest/build-failed',
        `desktop.lock has ${component.name}, which this version of desktop does not know`,
      )
    }
    const name = componentImage(component, rules)
    tags.set(component.name, name.slice(component.name.length + 1))
    if ((await store.find(name)) !== undefined) continue
    signal?.throwIfAborted()
    onProgress?.({
      step: 'image/components',
      message: `Making ${component.name}`,
      done: index,
      total: components.length,
      unit: 'items',
    })
    await verifyComponent(recipe, component, debsDir)
    const inputs = { recipe, component, debsDir, signal }
    const layer = recipe.kind === 'kernel' ? await kernelLayer(inputs) : await componentLayer(inputs)
    await store.add({ name, layers: [{ entries: sorted(layer) }], config: imageConfig })
  }
  return tags
}

/** `image: desktop/tools` → `image: desktop/tools:TAG`, quoted or not, for all names with a tag; other names stay. */
export function pinImages(linuxkitYaml: string, tags: ImageTags): string {
  return linuxkitYaml.replace(
    /^(\s*(?:image:|-)\s+)("?)([^\s"]+)\2(?=\s*$)/gm,
    (line, before: string, _quote: string, name: string) => {
      const tag = tags.get(name)
      return tag === undefined ? line : `${before}${name}:${tag}`
    },
  )
}
