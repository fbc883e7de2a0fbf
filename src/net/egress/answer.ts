/** The names and addresses of a DNS answer that rules by name learn from. */
import { formatIpv6 } from '../wire/addresses.ts'
import { type RecordAt, recordType, uint32 } from '../wire/dns.ts'
import { readName } from '../wire/domain-name.ts'
import type { AddressKey } from './learned.ts'

/** Resolvers follow no more (RFC 1034 leaves it to them), and an answer may hold thousands. */
const maxAliases = 16

/**
 * The name asked for and every alias on the way, in whatever order they stand: a rule may be about any of them. Other
 * records of the answer are not in the chain, and nothing vouches for them.
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
