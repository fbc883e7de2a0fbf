/** Records of egress decisions: denials, and destinations without a rule, with the names that guests queried. */
import { type AddressTable, isIpv6 } from '../core/address-table.ts'
import { formatIpv4 } from '../wire/addresses.ts'
import { protocol } from '../wire/ipv4.ts'
import { Denials, type Denied } from './denials.ts'
import type { LearnedAddresses } from './learned.ts'
import { Sends } from './sends.ts'

/** A connection of a guest. */
export interface Flow {
  address: number
  port: number
  guest: number
}

/** Sender of a DNS query. */
export interface NameSender {
  guest?: number | undefined
  guestPort?: number | undefined
}

interface Surroundings {
  /** Resolves IPv6 address handles. */
  readonly table6: Pick<AddressTable, 'text'> | undefined
  readonly learned: LearnedAddresses
  /** Text of a rule by index; the last is the default. */
  ruleText(rule: number): string
}

export class EgressNotes {
  readonly denials: Denials = new Denials()
  readonly sends: Sends = new Sends()
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Records that a name was denied to this guest. */
  refusedName(rule: number, name: string, { guest, guestPort }: NameSender, nowMs: number): void {
    if (!this.denials.admits(nowMs)) return
    const text = this.#around.ruleText(rule)
    const by = { rule: text, at: 'dns', protocol: 'dns', guest: this.#textOf(guest ?? -1) } as const
    this.denials.add({ ...by, name, address: undefined, port: undefined }, nowMs, guestPort)
  }

  /** Records a denied packet; returns whether its sender will be looked up in the guest's conntrack. */
  refusedSend(
    rule: number,
    proto: number,
    address: number,
    port: number,
    guest: number,
    nowMs: number,
  ): boolean {
    if (!this.denials.admits(nowMs)) return false
    const to = this.#textOf(address)
    const denied: Denied = {
      rule: this.#around.ruleText(rule),
      at: 'send',
      protocol: nameOfProtocol(proto),
      guest: this.#textOf(guest),
      name: this.#nameOf(address, to, nowMs),
      address: to,
      port: port < 0 ? undefined : port,
    }
    this.denials.add(denied, nowMs)
    return this.denials.onRefusal !== undefined
  }

  refusedServer(rule: string, { address, port, guest }: Flow, name: string | undefined, nowMs: number): void {
    if (!this.denials.admits(nowMs)) return
    const ends = { guest: this.#textOf(guest), address: this.#textOf(address), port }
    this.denials.add({ rule, at: 'send', protocol: 'tcp', ...ends, name }, nowMs)
  }

  /** Records an allowed packet without a matching rule. */
  sent(proto: number, address: number, port: number, guest: number, nowMs: number): void {
    if (!this.sends.isNew(proto, address, port)) return
    const to = this.#textOf(address)
    this.sends.add({
      protocol: nameOfProtocol(proto),
      guest: this.#textOf(guest),
      name: this.#nameOf(address, to, nowMs) ?? null,
      address: to,
      port: port < 0 ? null : port,
    })
  }

  #nameOf(address: number, text: string, nowMs: number): string | undefined {
    return this.#around.learned.nameOf(isIpv6(address) ? text : address, nowMs)
  }

  /** Empty for -1: here it means "no address", not 255.255.255.255. */
  #textOf(address: number): string {
    if (isIpv6(address)) return this.#around.table6?.text(address) ?? ''
    return address === -1 ? '' : formatIpv4(address)
  }
}

const nameOfProtocol = (proto: number): 'tcp' | 'udp' | 'icmp' =>
  proto === protocol.tcp ? 'tcp' : proto === protocol.udp ? 'udp' : 'icmp'
