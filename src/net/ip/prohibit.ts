/** Says no to a packet that egress rules do not allow. */
import { isIpv6 } from '../core/address-table.ts'
import type { Neighbour } from '../core/neighbours.ts'
import { prohibited } from '../wire/icmp.ts'
import { icmp6Type, unreachable6 } from '../wire/icmp6.ts'
import type { IpLayer } from './layer.ts'

/** @param quoted the packet, from its IP header on. */
export function prohibit(
  { addresses, drops, ip6, output }: IpLayer,
  from: Neighbour,
  quoted: Uint8Array,
): void {
  drops.denied += 1
  if (!isIpv6(from.address)) output.icmpError(from, addresses.gateway, prohibited, quoted)
  else ip6?.icmp.error(from, { type: icmp6Type.unreachable, code: unreachable6.prohibited }, quoted)
}
