/**
 * Joins TCP segments of one flow that arrive one behind the other into one large segment, as Linux does on receiving
 * (GRO), so that the stack handles a burst as if it came with a large MTU. Bare ACKs are joined too: the last one
 * says all that those before it said. Only what could have come as one segment is joined: to the gateway's MAC, the
 * same addresses, ports, TTL, type of service and window, sound headers without options, no flag but ACK and PSH,
 * sequence numbers that continue. Everything else, and whatever comes behind it, is left as it is.
 */
import { gatewayMac } from '../ethernet.ts'
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
import { tcpFrame } from './frame-layout.ts'
import { folded, swapped } from './sum.ts'

const maxTotalBytes = 65_535
const headerBytes = tcpFrame.payload - tcpFrame.ip

/** Of 16 bits, big-endian. */
const word = (frame: Local, offset: number): Code => swapped(load16(frame.get, offset))
/** Of 32 bits, big-endian. */
const longWord = (frame: Local, offset: number): Code =>
  or(shl(word(frame, offset), int(16)), word(frame, offset + 2))
/** A number of 16 bits as a little-endian load sees it when it is big-endian in memory. */
const loaded16 = (value: number): number => ((value & 0xff) << 8) | ((value >> 8) & 0xff)
const loaded32 = (high: number, low: number): number => loaded16(high) | (loaded16(low) << 16)

/** A segment that may be joined with others, the frame ending at `end`. */
const isSuitable = (frame: Local, end: Local, sum: Local, otherwise: Code): Code => [
  ...ifThen(
    or(
      // What lies behind a short frame is not its TCP header, whatever it looks like.
      gtU(add(frame.get, int(tcpFrame.payload)), end.get),
      ne(load32(frame.get), int(loaded32(gatewayMac.high, gatewayMac.low >>> 16))),
      ne(load16(frame.get, 4), int(loaded16(gatewayMac.low & 0xffff))),
      ne(load16(frame.get, tcpFrame.type), int(loaded16(0x0800))),
      ne(load8(frame.get, tcpFrame.ip), int(0x45)),
      // No fragment: only "don't fragment" may be set.
      and(load16(frame.get, tcpFrame.fragment), int(loaded16(0xbfff))),
      ne(load8(frame.get, tcpFrame.ttl + 1), int(6)),
      ne(load8(frame.get, tcpFrame.headerWords), int(0x50)),
      ne(and(load8(frame.get, tcpFrame.flags), int(~0x08)), int(0x10)),
      ne(add(frame.get, int(tcpFrame.ip), word(frame, tcpFrame.totalBytes)), end.get),
    ),
    otherwise,
  ),
  ...sum.set(add(...tenWords(frame))),
  ...folded(sum),
  ...ifThen(and(ne(sum.get, int(0xffff)), ne(load16(frame.get, tcpFrame.ipChecksum), int(0))), otherwise),
]

const tenWords = (frame: Local): Code[] =>
  Array.from({ length: 10 }, (_, index) => load16(frame.get, tcpFrame.ip + 2 * index))

/** The new length, and no IP checksum: those of all were right. */
const finish = ({ first, total }: { first: Local; total: Local }): Code =>
  ifThen(
    ne(total.get, word(first, tcpFrame.totalBytes)),
    store16(first.get, tcpFrame.totalBytes, swapped(total.get)),
    store16(first.get, tcpFrame.ipChecksum, int(0)),
  )

/**
 * `coalesce(first, end, limit, prefixBytes)`: the frame from `first` to `end` takes up what it can of the frames
 * that follow before `limit`. Gives where the rest begins, which is `end` when nothing was joined. How long the frame
 * now is, its IP header says.
 */
export const coalesce: KernelFunction = kernelFunction(
  'coalesce',
  ['first', 'end', 'limit', 'prefixBytes'],
  { next: 'i32', nextEnd: 'i32', bytes: 'i32', total: 'i32', more: 'i32', sum: 'i32', isGoing: 'i32' },
  (of) => {
    const { first, end, limit, prefixBytes, next, nextEnd, bytes, total, more, sum, isGoing } = of
    const differs32 = (offset: number): Code => ne(load32(first.get, offset), load32(next.get, offset))
    const differs16 = (offset: number): Code => ne(load16(first.get, offset), load16(next.get, offset))
    const stop: Code = [...finish(of), ...returning(end.get)]
    return [
      ...isSuitable(first, end, sum, returning(end.get)),
      ...total.set(word(first, tcpFrame.totalBytes)),
      ...isGoing.set(int(1)),
      ...whileLoop(
        isGoing.get,
        next.set(add(end.get, prefixBytes.get)),
        ifThen(gtU(add(next.get, int(tcpFrame.payload)), limit.get), stop),
        bytes.set(load16(end.get)),
        ifThen(eq(prefixBytes.get, int(4)), bytes.set(longWord(end, 0))),
        nextEnd.set(add(next.get, bytes.get)),
        // Compared by what is left, so that a huge length cannot wrap around.
        ifThen(gtU(bytes.get, sub(limit.get, next.get)), stop),
        isSuitable(next, nextEnd, sum, stop),
        ifThen(
          or(
            ...[
              // Source MAC, then addresses and ports; TTL; type of service.
              ...[differs32(6), differs16(10), differs32(tcpFrame.source), differs32(tcpFrame.destination)],
              ...[differs32(tcpFrame.tcp), differs16(tcpFrame.ttl), differs16(tcpFrame.ip)],
              ne(
                longWord(next, tcpFrame.sequence),
                add(longWord(first, tcpFrame.sequence), total.get, int(-headerBytes)),
              ),
            ],
          ),
          stop,
        ),
        more.set(sub(word(next, tcpFrame.totalBytes), int(headerBytes))),
        // Data goes with data of the same ACK. A bare ACK follows one that says less, never an equal one:
        // those are counted.
        ifThen(
          eq(more.get, int(0)),
          ifThen(
            or(
              ne(total.get, int(headerBytes)),
              leS(
                sub(longWord(next, tcpFrame.acknowledgment), longWord(first, tcpFrame.acknowledgment)),
                int(0),
              ),
            ),
            stop,
          ),
          store32(first.get, tcpFrame.acknowledgment, load32(next.get, tcpFrame.acknowledgment)),
          store16(first.get, tcpFrame.window, load16(next.get, tcpFrame.window)),
        ),
        ifThen(
          more.get,
          ifThen(
            or(
              eq(total.get, int(headerBytes)),
              differs32(tcpFrame.acknowledgment),
              differs16(tcpFrame.window),
              gtU(add(total.get, more.get), int(maxTotalBytes)),
            ),
            stop,
          ),
          // Before the bytes that move take the place of its header.
          store8(
            first.get,
            tcpFrame.flags,
            or(load8(first.get, tcpFrame.flags), load8(next.get, tcpFrame.flags)),
          ),
          copy(add(first.get, int(tcpFrame.ip), total.get), add(next.get, int(tcpFrame.payload)), more.get),
          total.set(add(total.get, more.get)),
        ),
        end.set(nextEnd.get),
      ),
      ...end.get,
    ]
  },
)
