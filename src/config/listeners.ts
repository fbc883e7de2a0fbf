/** Index of listeners, which finds conflicts among thousands in constant time per listener. */

export interface Endpoint {
  protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` match every address. */
  address: string
  port: number
}

/** Listeners with the same protocol and port. */
interface Place<T> {
  byAddress: Map<string, T>
  anyV4: T | undefined
  any: T
}

const isV4 = (address: string): boolean => !address.includes(':')
export const keyOf = ({ protocol, port }: Endpoint): string => `${protocol}/${port}`

export class Listeners<T> {
  readonly #places = new Map<string, Place<T>>()

  add(endpoint: Endpoint, value: T): void {
    const key = keyOf(endpoint)
    const anyV4 = isV4(endpoint.address) ? value : undefined
    const place = this.#places.get(key)
    if (place === undefined) {
      this.#places.set(key, { byAddress: new Map([[endpoint.address, value]]), anyV4, any: value })
      return
    }
    if (!place.byAddress.has(endpoint.address)) place.byAddress.set(endpoint.address, value)
    place.anyV4 ??= anyV4
  }

  /** Finds a conflicting listener; `::` also covers IPv4, as on Linux by default. */
  overlapping(endpoint: Endpoint): T | undefined {
    const place = this.#places.get(keyOf(endpoint))
    if (place === undefined) return undefined
    const { address } = endpoint
    if (address === '::') return place.any
    const { byAddress } = place
    return (
      byAddress.get(address) ??
      byAddress.get('::') ??
      (address === '0.0.0.0' ? place.anyV4 : isV4(address) ? byAddress.get('0.0.0.0') : undefined)
    )
  }
}
