/**
 * Decides whether to use an accelerator by a race: it gets a head start, then emulation boots the same machine, and the
 * first to boot wins. No fixed time-out would suit both fast and busy hosts.
 */
import { type BootOutcome, bootOnce, type ProbeMachine } from './boot-once.ts'
import type { NativeAccelerator } from './native.ts'
import type { Verdict } from './verdict.ts'

/** Longer than a guest kernel boot with a working accelerator. */
const headStartMs = 1_500
/** If neither boots on a very busy host, the result is undecided. */
const giveUpMs = 45_000

interface RaceOptions {
  boot?: typeof bootOnce
  startMs?: number
  endMs?: number
}

/** `undecided`: retry another time. */
export type RaceResult = Verdict | { works: 'undecided'; reason: string }

export async function race(
  machine: ProbeMachine,
  native: NativeAccelerator,
  { boot = bootOnce, startMs = headStartMs, endMs = giveUpMs }: RaceOptions = {},
): Promise<RaceResult> {
  const over = new AbortController()
  const began = performance.now()
  const own = boot(machine, native, over.signal)
  let emulated: Promise<BootOutcome> | undefined
  let timer: NodeJS.Timeout | undefined
  const after = (ms: number): Promise<'late'> =>
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms, 'late')
    })
  try {
    const first = await Promise.race([own, after(startMs)])
    clearTimeout(timer)
    if (first !== 'late') return verdictOn(first, native)
    emulated = boot(machine, 'tcg', over.signal)
    // A failed emulation decides nothing: the accelerator gets the remaining time.
    const overtaken = new Promise<Verdict>((resolve) => {
      void emulated?.then(({ state }) => {
        if (state === 'booted')
          resolve({ works: false, found: 'probe', reason: overtakenAfter(native, began) })
      })
    })
    const verdict = await Promise.race([
      own.then((end) => verdictOn(end, native)),
      overtaken,
      after(endMs - startMs),
    ])
    if (verdict !== 'late') return verdict
    const seconds = Math.round(endMs / 1000)
    return {
      works: 'undecided',
      reason: `neither ${native} nor emulation booted the guest kernel within ${seconds} s`,
    }
  } finally {
    clearTimeout(timer)
    over.abort()
    await Promise.all([own, emulated])
  }
}

function verdictOn(end: BootOutcome, native: NativeAccelerator): Verdict {
  if (end.state === 'booted') return { works: true, milliseconds: end.milliseconds }
  const why = end.state === 'failed' ? `: ${end.reason}` : ''
  return { works: false, found: 'probe', reason: `${native} cannot run the guest kernel${why}` }
}

function overtakenAfter(native: NativeAccelerator, began: number): string {
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return `${native} hangs in the guest kernel: emulation booted it within ${seconds} s, ${native} did not`
}
