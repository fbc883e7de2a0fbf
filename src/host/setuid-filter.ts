/**
 * seccomp filter (seccomp(2), BPF) for this process and its children: denies setting setuid and setgid bits, and the
 * calls in refused-calls.ts. Root in a VM controls the files that virtiofsd creates: a setuid program in a shared
 * folder would give its owner's rights to every local user. Three calls that could only fail are answered without running
 * them, so that the VM's kernel sends file events (event-calls.ts).
 */
import {
  at,
  encodeProgram,
  equals,
  forCall,
  give,
  hasAny,
  type Instruction,
  isAtLeast,
  keepBits,
  load,
  unless,
} from './bpf.ts'
import { eventCalls } from './event-calls.ts'
import { libcFunction, libcStruct } from './libc.ts'
import { refusedCalls } from './refused-calls.ts'

interface Architecture {
  /** AUDIT_ARCH_… of linux/audit.h. */
  audit: number
  /** Number of seccomp(2) itself. */
  seccomp: number
  /** System call number → argument index of its mode; for files that exist, and for new ones. */
  changes: readonly (readonly [call: number, mode: number])[]
  modes: readonly (readonly [call: number, mode: number])[]
  /** System call number → argument index of the new length of a file. */
  lengths: readonly (readonly [call: number, length: number])[]
  /** Calls that create files only with certain flags → argument indexes of flags and mode. */
  opens: readonly (readonly [call: number, flags: number, mode: number])[]
}

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: {
    audit: 0xc000_003e,
    seccomp: 317,
    // chmod, fchmod, fchmodat, fchmodat2
    changes: [
      [90, 1],
      [91, 1],
      [268, 2],
      [452, 2],
    ],
    // mkdir, creat, mknod, mkdirat, mknodat
    modes: [
      [83, 1],
      [85, 1],
      [133, 1],
      [258, 2],
      [259, 2],
    ],
    // truncate, ftruncate
    lengths: [
      [76, 1],
      [77, 1],
    ],
    // open, openat
    opens: [
      [2, 1, 2],
      [257, 2, 3],
    ],
  },
  arm64: {
    audit: 0xc000_00b7,
    seccomp: 277,
    // fchmod, fchmodat, fchmodat2
    changes: [
      [52, 1],
      [53, 2],
      [452, 2],
    ],
    // mknodat, mkdirat
    modes: [
      [33, 2],
      [34, 2],
    ],
    // truncate, ftruncate
    lengths: [
      [45, 1],
      [46, 1],
    ],
    // openat
    opens: [[56, 2, 3]],
  },
}

const verdict = {
  allow: 0x7fff_0000,
  done: 0x0005_0000,
  notPermitted: 0x0005_0001,
  noSuchCall: 0x0005_0026,
  stale: 0x0005_0074,
} as const
/** Its mode is in memory, which a filter cannot read; programs fall back to openat. */
const openat2 = 437
/** The x32 ABI of x86-64 numbers its calls from here. */
const x32Calls = 0x4000_0000
const setBits = 0o6000
/** O_CREAT and __O_TMPFILE. */
const makesFile = 0o100 | 0o20_000_000

const judgeMode = (mode: number): Instruction[] => [
  load(at.argument(mode)),
  hasAny(setBits, 0, 1),
  give(verdict.notPermitted),
  give(verdict.allow),
]

/** Leaves the permission bits of the mode to be judged. */
const answerMode = (mode: number): Instruction[] => [
  load(at.argument(mode)),
  keepBits(0o7777),
  unless(eventCalls.attributesMode),
  give(verdict.done),
  unless(eventCalls.lookUpMode),
  give(verdict.stale),
]

const answerLength = (length: number): Instruction[] => [
  load(at.argument(length)),
  equals(Number(eventCalls.contentLength & 0xffff_ffffn), 0, 2),
  load(at.highWord(length)),
  equals(Number(eventCalls.contentLength >> 32n), 1, 0),
  give(verdict.allow),
  give(verdict.done),
]

/** The filter in kernel format; undefined for an unsupported architecture. */
export function setuidFilter(arch: NodeJS.Architecture): Buffer | undefined {
  const found = architectures[arch]
  if (found === undefined) return undefined
  const program = [
    load(at.architecture),
    // A 32-bit program has other call numbers.
    equals(found.audit, 1, 0),
    give(verdict.notPermitted),
    load(at.call),
    ...(arch === 'x64' ? [isAtLeast(x32Calls), give(verdict.notPermitted)] : []),
    ...(refusedCalls[arch]?.notPermitted ?? []).flatMap((call) =>
      forCall(call, [give(verdict.notPermitted)]),
    ),
    ...(refusedCalls[arch]?.noSuchCall ?? []).flatMap((call) => forCall(call, [give(verdict.noSuchCall)])),
    ...found.lengths.flatMap(([call, length]) => forCall(call, answerLength(length))),
    ...found.changes.flatMap(([call, mode]) => forCall(call, [...answerMode(mode), ...judgeMode(mode)])),
    ...found.modes.flatMap(([call, mode]) => forCall(call, judgeMode(mode))),
    ...found.opens.flatMap(([call, flags, mode]) =>
      forCall(call, [
        load(at.argument(flags)),
        hasAny(makesFile, 1, 0),
        give(verdict.allow),
        ...judgeMode(mode),
      ]),
    ),
    ...forCall(openat2, [give(verdict.noSuchCall)]),
    give(verdict.allow),
  ]
  return encodeProgram(program)
}

/** struct sock_fprog: how many instructions, and where they are (seccomp(2)). */
libcStruct('FilterProgram', { length: 'uint16_t', filter: 'void *' })

const SECCOMP_SET_MODE_FILTER = 1
const SECCOMP_FILTER_FLAG_TSYNC = 1

/** Permanent, for all threads and children; needs no-new-privs. Returns false if the kernel does not support it. */
export function refuseSetuidBits(): boolean {
  const filter = process.platform === 'linux' ? setuidFilter(process.arch) : undefined
  if (filter === undefined) return false
  const seccomp = libcFunction('long syscall(long, unsigned int, unsigned int, FilterProgram *program)')
  const call = architectures[process.arch]?.seccomp ?? 0
  const given = { length: filter.length / 8, filter }
  return seccomp(call, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, given) === 0
}
