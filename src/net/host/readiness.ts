/**
 * Waiting for descriptors that Node does not have: one epoll instance (epoll(7)) for all of them, which libuv waits
 * for in turn. A descriptor costs an entry in an array and no object of Node's. Linux only.
 */
import koffi from 'koffi'

const libc = process.platform === 'linux' ? koffi.load(null) : undefined
const epollCreate = libc?.func('int epoll_create1(int flags)')
const epollCtl = libc?.func('int epoll_ctl(int instance, int operation, int fd, const void *event)')
const epollWait = libc?.func('int epoll_wait(int instance, void *events, int most, int timeoutMs)')
const closeFd = libc?.func('int close(int fd)')

const closeOnExec = 0o2000000
const operation = { add: 1, remove: 2 } as const
const readable = 1
/** struct epoll_event, packed on x86 only: events u32, then data u64. */
const dataAt = process.arch === 'x64' || process.arch === 'ia32' ? 4 : 8
const eventBytes = dataAt + 8
const mostEvents = 128

export class Readiness implements Disposable {
  readonly #instance: number
  readonly #poll: ReturnType<typeof koffi.node.poll>
  readonly #handlers: ((() => void) | undefined)[] = []
  readonly #events = new Uint8Array(mostEvents * eventBytes)
  readonly #view = new DataView(this.#events.buffer)

  private constructor(instance: number) {
    this.#instance = instance
    this.#poll = koffi.node.poll(instance, { readable: true }, () => this.#look())
    this.#poll.unref()
  }

  /** Undefined where there is no epoll, or no descriptor left. */
  static open(): Readiness | undefined {
    const instance: number = epollCreate?.(closeOnExec) ?? -1
    return instance < 0 ? undefined : new Readiness(instance)
  }

  /** Calls `ready` whenever there is something to read, or an error, until `remove`. False: the system says no. */
  add(fd: number, ready: () => void): boolean {
    this.#view.setUint32(0, readable, true)
    this.#view.setUint32(dataAt, fd, true)
    if (epollCtl!(this.#instance, operation.add, fd, this.#events) < 0) return false
    this.#handlers[fd] = ready
    return true
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    this.#handlers[fd] = undefined
    epollCtl!(this.#instance, operation.remove, fd, this.#events)
  }

  [Symbol.dispose](): void {
    this.#poll.close()
    closeFd!(this.#instance)
  }

  #look(): void {
    const count: number = epollWait!(this.#instance, this.#events, mostEvents, 0)
    // A handler may close what comes later, and `add` writes over the first event: so they are noted first.
    const ready: number[] = []
    for (let i = 0; i < count; i += 1) ready.push(this.#view.getUint32(i * eventBytes + dataAt, true))
    for (const fd of ready) this.#handlers[fd]?.()
  }
}
