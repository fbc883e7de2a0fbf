/**
 * The smallest measurable guest: this project's kernel and init, its guest agent, and iperf3, all from the
 * Debian packages of the released guest; without an engine, so that it boots in seconds and is otherwise
 * idle.
 */
import { parse, stringify } from 'yaml'
import { buildGuest } from '../../src/guest/build.ts'
import { dropEverywhere, type Recipe } from '../../src/guest/debian/components.ts'
import { debPath, fetchDebs } from '../../src/guest/debian/debs.ts'
import { addDeb, type Layer, sorted } from '../../src/guest/debian/layer.ts'
import { resolveLock, sha256 } from '../../src/guest/debian/lock.ts'
import { openIndex } from '../../src/guest/debian/package-index.ts'
import type { GuestImage } from '../../src/guest/image.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { renderLinuxkit } from '../../src/guest/render.ts'
import type { CachePaths } from '../../src/host/paths.ts'

const iperf: Recipe = { name: 'desktop-bench/iperf3', kind: 'root', packages: ['iperf3'], overlays: [] }

/**
 * The kernel, init and guest agent of the released guest; everything else is left out, and iperf3 is added to
 * the root file system.
 */
async function linuxkit(iperfImage: string): Promise<string> {
  const { kernel, init, services }: Linuxkit = parse(await renderLinuxkit())
  return stringify({
    kernel,
    init: [...init.filter((name) => name !== 'desktop/containerd'), iperfImage],
    services: services.filter(({ name }) => name === 'qemu-ga'),
  })
}

interface Linuxkit {
  kernel: object
  init: string[]
  services: { name: string }[]
}

/** iperf3 and its libraries, and a name that follows from their versions. */
export async function iperfLayer(cache: CachePaths): Promise<{ name: string; layer: Layer }> {
  const index = await openIndex(cache.aptDir)
  const { packages } = resolveLock(index, [iperf]).components[0]!
  await fetchDebs(cache.debsDir, packages, { index: async () => index })
  const layer: Layer = new Map()
  for (const one of packages) await addDeb(layer, debPath(cache.debsDir, one), dropEverywhere)
  return { name: `${iperf.name}:${sha256(...packages.map((one) => one.sha256)).slice(0, 16)}`, layer }
}

/** Name of the image in the store. */
async function iperfImage(cache: CachePaths): Promise<string> {
  const { name, layer } = await iperfLayer(cache)
  const store = openStore(cache.ociDir)
  if ((await store.find(name)) === undefined) await store.add({ name, layers: [{ entries: sorted(layer) }] })
  return name
}

/** Cached or newly built. */
export async function benchGuest(cache: CachePaths): Promise<GuestImage> {
  return await buildGuest({ linuxkitYaml: await linuxkit(await iperfImage(cache)) }, { cache })
}
