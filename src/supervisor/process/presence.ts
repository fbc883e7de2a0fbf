/**
 * Files by which other processes find this one: the identity file and its sockets. Checked twice a second and
 * restored if they were removed, e.g. by a logout that empties the runtime directory.
 */
import { lstatSync, type Stats } from 'node:fs'
import { messageOf } from '../../errors/system.ts'
import { privateDirectory } from '../../host/directories.ts'
import { type EnvironmentIdentity, writeIdentity } from '../../host/environment-identity.ts'
import type { DirectoryLock } from '../../host/flock.ts'
import { identityOf } from '../../host/identity.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { Mutex } from '../../mutex.ts'
import type { OwnSocket } from '../../net/host/tcp/own-socket.ts'
import { toolVersion } from '../../version.ts'
import type { Log } from './log.ts'

const lookMs = 500

export type Findable = Pick<EnvironmentIdentity, 'vm'> & { docker?: string | undefined }

interface Watched {
  control: OwnSocket
  /** Recreates socket files and the tty link in other directories; returns the recreated paths. */
  restore: () => Promise<readonly string[]>
  /** Called when the state directory has been removed. */
  onLost: () => void
}

export class Presence implements Disposable {
  readonly #paths: EnvironmentPaths
  readonly #lock: DirectoryLock
  readonly #log: Log
  readonly #writes = new Mutex()
  #identity: EnvironmentIdentity
  #file: Stats | undefined
  #timer: NodeJS.Timeout | undefined
  /** The last restore error, logged once. */
  #trouble = ''

  private constructor(paths: EnvironmentPaths, lock: DirectoryLock, log: Log, identity: EnvironmentIdentity) {
    this.#paths = paths
    this.#lock = lock
    this.#log = log
    this.#identity = identity
  }

  static async announce(paths: EnvironmentPaths, lock: DirectoryLock, log: Log): Promise<Presence> {
    const supervisor = await identityOf(process.pid)
    if (supervisor === undefined) throw new Error('cannot look up this process')
    const presence = new Presence(paths, lock, log, {
      supervisor,
      toolVersion,
      startedAt: new Date().toISOString(),
      runtimeDir: paths.runtimeDir,
      sockets: { control: paths.sockets.control },
    })
    await presence.#write()
    return presence
  }

  /** Writes the identity file. A full disk is no reason to fail; the file is written once there is space. */
  async show({ vm, docker }: Findable): Promise<void> {
    const { sockets, vm: _former, ...identity } = this.#identity
    const next = { ...identity, sockets: { control: sockets.control, docker }, ...(vm && { vm }) }
    if (JSON.stringify(next) === JSON.stringify(this.#identity)) return
    this.#identity = next
    await this.#write().catch((error: unknown) => this.#warn(error))
  }

  watch(watched: Watched): void {
    let looks = false
    this.#timer = setInterval(() => {
      if (looks) return
      looks = true
      void this.#look(watched).finally(() => {
        looks = false
      })
    }, lookMs).unref()
  }

  async #look({ control, restore, onLost }: Watched): Promise<void> {
    if (!this.#lock.holds()) {
      this.#log.warn({ directory: this.#paths.stateDir }, 'the state directory was removed')
      this[Symbol.dispose]()
      return onLost()
    }
    try {
      if (!isSame(this.#file, statOf(this.#paths.identity))) await this.#write()
      await privateDirectory(this.#paths.runtimeDir)
      const fault = await control.repair()
      const restored = await restore()
      const anew = fault === undefined ? restored : [this.#paths.sockets.control, ...restored]
      if (anew.length > 0) this.#log.warn({ anew }, 'restored removed files')
      this.#trouble = ''
    } catch (error) {
      this.#warn(error)
    }
  }

  #warn(error: unknown): void {
    if (this.#trouble === messageOf(error)) return
    this.#trouble = messageOf(error)
    this.#log.warn({ error: this.#trouble }, 'not every command can find this supervisor')
  }

  #write(): Promise<void> {
    return this.#writes.run(async () => {
      await writeIdentity(this.#paths.identity, this.#identity)
      this.#file = statOf(this.#paths.identity)
    })
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })

const isSame = (a: Stats | undefined, b: Stats | undefined): boolean =>
  a !== undefined && a.ino === b?.ino && a.dev === b.dev && a.mtimeMs === b.mtimeMs
