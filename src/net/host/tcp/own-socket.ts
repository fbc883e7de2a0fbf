/**
 * A unix socket file that belongs to this process by its inode, not by its name. It is bound beside its path and renamed
 * into place: closing it never removes another process's file, and a lost one is created again while connections continue.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type ServerOpts, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../../../errors/system.ts'
import { listenForUser } from '../private-socket.ts'

interface OwnSocketOptions {
  path: string
  mode: number
  accept: (socket: Socket) => void
  server?: ServerOpts
  /** Replace whatever is at the path: a lock says that it is ours. Otherwise a socket that answers is left alone. */
  replace?: boolean
}

/** What is wrong with the file at the path now. */
export type SocketFault = 'lost' | 'replaced' | 'mode'

export class OwnSocket {
  readonly #options: OwnSocketOptions
  #server: Server
  #file: Stats

  private constructor(options: OwnSocketOptions, bound: Bound) {
    this.#options = options
    this.#server = bound.server
    this.#file = bound.file
  }

  /** Rejects with the system's error, or with a sentence about what is in the way. */
  static async open(options: OwnSocketOptions): Promise<OwnSocket> {
    return new OwnSocket(options, await bind(options))
  }

  get fault(): SocketFault | undefined {
    const found = lstatSync(this.#options.path, { throwIfNoEntry: false })
    if (found === undefined) return 'lost'
    if (!isSame(found, this.#file)) return 'replaced'
    return (found.mode & 0o777) === this.#options.mode ? undefined : 'mode'
  }

  /** Gives what was wrong and is now repaired. Throws when it cannot be. */
  async repair(): Promise<SocketFault | undefined> {
    const { fault } = this
    if (fault === 'mode') chmodSync(this.#options.path, this.#options.mode)
    else if (fault !== undefined) await this.#remake()
    return fault
  }

  /** Connections that were accepted continue. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    const found = lstatSync(this.#options.path, { throwIfNoEntry: false })
    if (found !== undefined && isSame(found, this.#file)) unlinkSync(this.#options.path)
    await closed
  }

  async #remake(): Promise<void> {
    const { server, file } = await bind(this.#options)
    this.#server.close()
    this.#server = server
    this.#file = file
  }
}

interface Bound {
  server: Server
  file: Stats
}

async function bind(options: OwnSocketOptions): Promise<Bound> {
  const { path, mode } = options
  await requireVacant(options)
  const beside = nameBeside(path)
  const server = createServer(options.server ?? {}, options.accept)
  await listenForUser(server, beside)
  try {
    chmodSync(beside, mode)
    renameSync(beside, path)
    return { server, file: lstatSync(path) }
  } catch (error) {
    server.close()
    throw error
  }
}

/** A socket file that nobody listens at is left over from a process that died. */
async function requireVacant({ path, replace = false }: OwnSocketOptions): Promise<void> {
  const directory = dirname(path)
  // The system says "permission denied" then.
  if (!existsSync(directory)) throw new Error(`${path}: there is no directory ${directory}`)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  // A connection to an ordinary file is refused just as one to a socket that nobody listens at.
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`)
  if (replace || !(await isAnswered(path))) return
  throw Object.assign(new Error(`${path}: address already in use`), { code: 'EADDRINUSE' })
}

/** No longer than the name itself where that has four characters: sun_path is short. */
function nameBeside(path: string): string {
  const length = Math.max(4, Math.min(12, basename(path).length))
  return join(
    dirname(path),
    `.${randomBytes(length)
      .toString('hex')
      .slice(0, length - 1)}`,
  )
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')))
  })
}

/** The inode of a socket is not used again while the socket is bound. */
const isSame = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev
