/** What the supervisor was told, on disk, so that its successor goes on where it stopped. */
import type { DnsSettings, NetworkSettings, PortMapping } from '../config/desired.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { ProcessIdentity } from '../host/identity.ts'
import type { VmSpec } from './api.ts'

export interface SupervisorState {
  network?: NetworkSettings
  dns?: DnsSettings
  ports: readonly PortMapping[]
  publish?: { containers: boolean; bind: string }
  engineSocket?: string
  vm?: { spec: VmSpec; identity: ProcessIdentity; startedAt: string }
  /** DHCP leases, as the forwarder exports them. */
  leases?: unknown
}

export async function readState(path: string): Promise<SupervisorState> {
  const text = await readIfExists(path)
  if (text === undefined) return { ports: [] }
  try {
    return JSON.parse(text) as SupervisorState
  } catch (error) {
    throw new DesktopError('state/unreadable', `${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** Writes of one file wait for each other; the newest state is always the last to be written. */
export function stateWriter(path: string): (state: SupervisorState) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (state) => {
    const text = JSON.stringify(state)
    last = last.catch(() => {}).then(() => writeAtomic(path, text, { mode: 0o600 }))
    return last
  }
}
