/**
 * Internet checksum (RFC 1071), sixteen bytes at a time. Words are read as little-endian, which is free, and the
 * result is swapped once: the sum is independent of byte order (section 2B).
 */
import {
  add,
  and,
  type Code,
  int,
  type KernelFunction,
  kernelFunction,
  type Local,
  load8,
  load16,
  load32,
  ltU,
  or,
  type Store,
  shl,
  shrU,
  store8,
  store32,
  v128Add,
  v128AddPairs,
  v128Lane,
  v128Load,
  v128Store,
  v128Zero,
  whileLoop,
} from './assembler.ts'

export interface SumLocals {
  /** Address of the bytes; advanced to `end`. */
  at: Local
  end: Local
  /** The 32-bit result, not folded or swapped. */
  sum: Local
  even: Local
  odd: Local
  block: Local
}

/** Sums from `at` to `end`, at most 128 KiB, and copies the bytes to `to` if given. */
export function sumLoop({ at, end, sum, even, odd, block }: SumLocals, to?: Local): Code {
  const moveOn = (bytes: number): Code => [
    ...at.set(add(at.get, int(bytes))),
    ...(to === undefined ? [] : to.set(add(to.get, int(bytes)))),
  ]
  const step = (lanes: Local, offset: number): Code => [
    ...block.set(v128Load(at.get, offset)),
    ...(to === undefined ? [] : v128Store(to.get, offset, block.get)),
    ...lanes.set(v128Add(lanes.get, v128AddPairs(block.get))),
  ]
  /** Sums the remaining one or four bytes. */
  const last = (bytes: number, value: Code, store: Store): Code =>
    whileLoop(
      ltU(add(at.get, int(bytes - 1)), end.get),
      to === undefined ? [] : store(to.get, 0, value),
      sum.set(add(sum.get, and(value, int(0xffff)), shrU(value, int(16)))),
      moveOn(bytes),
    )
  const pairTail: Code = whileLoop(
    ltU(add(at.get, int(1)), end.get),
    to === undefined ? [] : [...store8(to.get, 0, load8(at.get)), ...store8(to.get, 1, load8(at.get, 1))],
    sum.set(add(sum.get, load16(at.get))),
    moveOn(2),
  )
  return [
    ...even.set(v128Zero),
    ...odd.set(v128Zero),
    ...whileLoop(ltU(add(at.get, int(31)), end.get), step(even, 0), step(odd, 16), moveOn(32)),
    ...even.set(v128Add(even.get, odd.get)),
    ...sum.set(add(...[0, 1, 2, 3].map((lane) => v128Lane(even.get, lane)))),
    // The sum of the lanes may use all 32 bits: fold it before adding more.
    ...sum.set(add(and(sum.get, int(0xffff)), shrU(sum.get, int(16)))),
    ...last(4, load32(at.get), store32),
    ...pairTail,
    ...last(1, load8(at.get), store8),
  ]
}

/** Folds carries twice, to 16 bits. */
export const folded = (sum: Local): Code => {
  const once = sum.set(add(and(sum.get, int(0xffff)), shrU(sum.get, int(16))))
  return [...once, ...once]
}

/** Swaps the two bytes of a 16-bit value. */
export const swapped = (value: Code): Code =>
  or(shl(and(value, int(0xff)), int(8)), and(shrU(value, int(8)), int(0xff)))

/** `sum(at, end)`: the folded sum of big-endian words. */
export const sum: KernelFunction = kernelFunction(
  'sum',
  ['at', 'end'],
  { sum: 'i32', even: 'v128', odd: 'v128', block: 'v128' },
  (of) => [...sumLoop(of), ...folded(of.sum), ...swapped(of.sum.get)],
)
