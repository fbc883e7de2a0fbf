/** Reads the start of many guest files in two round trips, and of kernel files in one. */
import { absent, type Observation, present, unknown } from '../../observation.ts'
import { type AgentChannel, type Reply, type Request, refusalOf } from './channel.ts'
import { parseReturn } from './replies.ts'

export interface FileStart {
  text: string
  /** The file has no further content. */
  whole: boolean
}

export const readBytes: number = 64 * 1024

/**
 * Paths are read through the root of process 1 (files.ts). Not binfmt_misc: an open handle of a removed registration
 * still reads as enabled.
 */
const kernelFile = /^\/proc\/1\/root\/(?:proc|sys)\/(?!sys\/fs\/binfmt_misc\/)/
/** More than a plan reads itself; files of further sysctls are opened each time. */
const maxKept = 24

/**
 * Requests are pipelined, since a round trip to an emulated guest takes milliseconds. Handles of kernel files are
 * cached, because the kernel regenerates the content on each read from the start: the agent saves its state on each
 * open, which takes as long as ten reads.
 */
export class FileStarts {
  readonly #channel: AgentChannel
  readonly #kept = new Map<string, number>()

  constructor(channel: AgentChannel) {
    this.#channel = channel
  }

  /** Reads at most 64 KiB of each, in the order of the paths. */
  async read(paths: readonly string[]): Promise<Observation<FileStart>[]> {
    const wanted = new Set(paths)
    const readings = await this.#readOnce([...wanted])
    // Handles are lost when the agent restarts, or when a network interface is removed.
    const lost = [...wanted].filter((path) => !readings.has(path))
    for (const [path, reading] of await this.#readOnce(lost)) readings.set(path, reading)
    return paths.map((path) => readings.get(path) ?? unknown('the guest agent lost the file twice'))
  }

  /** Requests that close all handles, before the machine is saved or passed to another supervisor. */
  closes(): readonly Request[] {
    const handles = [...this.#kept.values()]
    this.#kept.clear()
    return handles.map(close)
  }

  /** The result lacks files whose cached handle failed. */
  async #readOnce(paths: readonly string[]): Promise<Map<string, Observation<FileStart>>> {
    const kept = paths.flatMap((path) => entry(path, this.#kept.get(path)))
    const others = paths.filter((path) => !this.#kept.has(path))
    const first = await this.#channel.askAll([
      ...kept.flatMap(([, handle]) => [rewind(handle), read(handle)]),
      ...others.map(open),
    ])
    const opens = first.slice(2 * kept.length)
    const opened = opens.flatMap((reply, i) => entry(others[i] ?? '', handleOf(reply)))
    const second = await this.#channel.askAll(opened.map(([, handle]) => read(handle)))

    const readings = new Map<string, Observation<FileStart>>()
    const ended: number[] = []
    for (const [i, [path, handle]] of kept.entries()) {
      const [rewound, said] = first.slice(2 * i, 2 * i + 2)
      if (rewound?.error === undefined && said?.error === undefined) readings.set(path, startOf(said))
      else if (this.#kept.get(path) === handle && this.#kept.delete(path)) ended.push(handle)
    }
    for (const [i, reply] of opens.entries())
      if (reply.error !== undefined) readings.set(others[i] ?? '', missing(refusalOf(reply)))
    for (const [i, [path, handle]] of opened.entries()) {
      readings.set(path, startOf(second[i]))
      if (!this.#keep(path, handle)) ended.push(handle)
    }
    // Not awaited: the next request detects an agent that does not respond.
    this.#channel.askAll(ended.map(close)).catch(() => {})
    return readings
  }

  #keep(path: string, handle: number): boolean {
    if (!kernelFile.test(path) || this.#kept.has(path) || this.#kept.size >= maxKept) return false
    this.#kept.set(path, handle)
    return true
  }
}

const request = (command: string, args: Request['arguments']): Request => ({
  execute: `guest-file-${command}`,
  arguments: args,
})
const open = (path: string): Request => request('open', { path, mode: 'r' })
const rewind = (handle: number): Request => request('seek', { handle, offset: 0, whence: 'set' })
const read = (handle: number): Request => request('read', { handle, count: readBytes })
const close = (handle: number): Request => request('close', { handle })

const entry = (path: string, handle: number | undefined): readonly (readonly [string, number])[] =>
  handle === undefined ? [] : [[path, handle]]

const handleOf = (reply: Reply): number | undefined =>
  reply.error === undefined ? parseReturn('guest-file-open', reply.return) : undefined

function startOf(reply: Reply | undefined): Observation<FileStart> {
  if (reply?.error !== undefined) return unknown(refusalOf(reply))
  const said = parseReturn('guest-file-read', reply?.return)
  const text = Buffer.from(said['buf-b64'], 'base64').toString('utf8')
  return present({ text, whole: said.eof || said.count === 0 })
}

/** The agent passes on the error text of the guest's C library. */
const missing = (said: string): Observation<never> => (said.includes('No such file') ? absent : unknown(said))
