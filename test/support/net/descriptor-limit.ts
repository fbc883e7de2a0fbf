import { closeSync, openSync } from 'node:fs'
import koffi from 'koffi'

const libc = koffi.load(null)
const getLimit = libc.func('int getrlimit(int what, void *limit)')
const setLimit = libc.func('int setrlimit(int what, const void *limit)')
const descriptorLimit = 7

/** Runs a function without free file descriptors. */
export async function withoutDescriptors(action: () => Promise<void>): Promise<void> {
  const before = new BigUint64Array(2)
  getLimit(descriptorLimit, before)
  const taken: number[] = []
  try {
    const probe = openSync('/dev/null', 'r')
    taken.push(probe)
    setLimit(descriptorLimit, BigUint64Array.of(BigInt(probe + 20), before[1]!))
    for (;;) {
      try {
        taken.push(openSync('/dev/null', 'r'))
      } catch {
        break
      }
    }
    await action()
  } finally {
    setLimit(descriptorLimit, before)
    for (const fd of taken) closeSync(fd)
  }
}
