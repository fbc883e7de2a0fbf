/** The supervisor's recorded requests on disk, from which its successor continues. */
import { rename } from 'node:fs/promises'
import type {
  DnsSettings,
  EgressSettings,
  NameSettings,
  NetworkSettings,
  PeerPlace,
  PortMapping,
} from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { parseVersioned } from '../../host/versioned.ts'
import { Mutex } from '../../mutex.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import type { Log } from './log.ts'

const format = 'desktop-supervisor/1'

export interface SupervisorState {
  format?: typeof format
  network?: NetworkSettings
  dns?: DnsSettings
  egress?: EgressSettings
  ports: readonly PortMapping[]
  publish?: { containers: boolean; bind: string }
  names?: NameSettings
  /** Other machines of the switch. */
  peers?: readonly PeerPlace[]
  engineSocket?: string
  /** Path of the SSH agent socket that the VM reaches. */
  sshAgent?: string | undefined
  vm?: MachineRecord
  /** DHCP leases, as the forwarder exports them. */
  leases?: unknown
}

/** Throws `state/unreadable` for a damaged file and `state/newer` for one written by a later version. */
export async function readState(path: string): Promise<SupervisorState> {
  const text = await readIfExists(path)
  if (text === undefined) return { ports: [] }
  const state = parseVersioned(path, text, format) as Partial<SupervisorState>
  if (!Array.isArray(state.ports)) throw new DesktopError('state/unreadable', `${path} has no ports`)
  return state as SupervisorState
}

/**
 * Like `readState`, for a process that must start anyway: a damaged record is moved aside, and the next apply
 * sends its contents again. A record of a later version is never moved.
 */
export async function recoverState(path: string, log: Log): Promise<SupervisorState> {
  try {
    return await readState(path)
  } catch (error) {
    if (!(error instanceof DesktopError && error.code === 'state/unreadable')) throw error
    const aside = `${path}.damaged`
    await rename(path, aside)
    log.warn({ error: error.message, aside }, 'supervisor.json is damaged; renamed it')
    return { ports: [] }
  }
}

const retryMs = 2_000

export interface StateWriter extends Disposable {
  save(state: SupervisorState): Promise<void>
}

/**
 * Serializes writes of one file; the newest state is always written last. A failed write (e.g. disk full) is
 * retried until it succeeds, so that a successor finds the running machine. No retries after disposal.
 */
export function stateWriter(path: string, log: Log): StateWriter {
  const writes = new Mutex()
  let newest = ''
  let retry: NodeJS.Timeout | undefined
  let isDisposed = false
  const write = (): Promise<void> => {
    clearTimeout(retry)
    const written = writes.run(() => writeAtomic(path, newest, { mode: 0o600 }))
    written.catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'cannot save the state; retrying')
      clearTimeout(retry)
      if (isDisposed) return
      retry = setTimeout(() => void write().catch(() => {}), retryMs).unref()
    })
    return written
  }
  return {
    save: (state) => {
      newest = JSON.stringify({ ...state, format })
      return write()
    },
    [Symbol.dispose]: () => {
      isDisposed = true
      clearTimeout(retry)
    },
  }
}
