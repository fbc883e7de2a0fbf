/**
 * Coalesces consecutive TCP segments of one flow into a large segment, like Linux GRO, so that the stack
 * processes a burst as if it came with a large MTU. Bare ACKs are coalesced too: the last one supersedes the
 * others. Only segments that could have been sent as one are coalesced: sent to the gateway's MAC, with equal
 * addresses, ports, TTL, type of service, flow label and window, valid headers without options or with equal
 * timestamps, no flags except ACK and PSH, and contiguous sequence numbers. Coalescing stops at the first segment
 * that does not qualify.
 */
import { gatewayMac } from '../wire/ethernet.ts'
import {
  add,
  and,
  type Code,
  copy,
  eq,
  gtU,
  ifThen,
  int,
  type KernelFunction,
  kernelFunction,
  type Local,
  leS,
  load8,
  load16,
  load32,
  mul,
  ne,
  or,
  returning,
  shl,
  store8,
  store16,
  store32,
  sub,
  whileLoop,
} from './assembler.ts'
import { folded, type SumLocals, sumLoop, swapped } from './checksum.ts'
import { type Family, ipv4, ipv6, loaded16 } from './family.ts'

/** Maximum of the IP length field. */
const maxLength = 65_535

/** A big-endian 16-bit number. */
const word = (frame: Local, offset: number): Code => swapped(load16(frame.get, offset))
/** A big-endian 32-bit number. */
const longWord = (frame: Local, offset: number): Code =>
  or(shl(word(frame, offset), int(16)), word(frame, offset + 2))
const loaded32 = (high: number, low: number): number => loaded16(high) | (loaded16(low) << 16)

/** Whether the frame, which ends at `end`, qualifies for coalescing. */
const isSuitable = (
  family: Family,
  { at, end, sum, options }: Record<'at' | 'end' | 'sum' | 'options', Local>,
  otherwise: Code,
): Code => {
  const { frame, etherType, isOther, check } = family
  return [
    ...ifThen(
      or(
        // The bytes after a short frame are not its TCP header.
        gtU(add(at.get, int(frame.payload), options.get), end.get),
        ne(load32(at.get), int(loaded32(gatewayMac.high, gatewayMac.low >>> 16))),
        ne(load16(at.get, 4), int(loaded16(gatewayMac.low & 0xffff))),
        ne(load16(at.get, frame.type), int(loaded16(etherType))),
        ...isOther(at),
        // The upper half contains the header words: 5, plus 3 with timestamps.
        ne(load8(at.get, frame.headerWords), add(int(0x50), shl(options.get, int(2)))),
        and(ne(options.get, int(0)), ne(load32(at.get, frame.payload), int(timestampHead))),
        ne(and(load8(at.get, frame.flags), int(~0x08)), int(0x10)),
        ne(add(at.get, int(frame.countedFrom), word(at, frame.length)), end.get),
      ),
      otherwise,
    ),
    ...check(at, sum, otherwise),
  ]
}

/** As a little-endian load: two bytes of padding, kind 8, length 10 (RFC 7323 appendix A). */
const timestampHead = loaded32(0x0101, 0x080a)
const timestampBytes = 12

/** Executes `otherwise` if the TCP checksum of a qualifying frame that ends at `end` is wrong. */
const verify = ({ frame }: Family, at: Local, end: Local, of: SumLocals, otherwise: Code): Code => [
  // The addresses of the pseudo header directly precede the TCP header.
  ...of.at.set(add(at.get, int(frame.addresses))),
  ...of.end.set(end.get),
  ...sumLoop(of),
  ...folded(of.sum),
  ...of.sum.set(add(of.sum.get, int(loaded16(6)), swapped(sub(end.get, add(at.get, int(frame.tcp)))))),
  ...folded(of.sum),
  ...ifThen(ne(of.sum.get, int(0xffff)), otherwise),
]

/**
 * `coalesce4` and `coalesce6(first, end, limit, prefixBytes, verifies)`: the frame from `first` to `end` absorbs
 * as many of the following frames before `limit` as possible. Returns the address of the remaining frames, which
 * is `end` if nothing was coalesced. The new length is in the frame's IP header. With `verifies`, all coalesced
 * frames have correct TCP checksums. A frame is summed only after all other conditions hold, so that no frame is
 * summed here and again by the stack.
 */
const coalesce = (family: Family): KernelFunction =>
  kernelFunction(
    family.name,
    ['first', 'end', 'limit', 'prefixBytes', 'verifies'],
    {
      next: 'i32',
      nextEnd: 'i32',
      bytes: 'i32',
      total: 'i32',
      more: 'i32',
      isGoing: 'i32',
      isFirstRight: 'i32',
      options: 'i32',
      sumAt: 'i32',
      sumEnd: 'i32',
      sum: 'i32',
      even: 'v128',
      odd: 'v128',
      block: 'v128',
    },
    (of) => {
      const { first, end, limit, prefixBytes, verifies, next, nextEnd, bytes, total, more, sum, isGoing } = of
      const { isFirstRight, options } = of
      const summing = { ...of, at: of.sumAt, end: of.sumEnd }
      const { frame } = family
      const headerBytes = add(int(frame.payload - frame.countedFrom), options.get)
      const differs32 = (offset: number): Code => ne(load32(first.get, offset), load32(next.get, offset))
      const differs16 = (offset: number): Code => ne(load16(first.get, offset), load16(next.get, offset))
      const finish: Code = ifThen(
        ne(total.get, word(first, frame.length)),
        store16(first.get, frame.length, swapped(total.get)),
        family.relabel(first),
      )
      const stop: Code = [...finish, ...returning(end.get)]
      return [
        ...options.set(mul(eq(load8(first.get, frame.headerWords), int(0x80)), int(timestampBytes))),
        ...isSuitable(family, { at: first, end, sum, options }, returning(end.get)),
        ...total.set(word(first, frame.length)),
        ...isGoing.set(int(1)),
        ...whileLoop(
          isGoing.get,
          next.set(add(end.get, prefixBytes.get)),
          ifThen(gtU(add(next.get, int(frame.payload), options.get), limit.get), stop),
          bytes.set(load16(end.get)),
          ifThen(eq(prefixBytes.get, int(4)), bytes.set(longWord(end, 0))),
          nextEnd.set(add(next.get, bytes.get)),
          // Compare with the remaining bytes, so that a huge length cannot overflow.
          ifThen(gtU(bytes.get, sub(limit.get, next.get)), stop),
          isSuitable(family, { at: next, end: nextEnd, sum, options }, stop),
          ifThen(
            or(
              ...[differs32(6), differs16(10), ...family.isAnother(differs16), differs32(frame.tcp)],
              ne(
                longWord(next, frame.sequence),
                sub(add(longWord(first, frame.sequence), total.get), headerBytes),
              ),
            ),
            stop,
          ),
          more.set(sub(word(next, frame.length), headerBytes)),
          // Coalesce data only with data of the same ACK. Coalesce a bare ACK only if it advances: duplicate ACKs
          // are counted.
          ifThen(
            eq(more.get, int(0)),
            ifThen(
              or(
                ne(total.get, headerBytes),
                leS(sub(longWord(next, frame.acknowledgment), longWord(first, frame.acknowledgment)), int(0)),
              ),
              stop,
            ),
          ),
          ifThen(
            more.get,
            ifThen(
              or(
                eq(total.get, headerBytes),
                differs32(frame.acknowledgment),
                differs16(frame.window),
                and(ne(options.get, int(0)), or(differs32(frame.payload + 4), differs32(frame.payload + 8))),
                gtU(add(total.get, more.get), int(maxLength)),
              ),
              stop,
            ),
          ),
          ifThen(
            verifies.get,
            ifThen(
              eq(isFirstRight.get, int(0)),
              verify(family, first, end, summing, stop),
              isFirstRight.set(int(1)),
            ),
            verify(family, next, nextEnd, summing, stop),
          ),
          ifThen(
            eq(more.get, int(0)),
            store32(first.get, frame.acknowledgment, load32(next.get, frame.acknowledgment)),
            store16(first.get, frame.window, load16(next.get, frame.window)),
            ifThen(
              options.get,
              store32(first.get, frame.payload + 4, load32(next.get, frame.payload + 4)),
              store32(first.get, frame.payload + 8, load32(next.get, frame.payload + 8)),
            ),
          ),
          ifThen(
            more.get,
            // Before the copied data overwrites its header.
            store8(first.get, frame.flags, or(load8(first.get, frame.flags), load8(next.get, frame.flags))),
            copy(
              add(first.get, int(frame.countedFrom), total.get),
              add(next.get, int(frame.payload), options.get),
              more.get,
            ),
            total.set(add(total.get, more.get)),
          ),
          end.set(nextEnd.get),
        ),
        ...end.get,
      ]
    },
  )

export const coalesce4: KernelFunction = coalesce(ipv4)
export const coalesce6: KernelFunction = coalesce(ipv6)
