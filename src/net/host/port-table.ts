/** The port mappings of all owners and their listeners; replaced per owner, live, in one batch. */
import { isDeepStrictEqual } from 'node:util'
import type { PortMapping } from '../../config/desired.ts'
import { messageOf, systemCode } from '../../errors.ts'
import { Turns } from '../../turns.ts'
import type { PortOwner, PortState } from '../ports/port-state.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { type Listener, openListener } from './listener.ts'
import { portOwner } from './port-owner.ts'
import type { Pump } from './pump.ts'

interface Entry {
  owner: PortOwner
  mapping: PortMapping
  listener: Listener | undefined
  error: string | undefined
}

export class PortTable implements AsyncDisposable {
  readonly #pump: Pump
  readonly #dialler: GuestDialler
  /** By owner and id. */
  readonly #entries = new Map<string, Entry>()
  /** Changes wait for each other, or two of them might fight for one port. */
  readonly #changes = new Turns()

  constructor(pump: Pump, dialler: GuestDialler) {
    this.#pump = pump
    this.#dialler = dialler
  }

  /** Makes the owner's mappings these. One that did not change keeps its listener; one that failed is retried. */
  set(owner: PortOwner, mappings: readonly PortMapping[]): Promise<readonly PortState[]> {
    return this.#changes.take(() => this.#replace(owner, mappings))
  }

  states(): readonly PortState[] {
    return [...this.#entries.values()].map(stateOf)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#changes.settled()
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map((entry) => entry.listener?.close('now')))
  }

  async #replace(owner: PortOwner, mappings: readonly PortMapping[]): Promise<readonly PortState[]> {
    const wanted = new Map(mappings.map((mapping) => [`${owner} ${mapping.id}`, mapping]))
    const gone: Listener[] = []
    for (const [key, entry] of this.#entries) {
      if (entry.owner !== owner) continue
      const mapping = wanted.get(key)
      const isKept = entry.listener !== undefined && isDeepStrictEqual(mapping, entry.mapping)
      if (isKept) continue
      this.#entries.delete(key)
      if (entry.listener !== undefined) gone.push(entry.listener)
    }
    await Promise.all(gone.map((listener) => listener.close('grace')))
    const fresh = [...wanted].filter(([key]) => !this.#entries.has(key))
    await Promise.all(fresh.map(([key, mapping]) => this.#open(key, owner, mapping)))
    return this.states().filter((state) => state.owner === owner)
  }

  async #open(key: string, owner: PortOwner, mapping: PortMapping): Promise<void> {
    const entry: Entry = { owner, mapping, listener: undefined, error: undefined }
    this.#entries.set(key, entry)
    try {
      entry.listener = await openListener(this.#pump, this.#dialler, mapping)
    } catch (error) {
      entry.error = this.#reasonOf(error, entry)
    }
  }

  #reasonOf(error: unknown, entry: Entry): string {
    const { listen, protocol } = entry.mapping
    const text = messageOf(error)
    const isTaken = systemCode(error) === 'EADDRINUSE'
    if (listen.kind === 'unix') return isTaken ? `${listen.path}: another program listens there` : text
    const { address, port } = listen
    const at = `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`
    if (systemCode(error) === 'EACCES') {
      return `${at}: this user may not listen there; net.ipv4.ip_unprivileged_port_start is the lowest port for all`
    }
    if (!isTaken) return `${at}: ${text}`
    const rival = [...this.#entries.values()].find((other) => other.listener && isSamePort(other, entry))
    if (rival !== undefined) return `${at}: taken by the mapping ${rival.mapping.id} (${rival.owner})`
    const owner = portOwner(protocol, listen.port)
    return `${at}: already in use${owner === undefined ? '' : ` by ${owner}`}`
  }
}

function isSamePort(a: Entry, b: Entry): boolean {
  const [x, y] = [a.mapping.listen, b.mapping.listen]
  return (
    x.kind === 'inet' && y.kind === 'inet' && x.port === y.port && a.mapping.protocol === b.mapping.protocol
  )
}

function stateOf({ owner, mapping, listener, error }: Entry): PortState {
  const state = listener === undefined ? 'failed' : 'listening'
  return { ...mapping, owner, state, ...(error === undefined ? {} : { error }), flows: listener?.flows ?? 0 }
}
