/**
 * Descriptors, children and memory of this process after each test of a file, against those before it. Files are checked once
 * for the whole run (leftovers.ts).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect } from 'vitest'

/** Code that is compiled and caches that fill at their first use; an attack sends more. */
const toleratedBytes = 16 * 2 ** 20

function unlessGone(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Kinds of what is open, e.g. two sockets; numbers are given anew. */
function openDescriptors(): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) =>
    unlessGone(() => readlinkSync(`/proc/self/fd/${fd}`)),
  )
  // The listing has itself in it.
  return targets
    .filter((target) => target !== '' && !target.endsWith('/fd'))
    .map(withoutInode)
    .sort()
}

const withoutInode = (target: string): string => target.replace(/\[\d+\]$/, '')

function children(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) =>
    unlessGone(() => readFileSync(`/proc/self/task/${task}/children`, 'latin1'))
      .split(' ')
      .filter(Boolean),
  )
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heldBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Call it before other hooks: it then looks before they prepare a test and after they cleaned up. */
export function returnsToBaseline(): void {
  let before: { descriptors: string[]; children: string[]; bytes: number }
  beforeEach(() => {
    before = { descriptors: openDescriptors(), children: children(), bytes: heldBytes() }
  })
  afterEach(async () => {
    await expect.poll(children).toEqual(before.children)
    await expect.poll(openDescriptors).toEqual(before.descriptors)
    await expect.poll(heldBytes).toBeLessThan(before.bytes + toleratedBytes)
  })
}
