/**
 * Unix socket file that this process owns by inode, not by name. It is bound under a temporary name and renamed:
 * closing it never removes another process's file, and a lost file is recreated while connections continue.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type ServerOpts, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../../../errors/system.ts'
import { listenForUser, pathNotPort } from '../private-socket.ts'

interface OwnSocketOptions {
  path: string
  mode: number
  accept: (socket: Socket) => void
  server?: ServerOpts
  /**
   * Replace an existing socket, because the caller holds a lock. Otherwise a socket that accepts connections is
   * kept.
   */
  replace?: boolean
}

/** Fault of the file at the path. */
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

  /** Rejects with the system's error, or with an error about the conflicting file. */
  static async open(options: OwnSocketOptions): Promise<OwnSocket> {
    return new OwnSocket(options, await bind(options))
  }

  get fault(): SocketFault | undefined {
    const found = lstatSync(this.#options.path, { throwIfNoEntry: false })
    if (found === undefined) return 'lost'
    if (!isSame(found, this.#file)) return 'replaced'
    return (found.mode & 0o777) === this.#options.mode ? undefined : 'mode'
  }

  /** Repairs the file and returns the fault that it had. Throws on failure. */
  async repair(): Promise<SocketFault | undefined> {
    const { fault } = this
    if (fault === 'mode') chmodSync(this.#options.path, this.#options.mode)
    else if (fault !== undefined) await this.#remake()
    return fault
  }

  /** Accepted connections continue. */
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

/** A socket file without a listener is left over from a process that died. */
async function requireVacant({ path, replace = false }: OwnSocketOptions): Promise<void> {
  const directory = dirname(path)
  // The system would report "permission denied".
  if (!existsSync(directory)) throw new Error(`${path}: directory ${directory} does not exist`)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  // Connections to an ordinary file are refused as well.
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket`)
  if (replace || !(await isAnswered(path))) return
  throw Object.assign(new Error(`${path}: address already in use`), { code: 'EADDRINUSE' })
}

/** At most as long as the name itself (but at least four characters), because sun_path is short. */
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
    const probe = connect(pathNotPort(path))
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')))
  })
}

/** The inode of a socket is not reused while the socket is bound. */
const isSame = (a: Stats, b: Stats): boolean => a.ino === b.ino && a.dev === b.dev
