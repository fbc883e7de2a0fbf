/**
 * Polls the live network, calculates rates between polls and, less often, reads the guest's NAT table and DNS
 * queries.
 */
import type { Control } from '../../supervisor/api/api.ts'
import { parseConntrack, type Translated } from '../../supervisor/network/conntrack.ts'
import { FlowCache } from './flow-cache.ts'
import { type Live, liveOf } from './live.ts'
import { FlowRates } from './rates.ts'
import { RemoteNames } from './remote-names.ts'
import { Containers, type Sample } from './sample.ts'

/** Interval of reading the NAT table through the guest agent. */
const tableMs = 3_000
/** Interval of reading the latest queries. */
const queriesMs = 1_000
/** With more flows than this, the table is not read. */
const maxFlows = 2_000

export class Looks {
  readonly #rates = new FlowRates()
  readonly #flows: FlowCache
  readonly #containers: Containers
  #translated: Translated = new Map()
  #nextMs = 0
  #reading: Promise<void> | undefined
  readonly #names = new RemoteNames()
  #nextQueriesMs = 0
  #querying: Promise<void> | undefined

  /** @param dockerSocket path of docker.sock on this host. */
  constructor(dockerSocket: string, wholeMs?: number) {
    this.#flows = new FlowCache(wholeMs)
    this.#containers = new Containers(dockerSocket)
  }

  /** Rejects if the supervisor does not respond. */
  async look(control: Control): Promise<Live> {
    const sample = await this.#flows.take(control, this.#containers)
    if (this.#reading === undefined && sample.atMs >= this.#nextMs && isWorthAsking(sample)) {
      this.#reading = this.#read(control)
    }
    if (this.#querying === undefined && sample.atMs >= this.#nextQueriesMs)
      this.#querying = this.#learn(control)
    return liveOf(sample, this.#rates, this.#translated, this.#names)
  }

  /** Resolves once pending reads of the table, the queries and the containers have finished. */
  async settled(): Promise<void> {
    await Promise.all([this.#reading, this.#querying, this.#containers.settled()])
  }

  /** Keeps the supervisor recording queries. */
  async #learn(control: Control): Promise<void> {
    try {
      this.#names.add(await control.dnsQueries())
    } catch {
      // The next sample reports a supervisor that does not respond.
    }
    this.#nextQueriesMs = performance.now() + queriesMs
    this.#querying = undefined
  }

  /** If the agent does not respond, flows have no containers. */
  async #read(control: Control): Promise<void> {
    try {
      this.#translated = parseConntrack(await control.guestReadFile('/proc/net/nf_conntrack'))
    } catch {
      this.#translated = new Map()
    }
    this.#nextMs = performance.now() + tableMs
    this.#reading = undefined
  }
}

const isWorthAsking = ({ flows, containers }: Sample): boolean =>
  containers.length > 0 && flows.length <= maxFlows && flows.some(({ from }) => from === 'guest')
