/** Renders the guest's LinuxKit YAML, daemon.json and metadata from Desired. Reads only the templates. */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import type { Builder, Desired, Share } from '../config/desired.ts'
import { guestImages } from '../config/guest-components.ts'
import { shareTag } from '../vm/share/virtiofs.ts'
import { type Extension, noExtension } from './extension.ts'
import { type MetadataTree, metadataFile } from './metadata/tree.ts'
import { renderTemplate } from './template.ts'

export interface RenderedGuest {
  /**
   * The image's content: accepted by upstream's tool, and identical for environments with the same guest.services and
   * guest.files.
   */
  linuxkitYaml: string
  /** guest.services and guest.files, with the host files that they reference. */
  extension: Extension
  /** Assembler of the image. */
  builder: Builder
  /** /run/config/docker/daemon.json in the guest. */
  daemonJson: string
  /** All per-environment data that the guest reads at boot; see `metadataIso`. */
  metadata: MetadataTree
}

/** Console on the first serial port, which shows a panic before the VM reboots. */
const cmdline = 'console=ttyS0 quiet loglevel=4 panic=-1 cgroup_no_v1=all preempt=none'

/**
 * Added under emulation: it runs string instructions byte by byte, needs no CPU vulnerability mitigations, and spends
 * a twentieth of a boot on the kernel's cipher self-tests.
 */
const tcgWithAslr = 'clearcpuid=erms,fsrm,rep_good cryptomgr.notests=1 mitigations=off no5lvl tsc=reliable'

/** Translated code is cached by address: with ASLR, programs are translated again at each start (decision 0042). */
export const tcgCmdline: string = tcgArguments('auto')

export function tcgArguments(aslr: 'auto' | 'always'): string {
  return aslr === 'always' ? tcgWithAslr : tcgWithAslr.replace('tsc=', 'norandmaps tsc=')
}

/** YAML list items, parsed alike by all readers: strings are quoted. */
const listItems = (items: readonly object[]): string =>
  items.length === 0
    ? ''
    : stringify(items, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 }).replace(
        /^(?=.)/gm,
        '  ',
      )

/** @param keepIn see `renderTemplate` */
export function renderLinuxkit(
  { services, files }: Pick<Extension, 'services' | 'files'> = noExtension,
  keepIn?: string,
): Promise<string> {
  const values = { image: guestImages, cmdline, services: listItems(services), files: listItems(files) }
  return renderTemplate('linuxkit.yml.njk', values, keepIn)
}

/** @param keepIn see `renderTemplate` */
export async function renderGuest(
  desired: Desired,
  extension: Extension = noExtension,
  keepIn?: string,
): Promise<RenderedGuest> {
  const daemonJson = await renderTemplate('daemon.json.njk', { daemon: desired.engine.daemon }, keepIn)
  const sysctl = Object.entries(desired.guest.sysctl)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')
  const texts = bootTexts(desired)
  const trusted = trustedText(desired)
  return {
    linuxkitYaml: await renderLinuxkit(extension, keepIn),
    extension,
    builder: desired.guest.builder,
    daemonJson,
    metadata: {
      hostname: metadataFile(texts.hostname),
      docker: {
        entries: {
          'daemon.json': metadataFile(daemonJson),
          ...(trusted === '' ? {} : { 'trusted.pem': metadataFile(trusted) }),
        },
      },
      network: {
        entries: {
          gateway: metadataFile(texts['network/gateway']),
          host: metadataFile(texts['network/host']),
          ...(texts['network/mac'] === undefined ? {} : { mac: metadataFile(texts['network/mac']) }),
          ...(texts['network/ipv6'] === undefined ? {} : { ipv6: metadataFile(texts['network/ipv6']) }),
        },
      },
      sysctl: { entries: { 'desktop.conf': metadataFile(sysctl) } },
      ...(desired.vm.swapBytes === 0 ? {} : { swap: metadataFile(`${desired.vm.swapBytes}\n`) }),
      ...(desired.guest.platforms.length === 0
        ? {}
        : { platforms: metadataFile(`${desired.guest.platforms.join(' ')}\n`) }),
      ...(desired.shares.length === 0 ? {} : { shares: metadataFile(shareTable(desired.shares)) }),
    },
  }
}

/** CA certificates that dockerd trusts in addition to the public ones, as one PEM file; empty if there are none. */
export const trustedText = ({ engine }: Desired): string => engine.trustedCertificates.join('')

/** One tab-separated line per share: tag, target and access. */
const shareTable = (shares: readonly Share[]): string =>
  shares
    .map(({ target, writable }, index) => `${shareTag(index)}\t${target}\t${writable ? 'rw' : 'ro'}\n`)
    .join('')

const bootTexts = ({
  name,
  machine,
  network,
}: Desired): Record<'hostname' | 'network/gateway' | 'network/host', string> & {
  'network/ipv6'?: string
  'network/mac'?: string
} => ({
  hostname: `${machine?.name.replace('.', '-') ?? name}\n`,
  'network/gateway': `${network.gateway}\n`,
  'network/host': `${network.host}\n`,
  ...(network.mac === undefined ? {} : { 'network/mac': `${network.mac}\n` }),
  ...(network.ipv6 === undefined ? {} : { 'network/ipv6': `${network.ipv6.address}/64\n` }),
})

/** Files that are written to the guest at boot, by path, except those whose values are observed directly. */
export function guestFiles(desired: Desired): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bootTexts(desired)).map(([name, text]) => [`/run/config/${name}`, text]),
  )
}

/** Parts of the tree that can change in a running guest, without a VM restart. */
const livePaths: readonly string[] = ['docker', 'platforms', 'swap', 'sysctl']

/** Digest of the metadata that takes effect only at boot; part of the restart decision. */
export function bootMetadataDigest(metadata: MetadataTree): string {
  const kept = Object.entries(metadata)
    .filter(([name]) => !livePaths.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `sha256:${createHash('sha256').update(JSON.stringify(kept)).digest('hex')}`
}
