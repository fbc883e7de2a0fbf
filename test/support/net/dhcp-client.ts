/** Client side of DHCP, for tests. */
import type { NetworkSettings } from '../../../src/config/desired.ts'
import { emptyLeaseTable, type LeaseTable } from '../../../src/net/services/dhcp/leases.ts'
import {
  type DhcpMessage,
  emitMessage,
  type MessageType,
  messageType,
  option,
  parseMessage,
} from '../../../src/net/services/dhcp/message.ts'
import { type DhcpSettings, uint32 } from '../../../src/net/services/dhcp/options.ts'
import { answerDhcp, type DhcpOutcome } from '../../../src/net/services/dhcp/server.ts'
import { dhcpSettings } from '../../../src/net/services/dhcp/settings.ts'

export const network: NetworkSettings = {
  subnet: '192.168.65.0/24',
  gateway: '192.168.65.1',
  address: '192.168.65.3',
  host: '192.168.65.254',
  mtu: 65520,
}
export const settings: DhcpSettings = dhcpSettings(network, ['corp.example', 'dev.corp.example'])
export const gateway: number = ip('192.168.65.1')
export const vmMac: Uint8Array = Uint8Array.of(2, 0x50, 0, 0, 0, 1)
export const otherMac: Uint8Array = Uint8Array.of(2, 0x50, 0, 0, 0, 9)

export function ip(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

export interface Sent {
  type: MessageType
  mac?: Uint8Array
  ciaddr?: number
  relay?: number
  broadcast?: boolean
  options?: readonly (readonly [number, Uint8Array])[]
}

export function packet({
  type,
  mac = otherMac,
  ciaddr = 0,
  relay = 0,
  broadcast = false,
  options = [],
}: Sent): Uint8Array {
  return emitMessage(
    {
      op: 'request',
      hardwareType: 1,
      transactionId: 0xdecafbad,
      seconds: 3,
      broadcast,
      clientAddress: ciaddr,
      yourAddress: 0,
      relayAddress: relay,
      hardwareAddress: mac,
      options: new Map([[option.messageType, Uint8Array.of(type)], ...options]),
    },
    1500,
  )
}

/** A server with state, which answers one message after another. */
export class Server {
  table: LeaseTable
  nowMs = 1_000_000
  /** MAC that sends from an address. */
  readonly seen: Map<number, string> = new Map<number, string>()
  readonly using: DhcpSettings

  constructor(using: DhcpSettings = settings, table: LeaseTable = emptyLeaseTable) {
    this.using = using
    this.table = table
  }

  say(sent: Sent): DhcpOutcome & { message: DhcpMessage | undefined } {
    const holderOf = (address: number) => this.seen.get(address)
    const outcome = answerDhcp(this.using, this.table, packet(sent), this.nowMs, holderOf)
    this.table = outcome.table
    return { ...outcome, message: outcome.reply && parseMessage(outcome.reply.payload) }
  }

  /** DISCOVER, then REQUEST of the offer; returns the address. */
  lease(mac: Uint8Array, options: NonNullable<Sent['options']> = []): number {
    const offer = this.say({ type: messageType.discover, mac, options })
    const wanted = [...options, ...selecting(offer.message!.yourAddress)]
    const ack = this.say({ type: messageType.request, mac, options: wanted })
    return ack.did === 'ack' ? ack.message!.yourAddress : -1
  }
}

export function selecting(address: number, serverId: number = gateway): [number, Uint8Array][] {
  return [
    [option.serverId, uint32(serverId)],
    [option.requestedAddress, uint32(address)],
  ]
}
