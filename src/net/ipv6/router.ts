/**
 * Router advertisements (RFC 4861 section 6.2) with prefix, MTU and DNS server, so that guests configure an
 * address (RFC 4862) and a default route; sent on solicitation and periodically.
 */
import type { AddressTable } from '../core/address-table.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import { encodeName } from '../wire/domain-name.ts'
import { emitRouterAdvertisement, type RouterAdvertisement, routerAdvertisementBytes } from '../wire/ndp.ts'
import { groupOf } from './neighbour-discovery.ts'
import type { Ipv6Output } from './output.ts'
import type { OwnAddresses6 } from './own-addresses.ts'

/** Default interval of RFC 4861 section 6.2.1; advertised values are valid three times as long. */
const minEveryMs = 200_000
const maxEveryMs = 600_000
const lifetimeSeconds = (3 * maxEveryMs) / 1000
/** Longer lists might exceed the minimum MTU. */
const maxSearchBytes = 512

export class Router {
  readonly #table: AddressTable
  readonly #own: OwnAddresses6
  readonly #output: Ipv6Output
  readonly #random32: () => number
  readonly #mtu: number
  /** Search list (RFC 8106); it may change with the host's. */
  searchDomains: () => readonly string[] = () => []
  #searchText = ''
  #advertisement: RouterAdvertisement
  /** When the next advertisement is due; undefined: no links. */
  nextMs: number | undefined

  constructor(
    table: AddressTable,
    own: OwnAddresses6,
    output: Ipv6Output,
    mtu: number,
    random32: () => number,
  ) {
    this.#table = table
    this.#own = own
    this.#output = output
    this.#mtu = mtu
    this.#random32 = random32
    this.#advertisement = this.#advertise([])
  }

  /**
   * Answers a solicitation; `to` undefined: the querier has no address yet, so the advertisement is multicast.
   */
  answer(to: Neighbour | undefined, link: Link): void {
    this.#followSearch()
    const receiver =
      to === undefined
        ? groupOf(this.#table.bytes(this.#own.allNodes))
        : { macHigh: to.macHigh, macLow: to.macLow, address: this.#table.bytes(to.address) }
    const bytes = routerAdvertisementBytes(this.#advertisement)
    this.#output.discovery(link, receiver, this.#own.linkLocal, bytes, (view, at) =>
      emitRouterAdvertisement(view, at, this.#advertisement),
    )
  }

  /** If due: advertises on all these links and schedules the next advertisement. */
  advance(links: ReadonlySet<Link>, nowMs: number): void {
    if (this.nextMs === undefined || nowMs < this.nextMs) return
    for (const link of links) this.answer(undefined, link)
    this.nextMs = undefined
    if (links.size > 0) this.schedule(nowMs)
  }

  schedule(nowMs: number): void {
    this.nextMs ??= nowMs + minEveryMs + ((this.#random32() >>> 0) % (maxEveryMs - minEveryMs))
  }

  #followSearch(): void {
    const domains = this.searchDomains()
    const text = domains.join(' ')
    if (text === this.#searchText) return
    this.#searchText = text
    this.#advertisement = this.#advertise(domains)
  }

  #advertise(domains: readonly string[]): RouterAdvertisement {
    const names: number[] = []
    for (const domain of domains) {
      const name = encodeName(domain) ?? []
      if (names.length + name.length <= maxSearchBytes) names.push(...name)
    }
    return {
      prefix: this.#own.prefix,
      mtu: this.#mtu,
      dnsServer: this.#table.bytes(this.#own.gateway),
      searchList: Uint8Array.from(names),
      lifetimeSeconds,
    }
  }
}
