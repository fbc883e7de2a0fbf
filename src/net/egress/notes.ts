/** What egress keeps of its decisions: refusals, and destinations without a rule, by the names that guests know them by. */
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

/** Who asks for a name. */
export interface NameSender {
  guest?: number | undefined
  guestPort?: number | undefined
}

interface Surroundings {
  /** Where handles of IPv6 are from. */
  readonly table6: Pick<AddressTable, 'text'> | undefined
  readonly learned: LearnedAddresses
  /** The text of a rule by its place; the last is the default's. */
  ruleText(rule: number): string
}

export class EgressNotes {
  readonly denials: Denials = new Denials()
  readonly sends: Sends = new Sends()
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** The name judged last was refused to this guest. */
  refusedName(rule: number, name: string, { guest, guestPort }: NameSender, nowMs: number): void {
    if (!this.denials.admits(nowMs)) return
    const text = this.#around.ruleText(rule)
    const by = { rule: text, at: 'dns', protocol: 'dns', guest: this.#textOf(guest ?? -1) } as const
    this.denials.add({ ...by, name, address: undefined, port: undefined }, nowMs, guestPort)
  }

  /** Whether the sender will be looked up in the guest's conntrack. */
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

  /** It left, and no rule covers it. */
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

  /** -1, which is everyone's address, is nobody's here. */
  #textOf(address: number): string {
    if (isIpv6(address)) return this.#around.table6?.text(address) ?? ''
    return address === -1 ? '' : formatIpv4(address)
  }
}

const nameOfProtocol = (proto: number): 'tcp' | 'udp' | 'icmp' =>
  proto === protocol.tcp ? 'tcp' : proto === protocol.udp ? 'udp' : 'icmp'
