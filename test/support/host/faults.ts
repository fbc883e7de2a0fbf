/**
 * A file system that fails at one chosen call. Wraps `node:fs/promises`; calls are counted from 0, reads of /proc
 * are not. A process that is `killed` touches nothing any more, so that its own tidying up does not run either.
 */
import type * as FsPromises from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

export const faultKinds = ['ENOSPC', 'EIO', 'killed before', 'killed after', 'killed in the middle'] as const
export type FaultKind = (typeof faultKinds)[number]

type Call = (...args: unknown[]) => Promise<unknown>

const counted = [
  'chmod',
  'lstat',
  'mkdir',
  'open',
  'readFile',
  'readdir',
  'rename',
  'rm',
  'writeFile',
] as const
const countedOfFile = ['appendFile', 'datasync', 'read', 'stat', 'sync', 'writeFile'] as const
/** Which argument is the content. */
const content: Readonly<Record<string, number>> = { writeFile: 1, 'file writeFile': 0, 'file appendFile': 0 }
const reads = new Set(['lstat', 'readFile', 'readdir', 'file read', 'file stat'])

export class Faults {
  /** Names of the calls since `arm`. */
  readonly calls: string[] = []
  #at: number | string = -1
  #kind: FaultKind = 'EIO'
  #killed = false
  readonly #kill: () => void

  /** @param kill ends the process, where there is one to end. */
  constructor(kill: () => void = () => {}) {
    this.#kill = kill
  }

  /** From now on the call with this number, or the first of this name, fails; -1 = none. */
  arm(at: number | string, kind: FaultKind): void {
    this.calls.length = 0
    this.#at = at
    this.#kind = kind
    this.#killed = false
  }

  wrap(fs: typeof FsPromises): typeof FsPromises {
    const wrapped = { ...fs }
    for (const name of counted) this.#replace(wrapped, fs, name)
    return { ...wrapped, default: wrapped } as typeof FsPromises
  }

  #replace(into: object, from: object, name: string): void {
    const original = (from as Record<string, Call>)[name]
    if (original === undefined) throw new Error(`there is no ${name}`)
    const call: Call = async (...args) => {
      const result = await this.#call(name, args, original.bind(from) as Call)
      return name === 'open' ? this.#wrapFile(result as FileHandle) : result
    }
    Object.assign(into, { [name]: call })
  }

  #wrapFile(file: FileHandle): FileHandle {
    const methods: Record<string, Call> = {}
    for (const name of countedOfFile) {
      const original = file[name] as unknown as Call
      methods[name] = (...args) => this.#call(`file ${name}`, args, original.bind(file) as Call)
    }
    return new Proxy(file, {
      get: (target, key) => {
        const method = methods[String(key)]
        if (method !== undefined) return method
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async #call(name: string, args: unknown[], original: Call): Promise<unknown> {
    if (String(args[0]).startsWith('/proc')) return original(...args)
    if (this.#killed) throw new Error('killed')
    const isIt = this.#at === this.calls.length || (this.#at === name && !this.calls.includes(name))
    this.calls.push(name)
    if (!isIt) return original(...args)
    switch (this.#kind) {
      case 'ENOSPC':
        throw failure(reads.has(name) ? 'EIO' : 'ENOSPC', name)
      case 'EIO':
        // The work may have been done all the same.
        if (!reads.has(name)) await unseen(original(...args))
        throw failure('EIO', name)
      case 'killed before':
        break
      case 'killed after':
        await unseen(original(...args))
        break
      case 'killed in the middle':
        if (name in content) await original(...args.map((arg, i) => (i === content[name] ? half(arg) : arg)))
    }
    this.#killed = true
    this.#kill()
    throw new Error('killed')
  }
}

/** A call whose caller gets no answer: nobody else can close the file that it opened, as the kernel would. */
async function unseen(call: Promise<unknown>): Promise<void> {
  const result = await call
  if (result !== null && typeof result === 'object' && 'close' in result) await (result as FileHandle).close()
}

const half = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.slice(0, value.length / 2)
    : (value as Uint8Array).subarray(0, (value as Uint8Array).length / 2)

function failure(code: string, name: string): Error {
  return Object.assign(new Error(`${code}: made to fail, ${name}`), { code })
}
