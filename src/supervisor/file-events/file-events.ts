/** File events of the host for the running VM: one watcher per share (docs/decisions/0250). */
import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../errors/system.ts'
import type { ProcessIdentity } from '../../host/identity.ts'
import { Mutex } from '../../mutex.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { answersEvents, openServedFolder } from '../../vm/share/servers.ts'
import { shareTag } from '../../vm/share/virtiofs.ts'
import type { ShareEvents, VmStatus } from '../../vm/spec.ts'
import { ShareWatcher, type WatcherOptions } from './share-watcher.ts'

/** They take 1 KB of kernel memory each. */
const mostFolders = 100_000

type Watched = Pick<MachineRecord, 'spec' | 'daemons'>

export class FileEvents implements AsyncDisposable {
  readonly #dial: () => Promise<Duplex>
  readonly #turns = new Mutex()
  #machine: Watched | undefined
  /** Target of the share → its watcher, or why it has none. */
  #shares = new Map<string, ShareWatcher | string>()

  /** @param dial connects to the program in the guest that causes the events. */
  constructor(dial: () => Promise<Duplex>) {
    this.#dial = dial
  }

  /** Undefined: no VM is running. */
  follow(machine: Watched | undefined): Promise<void> {
    return this.#turns.run(async () => {
      if (machine === this.#machine) return
      await this.#end()
      this.#machine = machine
      const watched = (machine?.spec.daemons ?? []).filter((daemon) => daemon.watched !== undefined)
      const most = Math.floor(watchLimit() / Math.max(1, watched.length))
      for (const [index, { target, watched }] of (machine?.spec.daemons ?? []).entries()) {
        if (watched === undefined || target === undefined) continue
        const server = machine?.daemons?.[index]
        const options = { tag: shareTag(index), writable: watched.writable, most, dial: this.#dial }
        this.#shares.set(target, await watcherOf(server, options))
      }
    })
  }

  /** The VM's status with the file events of its shares. */
  describe(vm: VmStatus): VmStatus {
    if (!('shares' in vm) || vm.shares === undefined) return vm
    const shares = vm.shares.map((share) => {
      const events = this.#eventsOf(share.target)
      return events === undefined ? share : { ...share, events }
    })
    return { ...vm, shares }
  }

  #eventsOf(target: string): ShareEvents | undefined {
    const share = this.#shares.get(target)
    return typeof share === 'string' ? { folders: 0, problem: share } : share?.state
  }

  async #end(): Promise<void> {
    const ended = [...this.#shares.values()]
    this.#shares = new Map()
    for (const share of ended) if (typeof share !== 'string') await share[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.follow(undefined)
  }
}

/** The watcher, or why there is none. */
async function watcherOf(
  server: ProcessIdentity | undefined,
  options: Omit<WatcherOptions, 'root'>,
): Promise<ShareWatcher | string> {
  if (server === undefined || !(await answersEvents(server))) return unanswered
  try {
    return new ShareWatcher({ ...options, root: await openServedFolder(server) })
  } catch (error) {
    return `cannot open the shared folder: ${messageOf(error)}`
  }
}

const unanswered =
  'virtiofsd runs without the seccomp filter for file events, which needs Linux on x86-64 or arm64'

/** Share of the user's inotify watches for one VM: other VMs and the user's programs need some too. */
const watchShare = 1 / 4

function watchLimit(): number {
  try {
    const limit = Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'))
    return Math.min(mostFolders, Math.floor(limit * watchShare))
  } catch {
    return mostFolders
  }
}
