/** Starts QEMU, to boot or to resume a saved state, or adopts one from an earlier supervisor. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { sendSignal } from '../../host/end-process.ts'
import { isAlive, type ProcessIdentity } from '../../host/identity.ts'
import { until } from '../../host/until.ts'
import type { MachineOptions } from '../driver.ts'
import { acceleratorExit } from '../failure.ts'
import type { MachineRecord } from '../machine-record.ts'
import type { VmSpec } from '../spec.ts'
import { loadState } from '../suspend/qemu.ts'
import type { SavedState, StateFiles } from '../suspend/saved.ts'
import { memoryArgs, waitForState } from './argv.ts'
import { type Connections, openConnections } from './connections.ts'
import { lastOutput, launchQemu } from './launch.ts'
import { QemuMachine } from './machine.ts'
import type { Qmp } from './qmp.ts'

const qmpDeadlineMs = 15_000
/** Short, because an unresponsive QEMU is polled again. */
const adoptDeadlineMs = 3_000

/** Errors more specific than the tail of QEMU's log. */
const specificErrors: ReadonlySet<string> = new Set(['vm/resume', 'vm/wrong-peer'])

export const startMachine = (spec: VmSpec, options: MachineOptions): Promise<QemuMachine> =>
  launch(spec, { argv: spec.argv }, options, async () => {})

/** Boots a machine whose memory is the given file. */
export const startWithMemory = (
  spec: VmSpec,
  { fd, bytes }: GuestMemory,
  options: MachineOptions,
): Promise<QemuMachine> =>
  launch(spec, { argv: [...spec.argv, ...memoryArgs(bytes, 'shared')], memory: fd }, options, async () => {})

/** Guest memory in an open file. */
export interface GuestMemory {
  fd: number
  bytes: number
}

/**
 * Resumes a saved machine, its memory being a private copy of `memory` if that is given. If that is not possible, throws
 * before the guest runs.
 */
export async function resumeSaved(
  spec: VmSpec,
  saved: SavedState,
  files: StateFiles,
  options: MachineOptions & { commit: () => Promise<void>; memory?: GuestMemory | undefined },
): Promise<QemuMachine> {
  const { commit, memory } = options
  const inFile = memory === undefined ? [] : memoryArgs(memory.bytes, 'private')
  const argv = [...spec.argv, ...inFile, ...waitForState]
  const machine = await launch(spec, { argv, memory: memory?.fd }, options, (qmp, qemu) =>
    loadState({ qmp, qemu }, saved, files, { commit, memoryApart: memory !== undefined }),
  )
  // Only guests with a running agent are saved. QEMU reports the port as open only some time after the guest resumes,
  // and buffers writes until then.
  machine.assumeAgent()
  return machine
}

async function launch(
  spec: VmSpec,
  { argv, memory }: { argv: readonly string[]; memory?: number | undefined },
  options: MachineOptions,
  prepare: (qmp: Qmp, qemu: ProcessIdentity) => Promise<void>,
): Promise<QemuMachine> {
  const launched = await launchQemu(argv, {
    logFile: options.qemuLog,
    sockets: Object.values(spec.sockets),
    daemons: spec.daemons ?? [],
    files: spec.files,
    memory,
  })
  const gone = new AbortController()
  void launched.exit.then(() => gone.abort(new Error('QEMU ended')))
  let parts: Connections
  try {
    parts = await openConnections(spec, launched.identity, qmpDeadlineMs, gone.signal)
    await prepare(parts.qmp, launched.identity)
  } catch (error) {
    sendSignal(launched.identity, 'SIGKILL')
    const exit = await launched.exit
    if (error instanceof DesktopError && specificErrors.has(error.code)) throw error
    const said = await lastOutput(options.qemuLog)
    const why = acceleratorExit(spec.accelerator, { ...exit, lastOutput: said }, false)
    if (why !== undefined) {
      throw new DesktopError('vm/accelerator', `${spec.accelerator} cannot run the VM: ${why}`, {
        cause: error,
      })
    }
    throw new DesktopError('vm/start-failed', said === '' ? messageOf(error) : said, { cause: error })
  }
  const ended = launched.exit.then(async ({ code, signal }) => ({
    code,
    signal,
    lastOutput: await lastOutput(options.qemuLog),
  }))
  const { identity, daemons } = launched
  const about = { identity, daemons, startedAt: new Date().toISOString(), spec }
  return new QemuMachine(parts, about, ended, options)
}

/** Connects to a running QEMU. Returns undefined if the process has exited; throws if it does not respond. */
export async function adoptMachine(
  about: MachineRecord,
  options: MachineOptions,
): Promise<QemuMachine | undefined> {
  const { identity } = about
  if (!(await isAlive(identity))) return undefined
  const parts = await openConnections(about.spec, about.identity, adoptDeadlineMs)
  // Not a child of this process: its exit is detected by the close of the QMP connection.
  const ended = parts.qmp.closed.then(async () => {
    await until(async () => !(await isAlive(identity)), { deadlineMs: Number.POSITIVE_INFINITY })
    return { code: null, signal: null, lastOutput: await lastOutput(options.qemuLog) }
  })
  return new QemuMachine(parts, about, ended, options)
}
