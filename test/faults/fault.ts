/** A fault: how it is injected, how commands report it, and how it is repaired. */
import { readFile, writeFile } from 'node:fs/promises'
import type { EffectClass } from '../../src/reconcile/plan.ts'
import type { Control } from '../../src/supervisor/api/api.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import type { TestHost } from '../support/cli/host.ts'

export interface Fault {
  /** Description for docs/recovery.md. */
  fault: string
  make: (host: TestHost) => Promise<unknown>
  /** The text of `desktop drift`; undefined if nothing in the file depends on it. */
  seen: RegExp | undefined
  /** Effect class of the repair by `desktop apply`; `none` if there is nothing to repair. */
  repair: EffectClass | 'none'
  /** Manual action by the user: `apply` fails until it is done. */
  person?: { until: string; act: (host: TestHost) => Promise<unknown> }
  /** Reason that nothing needs repair, if desktop has repaired it by itself. */
  restored?: string
  /** Needs to mount something. */
  needsRoot?: true
  /** The running machine has ended, and apply starts another. */
  ends?: 'vm'
}

export async function control(host: TestHost): Promise<Control> {
  const found = await connectSupervisor(host.paths)
  if (found === undefined) throw new Error('no supervisor runs')
  return found
}

/** Writes a file in the guest. */
export const inGuest =
  (path: string, text: string) =>
  async (host: TestHost): Promise<void> =>
    (await control(host)).guestWriteFile(path, text)

export const removedInGuest =
  (path: string) =>
  async (host: TestHost): Promise<unknown> =>
    (await control(host)).guestExec(['rm', '-f', path])

/** Sends the supervisor a request that differs from the file. */
export const told =
  (tell: (control: Control) => Promise<unknown>) =>
  async (host: TestHost): Promise<unknown> =>
    tell(await control(host))

export const damaged =
  (path: (host: TestHost) => string) =>
  async (host: TestHost): Promise<void> => {
    const text = await readFile(path(host), 'utf8')
    await writeFile(path(host), `${text.slice(0, text.length / 2)}\0`)
  }
