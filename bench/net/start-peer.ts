/** Starts a peer and waits for its link; opens the port mappings of slirp4netns, which takes them later. */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { $ } from 'zx'
import { until } from './measure.ts'
import type { Mapping, Peer } from './peers.ts'
import { started, workspace } from './workspace.ts'

export interface PeerOptions {
  mtu: number
  mappings: readonly Mapping[]
  /** The guest's namespace, for the peer that creates the device itself. */
  namespace: string
  /** Receives the process, even if starting then fails. */
  children: ChildProcess[]
}

/** Path of the peer's link socket. */
export const linkSocket = (peer: Peer): string => join(workspace(), `${peer.name}.sock`)
export const apiSocket = (peer: Peer): string => `${linkSocket(peer)}.api`

export async function startPeer(peer: Peer, { children, ...options }: PeerOptions): Promise<ChildProcess> {
  const [path, apiPath] = [linkSocket(peer), apiSocket(peer)]
  const child = started(peer.start({ path, apiPath, ...options }))
  children.push(child)
  if (peer.kind === 'tap')
    await until(() => hasRoute(options.namespace), `${peer.name} to configure the guest`)
  else await until(() => existsSync(path), `${peer.name} to listen`)
  return child
}

/** slirp4netns takes mappings once its guest is connected; the others got them at start-up. */
export async function openMappings(peer: Peer, mappings: readonly Mapping[]): Promise<void> {
  if (peer.kind === 'link') return
  await until(() => existsSync(apiSocket(peer)), `${peer.name} to take port mappings`)
  for (const mapping of mappings) await askSlirp(apiSocket(peer), mapping)
}

function hasRoute(namespace: string): boolean {
  return $.sync`ip -n ${namespace} route`.stdout.startsWith('default')
}

async function askSlirp(apiPath: string, { protocol, hostPort, guestPort }: Mapping): Promise<void> {
  const address = { host_addr: '127.0.0.1', host_port: hostPort, guest_port: guestPort }
  const socket = connect(apiPath)
  socket.end(JSON.stringify({ execute: 'add_hostfwd', arguments: { proto: protocol, ...address } }))
  let answer = ''
  for await (const chunk of socket) answer += chunk
  if (!answer.includes('return')) throw new Error(`slirp4netns: ${answer}`)
}
