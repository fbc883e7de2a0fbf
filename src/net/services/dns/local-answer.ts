/**
 * Answers for local names, with aliases resolved. TTL 0, so that a changed hosts table takes effect immediately.
 */
import { flag, headerBytes, parseResponse, rcode, recordType, setUint32 } from '../../wire/dns.ts'
import { encodeName, readName } from '../../wire/domain-name.ts'
import type { Answer } from './answer.ts'
import { ResponseBuilder } from './emit.ts'
import type { LocalNames } from './local-names.ts'
import { type DnsQuery, emitQuery, parseQuery } from './query.ts'

export type LocalOutcome =
  | { kind: 'answer'; answer: Answer }
  /** Our alias points to a name of another zone: query `target`, then call `withTarget`. */
  | { kind: 'ask'; target: DnsQuery; begun: ResponseBuilder }

const ttlSeconds = 0
/** Valid until the settings change. */
const lifeSeconds = 1e9
const maxAliases = 8
/** RFC 2308: SOA of every negative answer, with the names that RFC 6303 section 3 recommends for such zones. */
const soa = Uint8Array.of(
  ...encodeName('gateway.docker.internal')!,
  ...encodeName('nobody.invalid')!,
  ...[1, 3600, 1200, 604_800, ttlSeconds].flatMap((value) => [...uint32Bytes(value)]),
)

/** Undefined if the name is not local. */
export function answerLocally(names: LocalNames, query: DnsQuery, nowMs: number): LocalOutcome | undefined {
  let owner = readName(query.bytes, headerBytes)!.text
  let builder: ResponseBuilder | undefined
  const begun = () => {
    builder ??= new ResponseBuilder(query.bytes.subarray(headerBytes, query.questionEnd), flag.aa | flag.ra)
    return builder
  }
  const answer = (code: number): LocalOutcome => {
    return {
      kind: 'answer',
      answer: { message: begun().finish(code), ttls: [], storedAtMs: nowMs, lifeSeconds },
    }
  }
  const negative = (zone: string, code: number): LocalOutcome => {
    begun().add('authority', zone, recordType.soa, ttlSeconds, soa)
    return answer(code)
  }
  for (let aliases = 0; aliases <= maxAliases; aliases += 1) {
    const found = names.lookup(owner, query.type)
    if (found === undefined) {
      if (builder === undefined) return undefined
      const target = queryAbout(owner, query)
      return target === undefined ? answer(rcode.servFail) : { kind: 'ask', target, begun: builder }
    }
    switch (found.kind) {
      case 'no-data':
        return negative(found.zone, rcode.noError)
      case 'no-name':
        return negative(found.zone, rcode.nxDomain)
      case 'records':
        for (const { type, rdata } of found.records) begun().add('answer', owner, type, ttlSeconds, rdata)
        return answer(rcode.noError)
      case 'alias':
        begun().addName('answer', owner, recordType.cname, ttlSeconds, found.target)
        if (query.type === recordType.cname || query.type === recordType.any) return answer(rcode.noError)
        owner = found.target
    }
  }
  return answer(rcode.servFail)
}

/** The alias records, then the records of their target, with its rcode (RFC 6604). */
export function withTarget(begun: ResponseBuilder, target: Answer, nowMs: number): Answer {
  const parsed = parseResponse(target.message)
  const ageSeconds = Math.floor((nowMs - target.storedAtMs) / 1000)
  for (const record of parsed?.records ?? []) {
    if (record.section === 'additional') continue
    begun.copy(target.message, { ...record, ttl: Math.max(0, record.ttl - ageSeconds) })
  }
  const code = parsed === undefined ? rcode.servFail : parsed.rcode | (parsed.flags & flag.tc)
  return { message: begun.finish(code), ttls: [], storedAtMs: nowMs, lifeSeconds: 0 }
}

function queryAbout(name: string, like: DnsQuery): DnsQuery | undefined {
  const wireName = encodeName(name)
  if (wireName === undefined) return undefined
  const edns = like.hasEdns ? { udpSize: like.udpSize, dnssecOk: like.dnssecOk } : undefined
  const checkingDisabled = (like.flags & flag.cd) !== 0
  const query = parseQuery(emitQuery(wireName, like.type, like.class, { checkingDisabled, edns }))
  return typeof query === 'object' ? query : undefined
}

function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  setUint32(bytes, 0, value)
  return bytes
}
