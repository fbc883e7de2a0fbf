/** The sessions of a command with other hosts, opened when first needed. A host that fails once is not tried again. */
import type { MachineHost } from '../../config/desired.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { HostSession } from './session.ts'

/** Not loaded for a file without other hosts: it needs the schemas of all replies. */
const loadAndOpen = async (host: MachineHost): Promise<HostSession> =>
  await (await import('./session.ts')).openSession(host)

export class HostSessions implements AsyncDisposable {
  readonly #open: (host: MachineHost) => Promise<HostSession>
  readonly #sessions = new Map<string, Promise<HostSession>>()

  constructor(open: (host: MachineHost) => Promise<HostSession> = loadAndOpen) {
    this.#open = open
  }

  /** Throws `hosts/unreachable` or `hosts/version`. */
  of(host: MachineHost): Promise<HostSession> {
    const key = targetText(host.ssh)
    const found = this.#sessions.get(key)
    if (found !== undefined) return found
    const opened = this.#open(host)
    // Rejections are handled by each caller.
    opened.catch(() => {})
    this.#sessions.set(key, opened)
    return opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#sessions.values()].map((session) =>
        session.then(
          (one) => one[Symbol.asyncDispose](),
          () => {},
        ),
      ),
    )
  }
}
