/**
 * Lease table as a value: address, client and expiry. A client keeps its address while the table contains its
 * lease, expired or not. Without a lease, the first choice is a hash of its identity, so the address is usually
 * the same.
 */
import { type DhcpSettings, netmask } from './options.ts'

export interface Lease {
  /** `id:` and hex of the client identifier (option 61), otherwise `mac:` and the hardware address. */
  client: string
  /** `02:50:00:00:00:01`. */
  mac: string
  address: number
  /** Option 12 of the client's last message, for display. */
  hostName: string
  state: 'offered' | 'bound' | 'released' | 'declined'
  /** Milliseconds since the epoch; afterwards the address may be reassigned. */
  expiresAtMs: number
}

/** Keyed by address, so no address has two leases; its size is limited by `maxPoolAddresses`. */
export type LeaseTable = ReadonlyMap<number, Lease>

export const emptyLeaseTable: LeaseTable = new Map()

/** Table from stored leases: how leases survive a restart of the server. */
export function leaseTable(leases: Iterable<Lease>): LeaseTable {
  return new Map(Iterator.from(leases).map((lease) => [lease.address, lease]))
}

/** Enough for a link of virtual machines; limits time and memory under a flood of forged clients. */
export const maxPoolAddresses = 1024

export interface Client {
  client: string
  mac: string
  hostName: string
}

/** Input of the address selection. */
export interface Choice {
  settings: DhcpSettings
  table: LeaseTable
  who: Client
  nowMs: number
  /** MAC that currently sends from an address, leased or not; undefined: none. */
  holderOf: (address: number) => string | undefined
}

/** If no other address is free, a lease whose client was not seen for this long is reassigned. */
const unseenMs = 60_000

/** Address for the client, which requests `wanted`; undefined if none is left. */
export function addressFor(choice: Choice, wanted: number | undefined): number | undefined {
  const { settings, table, who, nowMs } = choice
  const reserved = settings.reserved.get(who.mac)
  if (reserved !== undefined && isOpen(choice, reserved) && !isQuarantined(table, reserved, nowMs)) {
    return reserved
  }
  const own = leaseOf(table, who)
  const isKept = own !== undefined && isPoolAddress(settings, own.address) && isOpen(choice, own.address)
  if (isKept) return own.address
  const mayWant = wanted !== undefined && isPoolAddress(settings, wanted) && isFree(table, wanted, nowMs)
  if (mayWant && isOpen(choice, wanted)) return wanted
  return freshAddress(choice) ?? longestExpired(choice) ?? longestUnseen(choice)
}

/** No other client sends from it (RFC 2131 section 2.2): a guest may have configured the address itself. */
function isOpen({ who, holderOf }: Choice, address: number): boolean {
  const holder = holderOf(address)
  return holder === undefined || holder === who.mac
}

/** By client identifier first; a card keeps its address if its identifier changes, as between two boot stages. */
export function leaseOf(table: LeaseTable, who: Client): Lease | undefined {
  let byHardware: Lease | undefined
  for (const lease of table.values()) {
    if (lease.state === 'declined') continue
    if (lease.client === who.client) return lease
    if (isSameCard(lease, who)) byHardware = lease
  }
  return byHardware
}

/** A client may have only an identifier (`hlen` 0, RFC 4390). */
function isSameCard(a: { mac: string }, b: { mac: string }): boolean {
  return a.mac !== '' && a.mac === b.mac
}

/** The table with this lease and without other leases of the same client or card. */
export function withLease(table: LeaseTable, lease: Lease): LeaseTable {
  const next = new Map(table)
  for (const [address, other] of table) {
    const isSame = other.client === lease.client || isSameCard(other, lease)
    if (isSame && other.state !== 'declined') next.delete(address)
  }
  return next.set(lease.address, lease)
}

export function isPoolAddress(settings: DhcpSettings, address: number): boolean {
  const { network, prefix } = settings.subnet
  if ((address & netmask(prefix)) >>> 0 !== network) return false
  const index = address - network
  if (index < 1 || index > poolSize(settings) || settings.excluded.has(address)) return false
  for (const reserved of settings.reserved.values()) if (reserved === address) return false
  return true
}

function poolSize(settings: DhcpSettings): number {
  return Math.max(0, Math.min(2 ** (32 - settings.subnet.prefix) - 2, maxPoolAddresses))
}

function isFree(table: LeaseTable, address: number, nowMs: number): boolean {
  const lease = table.get(address)
  return lease === undefined || lease.expiresAtMs <= nowMs
}

function isQuarantined(table: LeaseTable, address: number, nowMs: number): boolean {
  return table.get(address)?.state === 'declined' && !isFree(table, address, nowMs)
}

/** An address without a lease, probed from the client's hash. */
function freshAddress(choice: Choice): number | undefined {
  const { settings, table, who } = choice
  const size = poolSize(settings)
  const start = hash(who.client)
  for (let step = 0; step < size; step += 1) {
    const address = settings.subnet.network + 1 + ((start + step) % size)
    if (!table.has(address) && isPoolAddress(settings, address) && isOpen(choice, address)) return address
  }
  return undefined
}

function longestExpired(choice: Choice): number | undefined {
  return oldest(choice, ({ address, expiresAtMs }) => expiresAtMs <= choice.nowMs && isOpen(choice, address))
}

/** Forged clients are never seen, so a flood does not exhaust the pool for a day. */
function longestUnseen(choice: Choice): number | undefined {
  const { settings, nowMs, holderOf } = choice
  const sinceMs = nowMs - unseenMs + settings.leaseSeconds * 1000
  return oldest(
    choice,
    ({ address, state, expiresAtMs }) =>
      state === 'bound' && expiresAtMs <= sinceMs && holderOf(address) === undefined,
  )
}

function oldest({ settings, table }: Choice, mayGo: (lease: Lease) => boolean): number | undefined {
  let first: Lease | undefined
  for (const lease of table.values()) {
    if (!isPoolAddress(settings, lease.address) || !mayGo(lease)) continue
    if (first === undefined || lease.expiresAtMs < first.expiresAtMs) first = lease
  }
  return first?.address
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return state >>> 0
}

/** Whether a value, for example from a file, is a valid lease. */
export function isLease(value: unknown): value is Lease {
  const lease = value as Partial<Lease> | null
  return (
    typeof lease?.client === 'string' &&
    typeof lease.mac === 'string' &&
    typeof lease.hostName === 'string' &&
    Number.isInteger(lease.address) &&
    Number.isFinite(lease.expiresAtMs) &&
    ['offered', 'bound', 'released', 'declined'].includes(lease.state as string)
  )
}
