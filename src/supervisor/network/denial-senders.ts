/**
 * Finds the senders of denied packets. Containers share the VM's address through NAT, so their own addresses
 * are only in the guest kernel's connection table, for at least ten seconds. The guest agent reads the table at
 * most every two seconds and for at most a tenth of the time. The guest is untrusted: its data affects only the
 * container name shown for a denial.
 */
import { addressesOf, containerName } from '../../engine/published.ts'
import type { ContainerSummary } from '../../engine/replies.ts'
import type { DenialView } from '../../net/egress/denials.ts'
import { openersOf, parseTracked } from './conntrack.ts'

/** Denials within this time share one lookup. */
const waitMs = 20
/** Time for the engine to report a container that is already sending. */
const startMs = 800
const againMs = 50
const pauseMs = 2_000
const pauseFactor = 10
/** Denied connections leave the table after 10 s. */
const maxPauseMs = 8_000
const maxPending = 64
/** Shown for build steps, which have no name. */
const buildName = 'docker build'
const maxPorts = 8

interface DenialSendersOptions {
  /** Reads /proc/net/nf_conntrack in the VM. */
  readTable: () => Promise<string>
  containers: () => Promise<readonly ContainerSummary[]>
  /** Addresses of the current build steps' containers. */
  buildAddresses: () => Promise<readonly string[]>
  vmAddresses: () => readonly string[]
  /** Records a sender of the denied packets. */
  name: (denialId: number, sender: string) => void
  /** Called once per denial, with its senders if they were found. */
  onNew: (denial: DenialView) => void
}

interface Pending {
  denial: DenialView
  ports: Set<number>
  isNew: boolean
}

export class DenialSenders implements Disposable {
  readonly #options: DenialSendersOptions
  readonly #pending = new Map<number, Pending>()
  #timer: NodeJS.Timeout | undefined
  #nextMs = 0
  #isOver = false

  constructor(options: DenialSendersOptions) {
    this.#options = options
  }

  /** Called for every listed denial. */
  note(denial: DenialView, guestPort: number | undefined): void {
    const isNew = denial.count === 1
    const known = this.#pending.get(denial.id)
    if (known === undefined && (this.#pending.size >= maxPending || this.#isOver)) {
      if (isNew) this.#options.onNew(denial)
      return
    }
    const pending = known ?? { denial, ports: new Set<number>(), isNew }
    if (guestPort !== undefined && pending.ports.size < maxPorts) pending.ports.add(guestPort)
    this.#pending.set(denial.id, pending)
    this.#schedule()
  }

  #schedule(): void {
    const afterMs = Math.max(waitMs, this.#nextMs - performance.now())
    this.#timer ??= setTimeout(() => void this.#lookUp(), afterMs).unref()
  }

  /** Reports waiting denials without their senders. */
  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    for (const { denial, isNew } of this.#take()) if (isNew) this.#options.onNew(denial)
  }

  #take(): Pending[] {
    const all = [...this.#pending.values()]
    this.#pending.clear()
    return all
  }

  async #lookUp(): Promise<void> {
    const all = this.#take()
    const found = await this.#sendersOf(all).catch(() => new Map<number, string[]>())
    this.#timer = undefined
    for (const { denial, isNew } of all) {
      const senders = found.get(denial.id) ?? []
      for (const sender of senders) this.#options.name(denial.id, sender)
      if (isNew) this.#options.onNew({ ...denial, senders })
    }
    // Denials that arrived during the read wait for the next one.
    if (this.#pending.size > 0 && !this.#isOver) this.#schedule()
  }

  async #sendersOf(all: readonly Pending[]): Promise<Map<number, string[]>> {
    const { readTable, vmAddresses } = this.#options
    const startedMs = performance.now()
    const text = await readTable().finally(() => {
      const endedMs = performance.now()
      this.#nextMs = endedMs + Math.min(maxPauseMs, Math.max(pauseMs, pauseFactor * (endedMs - startedMs)))
    })
    const table = parseTracked(text)
    const own = vmAddresses()
    const openers = new Map(all.map((one) => [one.denial.id, openersFor(one, table, own)]))
    const addresses = new Set([...openers.values()].flat().filter((at) => !own.includes(at)))
    const names = await this.#namesOf(addresses, startedMs + startMs)
    const shown = (at: string): string => (own.includes(at) ? 'VM' : (names.get(at) ?? at))
    return new Map(Array.from(openers, ([id, ats]) => [id, [...new Set(ats.map(shown))]]))
  }

  async #namesOf(addresses: ReadonlySet<string>, untilMs: number): Promise<Map<string, string>> {
    if (addresses.size === 0) return new Map()
    // In parallel: a build step may end at any time.
    const builds = this.#options.buildAddresses().catch(() => [])
    for (;;) {
      const list = await this.#options.containers()
      const names = new Map([
        ...(await builds).map((at) => [at, buildName] as const),
        ...list.flatMap((one) => addressesOf(one).map((at) => [at, containerName(one)] as const)),
      ])
      if (addresses.values().every((at) => names.has(at)) || performance.now() >= untilMs || this.#isOver)
        return names
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }
}

function openersFor(
  { denial, ports }: Pending,
  table: ReturnType<typeof parseTracked>,
  own: readonly string[],
): string[] {
  const { protocol, guest } = denial
  if (!own.includes(guest)) return [guest]
  const address = denial.address ?? undefined
  const port = denial.port ?? undefined
  const guestPorts = protocol === 'dns' ? [...ports] : [undefined]
  return guestPorts.flatMap((guestPort) => openersOf(table, { protocol, guest, address, port, guestPort }))
}
