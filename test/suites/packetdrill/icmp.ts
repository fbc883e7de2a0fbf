/** ICMP errors by the names that packetdrill gives them (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7, RFC 4443). */
import type { ScriptPacket } from './script.ts'
import type { IcmpError } from './subject.ts'

const types4: ReadonlyMap<string, readonly [number, readonly string[]]> = new Map([
  [
    'unreachable',
    [
      3,
      [
        'net_unreachable',
        'host_unreachable',
        'protocol_unreachable',
        'port_unreachable',
        'frag_needed',
        'source_route_failed',
        'net_unknown',
        'host_unknown',
        'source_host_isolated',
        'net_prohibited',
        'host_prohibited',
        'net_unreachable_for_tos',
        'host_unreachable_for_tos',
        'packet_filtered',
        'precedence_violation',
        'precedence_cutoff',
      ],
    ],
  ],
  ['source_quench', [4, ['']]],
  ['redirect', [5, ['']]],
  ['time_exceeded', [11, ['ttl_exceeded_in_transit', 'frag_reass_exceeded']]],
  ['parameter_problem', [12, ['code_0', 'code_1', 'code_2']]],
])

const types6: ReadonlyMap<string, readonly [number, readonly string[]]> = new Map([
  [
    'unreachable',
    [
      1,
      [
        'no_route',
        'admin_prohibited',
        'beyond_scope',
        'address_unreachable',
        'port_unreachable',
        'src_addr_failed',
        'reject_route',
      ],
    ],
  ],
  ['packet_too_big', [2, ['']]],
  ['time_exceeded', [3, ['exceeded_hop_limit', 'exceeded_frag_reass_time']]],
  ['parameter_problem', [4, ['erroneous_header_field', 'unknown_next_header', 'unknown_option']]],
])

/** Undefined: the name is unknown. */
export function icmpOf(
  packet: Extract<ScriptPacket, { protocol: 'icmp' }>,
  family: 4 | 6,
): Omit<IcmpError, 'sequence'> | undefined {
  const known = (family === 4 ? types4 : types6).get(packet.type)
  const code = known?.[1].indexOf(packet.code ?? '') ?? -1
  return known === undefined || code < 0 ? undefined : { type: known[0], code, mtu: packet.mtu ?? 0 }
}
