/**
 * Landlock domain (landlock(7)): restricts this thread and its programs to the listed files, and denies TCP
 * connections, abstract sockets and signals to other processes. Needs no privileges and no namespaces.
 */
import { closeSync, constants, openSync } from 'node:fs'
import { libcFunction } from './libc.ts'

export interface LandlockPlace {
  path: string
  kind: 'directory' | 'file'
  writable: boolean
}

/** The same numbers on every architecture. */
const calls = { create: 444, add: 445, restrict: 446 } as const
const LANDLOCK_CREATE_RULESET_VERSION = 1
const LANDLOCK_RULE_PATH_BENEATH = 1

/** LANDLOCK_ACCESS_FS_… of linux/landlock.h. */
const right = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDirectory: 1 << 3,
  removeFile: 1 << 5,
  makeFile: 1 << 8,
  makeSocket: 1 << 9,
  truncate: 1 << 14,
  deviceControl: 1 << 15,
} as const

/** Number of rights, counted from the first, that each ABI version supports. */
const knownRights = (abi: number): number => [0, 13, 14, 15, 15, 16][Math.min(abi, 5)] ?? 0
const maskOf = (abi: number): number => 2 ** knownRights(abi) - 1

const bindTcp = 1
const connectTcp = 2
const scopeAbstractSockets = 1
const scopeSignals = 2

/** The three calls; bound where they are used, since other systems do not have them. */
const systemCalls = () => ({
  createRuleset: libcFunction('long syscall(long, void *, size_t, uint32_t)'),
  addRule: libcFunction('long syscall(long, int, int, void *, uint32_t)'),
  restrictSelf: libcFunction('long syscall(long, int, uint32_t)'),
})

/** ABI version of the kernel; 0 = not supported, or disabled. */
export function landlockAbi(): number {
  if (process.platform !== 'linux') return 0
  const { createRuleset } = systemCalls()
  return Math.max(0, Number(createRuleset(calls.create, null, 0, LANDLOCK_CREATE_RULESET_VERSION)))
}

/** Rights for a path; pure. */
export function rightsOf({ kind, writable }: LandlockPlace, abi: number): number {
  const read = right.readFile | (writable ? 0 : right.execute)
  const write = writable ? right.writeFile | right.truncate | right.deviceControl : 0
  const directory =
    right.readDirectory | (writable ? right.makeFile | right.makeSocket | right.removeFile : 0)
  return (read | write | (kind === 'directory' ? directory : 0)) & maskOf(abi)
}

/** Restricted to the kernel's ABI, which rejects unknown rights. */
export function rulesetAttributes(abi: number): Buffer {
  const attributes = Buffer.alloc(abi >= 6 ? 24 : abi >= 4 ? 16 : 8)
  attributes.writeBigUInt64LE(BigInt(maskOf(abi)), 0)
  if (abi >= 4) attributes.writeBigUInt64LE(BigInt(bindTcp | connectTcp), 8)
  if (abi >= 6) attributes.writeBigUInt64LE(BigInt(scopeAbstractSockets | scopeSignals), 16)
  return attributes
}

/** Permanent, and only for the calling thread. Throws if the kernel rejects it. */
export function restrictTo(places: readonly LandlockPlace[]): void {
  const abi = landlockAbi()
  const { createRuleset, addRule, restrictSelf } = systemCalls()
  const attributes = rulesetAttributes(abi)
  const ruleset = Number(createRuleset(calls.create, attributes, attributes.length, 0))
  if (abi === 0 || ruleset < 0) throw new Error('no Landlock')
  for (const place of places) {
    // O_PATH, so that devices and sockets are not opened.
    const fd = openSync(place.path, constants.O_RDONLY | oPath)
    const rule = Buffer.alloc(12)
    rule.writeBigUInt64LE(BigInt(rightsOf(place, abi)), 0)
    rule.writeInt32LE(fd, 8)
    const added = addRule(calls.add, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
    closeSync(fd)
    if (Number(added) !== 0) throw new Error(`no rule for ${place.path}`)
  }
  if (Number(restrictSelf(calls.restrict, ruleset, 0)) !== 0) throw new Error('no domain')
  closeSync(ruleset)
}

const oPath = 0o10_000_000
