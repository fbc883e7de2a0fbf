/**
 * TCP segmentation offload (TSO), as a network card does for Linux: splits data into segments of equal size with
 * a header each; only sequence number and checksum differ. Copying and summing take one pass.
 */
import {
  add,
  and,
  int,
  type KernelFunction,
  kernelFunction,
  ltU,
  mul,
  or,
  shl,
  shrU,
  store16,
  store32,
  sub,
  v128Load,
  v128Store,
  whileLoop,
} from './assembler.ts'
import { folded, sumLoop, swapped } from './checksum.ts'
import { tcpFrame4 } from './frame-layout.ts'

/** The template of length prefix and headers is copied in whole blocks of 16 bytes. */
const templateBlocks = [0, 16, 32, 48, 64, 80]

/**
 * `segments(from, payloadBytes, count, to, template, headerBytes, optionBytes, sequence, baseSum)`: writes
 * `count` frames to `to`; `headerBytes` includes the length prefix and TCP options. `baseSum` is the sum of
 * pseudo header, TCP header and options without the sequence number. A payload must be at least as long as the
 * headers, so that it overwrites the excess bytes of the blocks.
 */
export const segments: KernelFunction = kernelFunction(
  'segments',
  ['from', 'payloadBytes', 'count', 'to', 'template', 'headerBytes', 'optionBytes', 'sequence', 'baseSum'],
  {
    tcp: 'i32',
    at: 'i32',
    end: 'i32',
    out: 'i32',
    sum: 'i32',
    limit: 'i32',
    even: 'v128',
    odd: 'v128',
    block: 'v128',
  },
  (of) => {
    const {
      from,
      payloadBytes,
      count,
      to,
      template,
      headerBytes,
      optionBytes,
      sequence,
      baseSum,
      tcp,
      at,
      end,
      out,
      sum,
    } = of
    const bigEndianSequence = or(swapped(shrU(sequence.get, int(16))), shl(swapped(sequence.get), int(16)))
    const tcpHeaderBytes = tcpFrame4.payload - tcpFrame4.tcp
    return [
      ...at.set(from.get),
      ...of.limit.set(add(from.get, mul(payloadBytes.get, count.get))),
      ...whileLoop(
        ltU(at.get, of.limit.get),
        ...templateBlocks.map((offset) => v128Store(to.get, offset, v128Load(template.get, offset))),
        out.set(add(to.get, headerBytes.get)),
        tcp.set(sub(sub(out.get, int(tcpHeaderBytes)), optionBytes.get)),
        store32(tcp.get, tcpFrame4.sequence - tcpFrame4.tcp, bigEndianSequence),
        end.set(add(at.get, payloadBytes.get)),
        sumLoop(of, out),
        folded(sum),
        sum.set(
          add(swapped(sum.get), baseSum.get, shrU(sequence.get, int(16)), and(sequence.get, int(0xffff))),
        ),
        folded(sum),
        store16(tcp.get, tcpFrame4.checksum - tcpFrame4.tcp, swapped(sub(int(-1), sum.get))),
        to.set(out.get),
        sequence.set(add(sequence.get, payloadBytes.get)),
      ),
    ]
  },
  false,
)
