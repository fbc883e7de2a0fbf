/** A recipe and its packages → the layer of its component image. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../host/paths.ts'
import type { LockedComponent } from '../image.ts'
import { dropEverywhere, type Recipe } from './components.ts'
import { debPath } from './debs.ts'
import { unpackKernel } from './kernel.ts'
import { addApplets, addDeb, addFolder, file, type Layer, put, symlink } from './layer.ts'

export const guestFilesDir = (): string => join(packageRoot(), 'templates', 'guest')

/** What the maintainer scripts of these packages would have done. */
function finishPackages(layer: Layer): void {
  const certificates = [...layer].filter(([path]) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path))
  if (certificates.length > 0) {
    const bundle = certificates.map(([, entry]) => (entry.type === 'file' ? entry.content : Buffer.alloc(0)))
    put(layer, 'etc/ssl/certs/ca-certificates.crt', file(Buffer.concat(bundle)))
    for (const [path] of certificates) layer.delete(path)
  }
  if (layer.has('usr/sbin/xtables-nft-multi')) {
    for (const name of ['iptables', 'ip6tables']) {
      for (const suffix of ['', '-save', '-restore']) {
        put(layer, `usr/sbin/${name}${suffix}`, symlink('xtables-nft-multi'))
      }
    }
  }
  if (layer.has('usr/bin/tini-static')) put(layer, 'usr/bin/docker-init', symlink('tini-static'))
}

const mergedUsr = { bin: 'usr/bin', sbin: 'usr/sbin', lib: 'usr/lib', lib64: 'usr/lib64', 'var/run': '/run' }

interface AssembleInputs {
  recipe: Recipe
  component: LockedComponent
  debsDir: string
  signal?: AbortSignal | undefined
}

/** The layer of a component that is not the kernel. */
export async function componentLayer({ recipe, component, debsDir, signal }: AssembleInputs): Promise<Layer> {
  const layer: Layer = new Map()
  const drop = [...dropEverywhere, ...(recipe.drop ?? [])]
  for (const one of component.packages) await addDeb(layer, debPath(debsDir, one), drop, signal)
  for (const overlay of recipe.overlays) await addFolder(layer, join(guestFilesDir(), overlay))
  finishPackages(layer)
  if (layer.has('usr/bin/busybox')) {
    const applets = await readFile(join(guestFilesDir(), 'applets'), 'utf8')
    addApplets(layer, applets.trim().split('\n'))
  }
  for (const [path, target] of Object.entries(mergedUsr)) put(layer, path, symlink(target))
  return layer
}

/** The kernel image as LinuxKit wants it: `kernel`, and `kernel.tar` with the modules. */
export async function kernelFiles(inputs: Omit<AssembleInputs, 'recipe'>) {
  const image = inputs.component.packages.find((one) => /^linux-image-\d/.test(one.name))
  if (image === undefined) throw new Error('the kernel component has no linux-image package')
  return unpackKernel(debPath(inputs.debsDir, image), inputs.signal)
}
