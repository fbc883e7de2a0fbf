/**
 * Boots the guest's own kernel once with the probe's init (templates/probe/init), and returns its report or the
 * failure. Broken accelerators run firmware but fail here: QEMU aborts, the machine stops, or the kernel hangs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Accelerator } from '../../config/desired.ts'
import { messageOf } from '../../errors/system.ts'
import { findProgram } from '../../host/packages.ts'
import { accelArgs } from '../qemu/argv.ts'
import { Qmp } from '../qemu/qmp.ts'

export interface ProbeMachine {
  /** Starts QEMU; options follow. */
  command: readonly string[]
  kernel: string
  /** initrd with the probe's init. */
  initrd: string
  /** Disk that the init reads. */
  disk: string
  /** Kernel command line. */
  cmdline: (accelerator: Accelerator) => string
}

/** `silent`: aborted before there was a result. */
export type BootOutcome =
  | { state: 'booted'; milliseconds: number }
  | { state: 'failed'; reason: string }
  | { state: 'silent' }

/** timeout(1), if available, ends a probe whose command was killed. */
const orphanSeconds = 90
const endMs = 2_000
const settleMs = 100
/** Firmware output does not end with a line break. */
const word = /desktop-probe: ([^\r\n]*)\r?\n/
const panic = /Kernel panic - not syncing: ([^\r\n]*)\r?\n/

/** Never rejects; `signal` ends the VM. */
export async function bootOnce(
  machine: ProbeMachine,
  accelerator: Accelerator,
  signal: AbortSignal,
): Promise<BootOutcome> {
  const began = performance.now()
  const timeout = await findProgram('timeout')
  const wrapper = timeout === undefined ? [] : [timeout, '--foreground', '-s', 'KILL', String(orphanSeconds)]
  const [program = '', ...args] = [...wrapper, ...probeArgv(machine, accelerator)]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  try {
    return await outcomeOf(child, began, signal)
  } finally {
    // timeout(1) forwards it, and QEMU handles it regardless of its guest.
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), endMs)
    await closed
    clearTimeout(late)
  }
}

function outcomeOf(child: ChildProcess, began: number, signal: AbortSignal): Promise<BootOutcome> {
  const { promise, resolve } = Promise.withResolvers<BootOutcome>()
  const failed = (reason: string): void => resolve({ state: 'failed', reason })
  let console = ''
  let stderr = ''
  const because = (): string => {
    const said = complaint(stderr)
    return said === '' ? '' : ` (${said})`
  }
  signal.addEventListener('abort', () => resolve({ state: 'silent' }), { once: true })
  if (signal.aborted) resolve({ state: 'silent' })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    console += text
    const said = word.exec(console)?.[1]
    const why = panic.exec(console)?.[1]
    if (said === 'ok') resolve({ state: 'booted', milliseconds: Math.round(performance.now() - began) })
    else if (said !== undefined) failed(said)
    else if (why !== undefined) failed(`the guest kernel panics: ${why}`)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.on('error', (error) => failed(`QEMU cannot be started: ${messageOf(error)}`))
  child.on('close', (code, killed) => failed(`QEMU ended with ${killed ?? code}${because()}`))
  const stopped = (): void => failed(`QEMU stopped the VM by itself${because()}`)
  // QEMU's last output arrives on another descriptor, so wait for it.
  void watchStops(child.stdio[3] as Socket, () => void setTimeout(stopped, settleMs))
  return promise
}

/** Every STOP event means failure: no client stops this machine. */
async function watchStops(socket: Socket, onStop: () => void): Promise<void> {
  socket.on('error', () => {})
  try {
    await Qmp.open(socket, ({ event }) => {
      if (event === 'STOP') onStop()
    })
  } catch {
    // The exit of QEMU is more informative.
  }
}

/** The console is on standard output, and QMP on fd 3, which Node opens as a socket. */
export function probeArgv(machine: ProbeMachine, accelerator: Accelerator): string[] {
  return [
    ...machine.command,
    ...['-name', 'desktop-probe', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35,graphics=off', ...accelArgs(accelerator, 'single'), '-smp', '2', '-m', '256M'],
    ...['-kernel', machine.kernel, '-initrd', machine.initrd, '-append', machine.cmdline(accelerator)],
    ...['-drive', `if=none,id=disk,file=${machine.disk.replaceAll(',', ',,')},format=raw,readonly=on`],
    ...['-device', 'virtio-blk-pci,drive=disk', '-serial', 'stdio'],
    ...['-chardev', 'socket,id=qmp,fd=3', '-mon', 'chardev=qmp,mode=control'],
  ]
}

/** QEMU's error line, else the first line; the registers or assertion that follow are less informative. */
export function complaint(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.find((text) => text.includes('error')) ?? lines[0] ?? ''
  return line
    .replace(/^\S*qemu\S*: /, '')
    .replace(/^error: /, '')
    .trim()
}
