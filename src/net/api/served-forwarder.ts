/** Adapts a forwarder to the API. All mappings are managed by the API; there are no other owners. */
import type { Duplex } from 'node:stream'
import type { PortMapping } from '../../config/desired.ts'
import { Mutex } from '../../mutex.ts'
import type { Metric } from '../core/metric.ts'
import type { Forwarder } from '../forwarder.ts'
import { formatIpv4 } from '../wire/addresses.ts'
import type { ApiForwarder } from './forwarder.ts'
import { ApiError, alreadyRunning } from './ports.ts'

export class ServedForwarder implements ApiForwarder {
  readonly #forwarder: Forwarder
  /** Serializes changes, because each is based on the previous table. */
  readonly #changes = new Mutex()

  constructor(forwarder: Forwarder) {
    this.#forwarder = forwarder
  }

  ports(): readonly PortMapping[] {
    return this.#forwarder.ports()
  }

  addPort(mapping: PortMapping): Promise<void> {
    const problem = this.problemOf(mapping.guest)
    if (problem !== undefined) return Promise.reject(new ApiError(400, `remote: ${problem}`))
    return this.#change(async (before) => {
      // The existing mapping may belong to another guest: never replace it.
      if (before.some(({ id }) => id === mapping.id)) throw alreadyRunning(mapping)
      const states = await this.#forwarder.setPorts('config', [...before, mapping])
      const state = states.find(({ id }) => id === mapping.id)
      if (state?.state === 'listening') return
      await this.#forwarder.setPorts('config', before)
      throw new ApiError(500, state?.error ?? 'cannot listen')
    })
  }

  removePort(id: string): Promise<void> {
    return this.#change(async (before) => {
      await this.#forwarder.setPorts(
        'config',
        before.filter((mapping) => mapping.id !== id),
      )
    })
  }

  zones(): ReturnType<ApiForwarder['zones']> {
    return this.#forwarder.zones
  }

  setZones(zones: Parameters<ApiForwarder['setZones']>[0]): void {
    this.#forwarder.zones = zones
  }

  leases(): readonly { address: string; mac: string }[] {
    const now = Date.now()
    const leased = this.#forwarder
      .exportLeases()
      .filter(({ state, expiresAtMs }) => state === 'bound' && expiresAtMs > now)
      .map(({ address, mac }) => ({ address: formatIpv4(address), mac }))
    // The current holder of an address overrides its reservation in the API.
    return [...this.#forwarder.staticLeases(), ...leased]
  }

  cam(): ReadonlyMap<string, number> {
    return this.#forwarder.cam()
  }

  metrics(): readonly Metric[] {
    return this.#forwarder.metrics()
  }

  problemOf(guest: PortMapping['guest']): string | undefined {
    return this.#forwarder.problemOf(guest)
  }

  dial(address: string, port: number): Promise<Duplex> {
    return this.#forwarder.dial(address, port)
  }

  attach(link: Duplex): void {
    this.#forwarder.attach(link, 'u16-le')
  }

  #change(work: (before: readonly PortMapping[]) => Promise<void>): Promise<void> {
    return this.#changes.run(() => work(this.#forwarder.ports().map(mappingOf)))
  }
}

const mappingOf = ({ id, protocol, listen, guest }: PortMapping): PortMapping => ({
  id,
  protocol,
  listen,
  guest,
})
