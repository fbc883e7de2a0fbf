/** Extracts names and addresses from DNS answers, for rules by name. */
import { formatIpv6 } from '../wire/addresses.ts'
import { type RecordAt, recordType, uint32 } from '../wire/dns.ts'
import { readName } from '../wire/domain-name.ts'
import type { AddressKey } from './learned.ts'

/**
 * Resolvers follow no longer chains (RFC 1034 leaves the limit to them), and a response may contain thousands.
 */
const maxAliases = 16

/**
 * The queried name and its aliases, in any record order: a rule may match any of them. Other records of the
 * response are not in the chain and not trusted.
 */
export function aliasChain(
  asked: string,
  answer: Uint8Array,
  answers: readonly RecordAt[],
): ReadonlySet<string> {
  const chain = new Set([asked])
  for (let known = 0; known < chain.size && chain.size <= maxAliases; ) {
    known = chain.size
    for (const { type, start, rdata } of answers) {
      if (type !== recordType.cname || !chain.has(readName(answer, start)?.text ?? '')) continue
      const target = readName(answer, rdata)
      if (target !== undefined) chain.add(target.text)
    }
  }
  return chain
}

/** The address in the data of an A or AAAA record. */
export function addressKey(type: number, data: Uint8Array): AddressKey | undefined {
  if (type === recordType.a && data.length === 4) return uint32(data, 0) | 0
  return type === recordType.aaaa && data.length === 16 ? formatIpv6(data) : undefined
}
