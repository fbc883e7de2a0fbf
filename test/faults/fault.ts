/** A fault: how it is injected, what every command reports, and what repairs it. */
import { readFile, writeFile } from 'node:fs/promises'
import type { EffectClass } from '../../src/reconcile/plan.ts'
import type { Control } from '../../src/supervisor/api/api.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import type { TestHost } from '../support/cli/host.ts'

export interface Fault {
  /** What happened, for docs/recovery.md. */
  fault: string
  make: (host: TestHost) => Promise<unknown>
  /** In the words of `desktop drift`; undefined: nothing that the file declares depends on it. */
  seen: RegExp | undefined
  /** What the repair by `desktop apply` costs; `none`: there is nothing to repair. */
  repair: EffectClass | 'none'
  /** What a person has to do: `apply` fails until it is done. */
  person?: { until: string; act: (host: TestHost) => Promise<unknown> }
  /** Why there is nothing to repair, if desktop has repaired it by itself. */
  restored?: string
  /** It mounts something. */
  needsRoot?: true
  /** The machine that ran is gone, and apply starts another one. */
  ends?: 'vm'
}

export async function control(host: TestHost): Promise<Control> {
  const found = await connectSupervisor(host.paths)
  if (found === undefined) throw new Error('no supervisor runs')
  return found
}

/** Writes a file of the guest. */
export const inGuest =
  (path: string, text: string) =>
  async (host: TestHost): Promise<void> =>
    (await control(host)).guestWriteFile(path, text)

export const removedInGuest =
  (path: string) =>
  async (host: TestHost): Promise<unknown> =>
    (await control(host)).guestExec(['rm', '-f', path])

/** Sends the supervisor something that differs from the file. */
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
