/**
 * Port mappings of all owners and their listeners. Mappings are replaced per owner in a batch, or added one by
 * one, live. Failed mappings are retried every second; equivalent mappings share a listener.
 */
import { isDeepStrictEqual } from 'node:util'
import type { PortMapping } from '../../../config/desired.ts'
import { messageOf, systemCode } from '../../../errors/system.ts'
import { Mutex } from '../../../mutex.ts'
import type { PortOwner, PortStatus } from '../../core/port-status.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import type { GuestDialler } from '../tcp/guest-dialler.ts'
import type { TcpSockets } from '../tcp/sockets.ts'
import { openListener } from './listen.ts'
import { portOwner } from './owner.ts'

interface Entry {
  owner: PortOwner
  mapping: PortMapping
  listener: Listener | undefined
  /** Entry whose listener this one shares. */
  shared: Entry | undefined
  error: string | undefined
  /** errno name, e.g. EADDRINUSE. */
  code: string | undefined
}

const retryMs = 1_000

export class PortTable implements AsyncDisposable {
  readonly #loop: EventLoop
  readonly #tcp: TcpSockets
  readonly #dialler: GuestDialler
  /** Keyed by owner and id. */
  readonly #entries = new Map<string, Entry>()
  /** Serializes changes, so that two never compete for a port. */
  readonly #changes = new Mutex()
  #retryTimer: NodeJS.Timeout | undefined

  constructor(loop: EventLoop, tcp: TcpSockets, dialler: GuestDialler) {
    this.#loop = loop
    this.#tcp = tcp
    this.#dialler = dialler
  }

  /** Replaces the owner's mappings. Unchanged mappings keep their listener; failed ones are retried. */
  set(owner: PortOwner, mappings: readonly PortMapping[]): Promise<readonly PortStatus[]> {
    return this.#changes.run(() => this.#replace(owner, mappings))
  }

  /** Adds a mapping; returns the errno name if it cannot listen. An existing mapping with the same id is kept. */
  add(owner: PortOwner, mapping: PortMapping): Promise<PortStatus & { code: string | undefined }> {
    return this.#changes.run(async () => {
      const key = keyOf(owner, mapping)
      const known = this.#entries.get(key)
      if (known === undefined) await this.#open(key, this.#entry(owner, mapping))
      const entry = this.#entries.get(key)!
      this.#retryLater()
      return { ...stateOf(entry), code: entry.code }
    })
  }

  /** Retries failed mappings. */
  retry(): Promise<void> {
    return this.#changes.run(() => this.#reopen(isWaiting))
  }

  /** Removes a mapping; open connections get a grace period. */
  remove(owner: PortOwner, mapping: PortMapping): Promise<void> {
    return this.#changes.run(async () => {
      const key = keyOf(owner, mapping)
      const entry = this.#entries.get(key)
      if (entry === undefined) return
      this.#entries.delete(key)
      await entry.listener?.close('grace')
      await this.#reopen((other) => other.shared === entry)
    })
  }

  /** Recreates lost socket files and returns their paths. Failures appear in `states()`. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#changes.run(async () => {
      const restored: string[] = []
      for (const entry of this.#entries.values()) {
        const fault = entry.listener?.file?.fault
        if (fault === undefined || fault === 'mode') continue
        if ((await this.#repair(entry)) && entry.mapping.listen.kind === 'unix')
          restored.push(entry.mapping.listen.path)
      }
      return restored
    })
  }

  states(): readonly PortStatus[] {
    return [...this.#entries.values()].map(stateOf)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#retryTimer)
    await this.#changes.settled()
    clearTimeout(this.#retryTimer)
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map((entry) => entry.listener?.close('now')))
  }

  async #replace(owner: PortOwner, mappings: readonly PortMapping[]): Promise<readonly PortStatus[]> {
    const wanted = new Map(mappings.map((mapping) => [keyOf(owner, mapping), mapping]))
    const gone: Listener[] = []
    for (const [key, entry] of this.#entries) {
      if (entry.owner !== owner) continue
      const mapping = wanted.get(key)
      const isServed = entry.listener !== undefined || entry.shared !== undefined
      const isKept = isServed && isDeepStrictEqual(mapping, entry.mapping)
      if (isKept) {
        await this.#repair(entry)
        continue
      }
      this.#entries.delete(key)
      if (entry.listener !== undefined) gone.push(entry.listener)
    }
    await Promise.all(gone.map((listener) => listener.close('grace')))
    const fresh = [...wanted].filter(([key]) => !this.#entries.has(key))
    await Promise.all(fresh.map(([key, mapping]) => this.#open(key, this.#entry(owner, mapping))))
    await this.#reopen(({ shared }) => shared !== undefined && !this.#isThere(shared))
    this.#retryLater()
    return this.states().filter((state) => state.owner === owner)
  }

  #entry(owner: PortOwner, mapping: PortMapping): Entry {
    return { owner, mapping, listener: undefined, shared: undefined, error: undefined, code: undefined }
  }

  #isThere(entry: Entry): boolean {
    return this.#entries.get(keyOf(entry.owner, entry.mapping)) === entry
  }

  async #open(key: string, entry: Entry): Promise<void> {
    this.#entries.set(key, entry)
    entry.error = undefined
    entry.code = undefined
    entry.shared = undefined
    try {
      entry.listener = await openListener(this.#loop, this.#tcp, this.#dialler, entry.mapping)
    } catch (error) {
      entry.shared = [...this.#entries.values()].find((other) => other.listener && serves(other, entry))
      if (entry.shared !== undefined) return
      entry.error = this.#reasonOf(error, entry)
      entry.code = systemCode(error)
    }
  }

  async #reopen(isMeant: (entry: Entry) => boolean): Promise<void> {
    for (const [key, entry] of this.#entries) if (isMeant(entry)) await this.#open(key, entry)
  }

  /** There is no notification when a port becomes free, so poll. */
  #retryLater(): void {
    if (this.#retryTimer !== undefined || ![...this.#entries.values()].some(isWaiting)) return
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined
      void this.#changes.run(() => this.#reopen(isWaiting)).then(() => this.#retryLater())
    }, retryMs).unref()
  }

  /** Repairs the listener's socket file, if any; returns whether it is intact. */
  async #repair(entry: Entry): Promise<boolean> {
    try {
      await entry.listener?.file?.repair()
      entry.error = undefined
      return true
    } catch (error) {
      entry.error = this.#reasonOf(error, entry)
      return false
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
    const rival = [...this.#entries.values()].find((other) => other.listener && overlaps(other, entry))
    if (rival !== undefined) return `${at}: taken by the mapping ${rival.mapping.id} (${rival.owner})`
    const owner = portOwner(protocol, listen.port)
    return `${at}: already in use${owner === undefined ? '' : ` by ${owner}`}`
  }
}

const keyOf = (owner: PortOwner, { id }: PortMapping): string => `${owner} ${id}`

const isWaiting = ({ listener, shared, mapping }: Entry): boolean =>
  listener === undefined && shared === undefined && mapping.listen.kind === 'inet'

/** Whether the listener of `a` also serves mapping `b`. */
function serves(a: Entry, b: Entry): boolean {
  const [x, y] = [a.mapping, b.mapping]
  if (a === b || x.listen.kind !== 'inet' || y.listen.kind !== 'inet') return false
  const places = [x.guest, x.also].filter((place) => place !== undefined)
  const isSame = places.some((place) => isDeepStrictEqual(place, y.guest) || isDeepStrictEqual(place, y.also))
  if (!isSamePort(a, b) || !isSame) return false
  return x.listen.address === y.listen.address || x.listen.address === anyOf(y.listen.address)
}

const anyOf = (address: string): string => (address.includes(':') ? '::' : '0.0.0.0')

function isSamePort(a: Entry, b: Entry): boolean {
  const [x, y] = [a.mapping.listen, b.mapping.listen]
  return (
    x.kind === 'inet' && y.kind === 'inet' && x.port === y.port && a.mapping.protocol === b.mapping.protocol
  )
}

/** Whether both cannot listen. */
function overlaps(a: Entry, b: Entry): boolean {
  const [x, y] = [a.mapping.listen, b.mapping.listen]
  if (x.kind !== 'inet' || y.kind !== 'inet' || !isSamePort(a, b)) return false
  return x.address === y.address || x.address === anyOf(y.address) || y.address === anyOf(x.address)
}

function stateOf({ owner, mapping, listener, shared, error }: Entry): PortStatus {
  const found = error ?? fileError(mapping, listener)
  const isServed = listener !== undefined || shared !== undefined
  const state = !isServed || found !== undefined ? 'failed' : 'listening'
  return {
    ...mapping,
    owner,
    state,
    ...(found === undefined ? {} : { error: found }),
    flows: listener?.flows ?? 0,
  }
}

function fileError({ listen }: PortMapping, listener: Listener | undefined): string | undefined {
  const fault = listener?.file?.fault
  if (fault === undefined || listen.kind !== 'unix') return undefined
  switch (fault) {
    case 'lost':
      return `${listen.path} was removed`
    case 'replaced':
      return `${listen.path} was replaced by another file`
    case 'mode':
      return `${listen.path} does not have mode ${listen.mode.toString(8).padStart(4, '0')}`
  }
}
