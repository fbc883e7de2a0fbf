/** Desired → the guest's texts: LinuxKit YAML, daemon.json and metadata. Reads the templates, and nothing else of this host. */
import { createHash } from 'node:crypto'
import type { Desired } from '../config/desired.ts'
import { type MetadataTree, metadataFile } from './metadata/tree.ts'
import { renderTemplate } from './template.ts'

export interface RenderedGuest {
  /** The image's content: the same for every environment, and accepted by the upstream tool. */
  linuxkitYaml: string
  /** /run/config/docker/daemon.json in the guest. */
  daemonJson: string
  /** Everything of the environment that the guest reads at boot; see `metadataIso`. */
  metadata: MetadataTree
}

/** Console on the first serial port; a panic ends the machine, so that the host sees it. */
const cmdline = [
  'console=ttyS0',
  'quiet',
  'loglevel=4',
  'panic=-1',
  'apparmor=0',
  'cgroup_no_v1=all',
  'preempt=none',
].join(' ')

/** Added under emulation: string instructions are emulated byte by byte there, and its CPU has no holes to plug. */
export const tcgCmdline = 'clearcpuid=erms,fsrm,rep_good mitigations=off no5lvl norandmaps tsc=reliable'

const images = {
  kernel: 'desktop/kernel',
  init: 'desktop/init',
  runc: 'desktop/runc',
  containerd: 'desktop/containerd',
  tools: 'desktop/tools',
  docker: 'desktop/docker',
  socat: 'desktop/socat',
  chrony: 'desktop/chrony',
  qemuGa: 'desktop/qemu-ga',
}

/** @param keepIn as for `renderTemplate`. */
export function renderLinuxkit(keepIn?: string): Promise<string> {
  return renderTemplate('linuxkit.yml.njk', { image: images, cmdline }, keepIn)
}

/** @param keepIn as for `renderTemplate`. */
export async function renderGuest(desired: Desired, keepIn?: string): Promise<RenderedGuest> {
  const daemonJson = await renderTemplate('daemon.json.njk', { daemon: desired.engine.daemon }, keepIn)
  const sysctl = Object.entries(desired.guest.sysctl)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')
  const texts = bootTexts(desired)
  return {
    linuxkitYaml: await renderLinuxkit(keepIn),
    daemonJson,
    metadata: {
      hostname: metadataFile(texts.hostname),
      docker: { entries: { 'daemon.json': metadataFile(daemonJson) } },
      network: {
        entries: {
          gateway: metadataFile(texts['network/gateway']),
          host: metadataFile(texts['network/host']),
        },
      },
      sysctl: { entries: { 'desktop.conf': metadataFile(sysctl) } },
    },
  }
}

const bootTexts = ({
  name,
  network,
}: Desired): Record<'hostname' | 'network/gateway' | 'network/host', string> => ({
  hostname: `${name}\n`,
  'network/gateway': `${network.gateway}\n`,
  'network/host': `${network.host}\n`,
})

/** The files that a boot lays out in the guest, by path, but those whose values are looked at themselves. */
export function guestFiles(desired: Desired): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bootTexts(desired)).map(([name, text]) => [`/run/config/${name}`, text]),
  )
}

/** Parts of the tree that are changed in a running guest; a difference in them is no reason to restart it. */
const livePaths: readonly string[] = ['docker', 'sysctl']

/** Digest of what only a boot can change: the metadata's share in "does the VM restart". */
export function bootMetadataDigest(metadata: MetadataTree): string {
  const kept = Object.entries(metadata)
    .filter(([name]) => !livePaths.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `sha256:${createHash('sha256').update(JSON.stringify(kept)).digest('hex')}`
}
