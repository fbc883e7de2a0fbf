/**
 * Waiting for descriptors that Node does not have: one epoll instance (epoll(7)) for all of them, which libuv waits
 * for in turn. A descriptor costs an entry in an array and no object of Node's. Linux only.
 */
import { addressOf, libcFunction, pollReadable } from './libc.ts'
import { closeFd } from './sockets.ts'

const epollCreate = libcFunction('int epoll_create1(int flags)')
const epollCtl = libcFunction('int epoll_ctl(int instance, int operation, int fd, const void *event)')
const epollWait = libcFunction('int epoll_wait(int instance, uintptr_t events, int most, int timeoutMs)')

const closeOnExec = 0o2000000
const operation = { add: 1, remove: 2 } as const
/** EPOLLIN and so on; `edge` reports each change once only. */
export const ready = {
  read: 1,
  write: 4,
  error: 8,
  hangUp: 16,
  peerEnded: 0x2000,
  edge: 0x8000_0000,
} as const
/** struct epoll_event, packed on x86 only: events u32, then data u64. */
const dataAt = process.arch === 'x64' || process.arch === 'ia32' ? 4 : 8
const eventBytes = dataAt + 8
const mostEvents = 128

export interface Waiting {
  /** @param events of `ready`; 0: it was asked for by `again`. */
  ready(events: number): void
  /** Nothing will be reported any more: the instance closes. */
  abandoned?(): void
}

/** What surrounds the handling of a batch. */
export interface Around {
  begin(): void
  end(): void
}

export class Readiness implements Disposable {
  readonly #instance: number
  readonly #around: Around
  readonly #poll: ReturnType<typeof pollReadable>
  readonly #waiting: (Waiting | undefined)[] = []
  /** Of each descriptor, which use of its number this is: an event may be about the one before. */
  readonly #uses: number[] = []
  readonly #events = new Uint8Array(mostEvents * eventBytes)
  readonly #eventsAddress = addressOf(this.#events)
  readonly #view = new DataView(this.#events.buffer)
  readonly #wanted = new Uint8Array(eventBytes)
  readonly #wantedView = new DataView(this.#wanted.buffer)
  #again: Waiting[] = []
  #immediate: NodeJS.Immediate | undefined

  private constructor(instance: number, around: Around) {
    this.#instance = instance
    this.#around = around
    this.#poll = pollReadable(instance, () => this.#look())
    this.#poll.unref()
  }

  /** Undefined where there is no epoll, or no descriptor left. */
  static open(around: Around): Readiness | undefined {
    const instance: number = epollCreate?.(closeOnExec) ?? -1
    return instance < 0 ? undefined : new Readiness(instance, around)
  }

  /** Tells of these events, and of errors, until `remove` or `forget`. False: the system says no. */
  add(fd: number, waiting: Waiting, events: number = ready.read): boolean {
    const use = ((this.#uses[fd] ?? 0) + 1) >>> 0
    this.#wantedView.setUint32(0, events, true)
    this.#wantedView.setUint32(dataAt, fd, true)
    this.#wantedView.setUint32(dataAt + 4, use, true)
    if (epollCtl!(this.#instance, operation.add, fd, this.#wanted) < 0) return false
    this.#uses[fd] = use
    this.#waiting[fd] = waiting
    return true
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    this.#waiting[fd] = undefined
    epollCtl!(this.#instance, operation.remove, fd, this.#wanted)
  }

  /** The same for an edge-triggered descriptor before it is closed: the kernel removes it by itself. */
  forget(fd: number): void {
    this.#waiting[fd] = undefined
  }

  /** Calls it once more after the others had their turn. */
  again(waiting: Waiting): void {
    this.#again.push(waiting)
    this.#immediate ??= setImmediate(() => this.#takeTurns())
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#immediate)
    for (const waiting of this.#waiting.splice(0)) waiting?.abandoned?.()
    this.#poll.close()
    closeFd(this.#instance)
  }

  #takeTurns(): void {
    this.#immediate = undefined
    const turns = this.#again
    this.#again = []
    this.#around.begin()
    for (const waiting of turns) waiting.ready(0)
    this.#around.end()
  }

  #look(): void {
    const count: number = epollWait!(this.#instance, this.#eventsAddress, mostEvents, 0)
    if (count <= 0) return
    const view = this.#view
    this.#around.begin()
    for (let i = 0; i < count; i += 1) {
      const at = i * eventBytes
      const fd = view.getUint32(at + dataAt, true)
      // A handler may have closed it, and another have its number now.
      if (this.#uses[fd] !== view.getUint32(at + dataAt + 4, true)) continue
      this.#waiting[fd]?.ready(view.getUint32(at, true))
    }
    this.#around.end()
  }
}
