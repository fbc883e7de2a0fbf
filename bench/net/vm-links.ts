/**
 * Connects each peer to a card of one VM as its users would: a socket with QEMU's stream framing for the
 * forwarder and passt, QEMU's own user netdev, and for slirp4netns, which creates a tap device itself, a
 * bridge between that and QEMU's.
 */
import type { ChildProcess } from 'node:child_process'
import { $ } from 'zx'
import type { Sides } from './iperf.ts'
import type { Mapping, Peer } from './peers.ts'
import { libslirp, slirp4netns, userNetdev } from './peers.ts'
import { linkSocket, openMappings, startPeer } from './start-peer.ts'
import type { Card } from './vm-guest.ts'
import { output } from './workspace.ts'

/** One peer and its card. */
export interface VmLink {
  name: string
  card: Card
  /** Undefined if QEMU itself is the peer. */
  forwarder: ChildProcess | undefined
  /** Commands outside the VM, from the peer's point of view. */
  host: Omit<Sides, 'inside'>
}

interface VmLinkOptions {
  mtu: number
  mapping: Mapping
  namespace: string
  children: ChildProcess[]
}

/** QEMU's device in the namespace, bridged to slirp4netns's device once QEMU has created it. */
const vmTap = 'vm0'
const bridge = 'br0'

export async function openVmLink(peer: Peer, options: VmLinkOptions): Promise<VmLink> {
  const { mtu, mapping, namespace, children } = options
  const mappings = [mapping]
  // QEMU itself is the peer.
  const isInside = peer === libslirp
  const forwarder = isInside ? undefined : await startPeer(peer, { mtu, mappings, namespace, children })
  if (!isInside) await openMappings(peer, mappings)
  const netdev = (id: string): string => {
    if (isInside) return userNetdev(id, mappings)
    // Without offload, like the other links.
    if (peer === slirp4netns) return `tap,id=${id},ifname=${vmTap},script=no,downscript=no,vnet_hdr=off`
    return `stream,id=${id},server=off,addr.type=unix,addr.path=${linkSocket(peer)}`
  }
  // QEMU's host is the namespace that it runs in.
  const enter = isInside ? ['ip', 'netns', 'exec', namespace] : []
  const outside = (...command: string[]): Promise<string> => {
    const [program = '', ...args] = [...enter, ...command]
    return output(program, ...args)
  }
  const { name, guest, gateway, host } = peer
  return {
    name,
    card: { netdev, guest, gateway },
    forwarder,
    host: { host, mappedPort: mapping.hostPort, outside },
  }
}

/** Call once QEMU is running. The VM takes over the address, which slirp4netns assigned to its device. */
export function bridgeTaps(namespace: string, mtu: number): void {
  const ip = ['ip', '-n', namespace]
  $.sync`${ip} addr flush dev tap0`
  $.sync`${ip} link add ${bridge} type bridge`
  for (const device of ['tap0', vmTap])
    $.sync`${ip} link set ${device} mtu ${mtu} txqueuelen 10000 master ${bridge} up`
  $.sync`${ip} link set ${bridge} mtu ${mtu} up`
}
