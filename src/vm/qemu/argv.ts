/** QEMU's command line, a pure function of sizing, image and paths. */
import { createHash } from 'node:crypto'
import type { Accelerator } from '../../config/desired.ts'
import { channelMac, guestMac } from '../../config/guest-mac.ts'
import { shareTag } from '../share/virtiofs.ts'
import { memoryPath } from './descriptors.ts'
import type { TcgThread } from './tcg-thread.ts'

export interface QemuInputs {
  /** Starts QEMU; the options follow. */
  command: readonly string[]
  name: string
  cpus: number
  memoryBytes: number
  accelerator: Accelerator
  /** Threading of an emulated CPU. */
  tcgThread: TcgThread
  /** seccomp: deny system calls that device models do not need; Linux only. */
  isSandboxed?: boolean
  image: { kernel: string; initrd: string; root: string; cmdline: string }
  dataDisk: string
  metadataIso: string
  consoleLog: string
  /** Sockets of the virtiofsd processes, in order. */
  shares?: readonly string[]
  sockets: { link: string; channel: string; qmp: string; agent: string; console: string }
}

export const agentPort = 'org.qemu.guest_agent.0'

/**
 * `max` enables all features of the emulator, minus fast string operations, which it executes byte by byte
 * (docs/decisions/0042).
 */
export const accelArgs = (accelerator: Accelerator, thread: TcgThread): readonly string[] =>
  accelerator === 'tcg'
    ? ['-accel', `tcg,thread=${thread}`, '-cpu', 'max,-erms']
    : ['-accel', accelerator, '-cpu', 'host']

/** QEMU splits option values at commas; a doubled comma is a literal comma. */
const path = (text: string): string => text.replaceAll(',', ',,')

/** QEMU is the listener, so that a new supervisor can connect after the old one died. */
const listener = (id: string, socket: string): string =>
  `socket,id=${id},path=${path(socket)},server=on,wait=off`

/** Without an option ROM, because nothing boots from the network and the firmware starts faster. */
const card = (id: string, socket: string, mac: string): string[] => [
  ...['-netdev', `stream,id=${id},server=on,addr.type=unix,addr.path=${path(socket)}`],
  ...['-device', `virtio-net-pci,netdev=${id},mac=${mac},romfile=`],
]

const shareArgs = (socket: string, index: number): string[] => [
  ...['-chardev', `socket,id=${shareTag(index)},path=${path(socket)}`],
  ...['-device', `vhost-user-fs-pci,chardev=${shareTag(index)},tag=${shareTag(index)}`],
]

/** Size of the guest's memory: whole MiB. */
export const ramBytes = (memoryBytes: number): number => Math.round(memoryBytes / 2 ** 20) * 2 ** 20

export function qemuArgv(inputs: QemuInputs): string[] {
  const { image, sockets, shares = [] } = inputs
  const memory = `${ramBytes(inputs.memoryBytes) / 2 ** 20}M`
  const disk = (id: string, file: string, options: string): string[] => [
    '-drive',
    `if=none,id=${id},file=${path(file)},${options}`,
    '-device',
    `virtio-blk-pci,drive=${id},serial=${id}`,
  ]
  return [
    ...inputs.command,
    ...['-name', `desktop-${inputs.name}`, '-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-machine', `q35,graphics=off${shares.length > 0 ? ',memory-backend=memory' : ''}`],
    ...(inputs.isSandboxed === true ? ['-sandbox', sandbox] : []),
    ...accelArgs(inputs.accelerator, inputs.tcgThread),
    ...['-smp', String(inputs.cpus), '-m', memory],
    ...['-rtc', 'base=utc,clock=host'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', image.cmdline],
    ...disk('root', image.root, 'format=raw,readonly=on'),
    ...disk('data', inputs.dataDisk, 'format=qcow2,discard=unmap,detect-zeroes=unmap'),
    ...disk('config', inputs.metadataIso, 'format=raw,readonly=on'),
    // The first card is eth0.
    ...card('net0', sockets.link, guestMac),
    ...card('net1', sockets.channel, channelMac),
    ...['-device', 'virtio-rng-pci'],
    // A new id at each start makes a resumed guest reseed its random number generator (QEMU docs/specs/vmgenid).
    ...['-device', 'vmgenid,guid=auto'],
    // virtiofsd accesses the guest memory directly.
    ...(shares.length === 0 ? [] : ['-object', `memory-backend-memfd,id=memory,size=${memory},share=on`]),
    ...shares.flatMap(shareArgs),
    ...['-device', 'virtio-serial-pci', '-chardev', listener('agent', sockets.agent)],
    // Without an id, QEMU sends no event when the guest opens the port.
    ...['-device', `virtserialport,id=agent0,chardev=agent,name=${agentPort}`],
    ...[
      '-chardev',
      `${listener('console', sockets.console)},logfile=${path(inputs.consoleLog)},logappend=on`,
    ],
    ...['-serial', 'chardev:console'],
    ...['-chardev', listener('qmp', sockets.qmp), '-mon', 'chardev=qmp,mode=control'],
  ]
}

/** seccomp: an attacker who escapes the guest cannot start programs, gain privileges, or change limits or priorities. */
const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/**
 * Appended to the command line: guest memory in an inherited file (descriptors.ts). Its name in saved states is that of
 * memory without a file, so that either machine loads the state of the other.
 */
export const memoryArgs = (bytes: number, access: 'shared' | 'private'): string[] => {
  const file = `memory-backend-file,id=${ramBlock},size=${bytes},mem-path=${memoryPath}`
  const share = access === 'shared' ? 'on' : 'off'
  return [
    ...['-object', `${file},share=${share},x-use-canonical-path-for-ramblock-id=off`],
    ...['-machine', `memory-backend=${ramBlock}`],
  ]
}

/** QEMU's default for machines of the PC type. */
const ramBlock = 'pc.ram'

/** Appended to the command line: the machine waits for a saved state, and starts stopped. */
export const waitForState: readonly string[] = ['-S', '-incoming', 'defer']

/** The command line without what was appended to load a saved state. */
export function withoutState(argv: readonly string[]): string[] {
  const ends = (words: readonly string[], all: readonly string[]): boolean =>
    words.every((word, index) => all[all.length - words.length + index] === word)
  if (!ends(waitForState, argv)) return [...argv]
  const began = argv.slice(0, -waitForState.length)
  const bytes = Number(/,size=(\d+),/.exec(began.at(-3) ?? '')?.[1])
  const memory = memoryArgs(bytes, 'private')
  return ends(memory, began) ? began.slice(0, -memory.length) : began
}

/** The path of the metadata disk is not a property of the machine: the runtime directory differs between sessions. */
export const withoutPlaces = (argv: readonly string[]): string[] =>
  argv.map((word) => (word.startsWith('if=none,id=config,') ? 'if=none,id=config' : word))

/** `sha256:…` of a command line, one of the three hashes that decide a restart. */
export function hashArgv(argv: readonly string[]): string {
  return `sha256:${createHash('sha256').update(withoutPlaces(argv).join('\0')).digest('hex')}`
}
