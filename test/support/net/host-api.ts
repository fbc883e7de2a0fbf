/**
 * The API of a forwarder in memory, on a unix socket. Test files that import this get a new one for each test.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach } from 'vitest'
import type { PortMapping } from '../../../src/config/desired.ts'
import type { ApiForwarder } from '../../../src/net/api/forwarder.ts'
import { HostApi } from '../../../src/net/api/host-api.ts'
import type { Metric } from '../../../src/net/core/metric.ts'
import { FrameReader } from '../../../src/net/link/frame-reader.ts'
import type { LocalZone } from '../../../src/net/services/dns/zones.ts'

export class MemoryForwarder implements ApiForwarder {
  mappings: PortMapping[] = []
  given: readonly LocalZone[] = []
  frames: number[] = []
  guestPort = 0

  ports = (): PortMapping[] => this.mappings
  zones = (): readonly LocalZone[] => this.given
  leases = (): { address: string; mac: string }[] => [{ address: '192.168.127.3', mac: '02:50:00:00:00:01' }]
  cam = (): Map<string, number> => new Map([['02:50:00:00:00:01', 1]])

  async addPort(mapping: PortMapping): Promise<void> {
    if (mapping.guest.port === 1) throw new Error('listen EADDRINUSE')
    this.mappings = [...this.mappings, mapping]
  }

  async removePort(id: string): Promise<void> {
    this.mappings = this.mappings.filter((mapping) => mapping.id !== id)
  }

  problemOf = ({ address }: { address: string }): string | undefined =>
    address === 'nowhere' ? 'it is nowhere' : undefined

  setZones(zones: readonly LocalZone[]): void {
    this.given = zones
  }

  metrics(): Metric[] {
    const samples = [{ labels: { name: 'a"b\\\n' }, value: 2 }, { value: 3 }]
    const drops = [
      { labels: { kind: 'spoofed' }, value: 4 },
      { labels: { kind: 'denied' }, value: 0 },
    ]
    return [
      { name: 'frames_total', help: 'Frames.', type: 'counter', samples },
      { name: 'dropped_total', help: 'Dropped.', type: 'counter', samples: drops },
    ]
  }

  async dial(_address: string, port: number): Promise<Duplex> {
    if (port === 9) throw new Error('refused')
    return connect({ port: this.guestPort, host: '127.0.0.1', allowHalfOpen: true })
  }

  attach(link: Duplex): void {
    const reader = new FrameReader('u16-le')
    const frame = (_packet: unknown, at: number, end: number) => this.frames.push(end - at)
    link.on('data', (chunk: Uint8Array) => reader.feed(chunk, { frame, burstEnded: () => {} }))
  }
}

export let dir: string
export let socketPath: string
export let forwarder: MemoryForwarder
export let api: HostApi

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-'))
  socketPath = join(dir, 'api.sock')
  forwarder = new MemoryForwarder()
  api = new HostApi(forwarder)
  await api.listen({ path: socketPath })
})

afterEach(async () => {
  await api[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

export interface Reply {
  status: number
  text: string
}

export function call(
  method: string,
  path: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers }, async (response) => {
      const chunks = await response.toArray()
      resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString() })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export const post = (path: string, body: unknown): Promise<Reply> =>
  call('POST', path, typeof body === 'string' ? body : JSON.stringify(body))
export const get = async (path: string): Promise<unknown> => JSON.parse((await call('GET', path)).text)

/** Sends text on a plain connection, then half-closes; returns the response. */
export function raw(text: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ path: socketPath, allowHalfOpen: true })
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.on('error', reject)
    socket.end(text)
  })
}
