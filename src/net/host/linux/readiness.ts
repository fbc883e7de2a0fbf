/**
 * Readiness of file descriptors that bypass Node: one epoll instance (epoll(7)) for all of them, polled in turn
 * by libuv. A descriptor costs an array entry and no Node object. Linux only.
 */
import { addressOf, libcFunction, pollReadable } from './libc.ts'
import { closeFd } from './sockets.ts'

const epollCreate = libcFunction('int epoll_create1(int flags)')
const epollCtl = libcFunction('int epoll_ctl(int instance, int operation, int fd, const void *event)')
const epollWait = libcFunction('int epoll_wait(int instance, uintptr_t events, int most, int timeoutMs)')

const closeOnExec = 0o2000000
const operation = { add: 1, remove: 2 } as const
/** EPOLLIN and others; `edge` reports each change only once. */
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
  /** @param events bits of `ready`; 0: called because of `again` */
  ready(events: number): void
  /** The instance closes; there are no further reports. */
  abandoned?(): void
}

/** Called around each batch of events. */
export interface Around {
  begin(): void
  end(): void
}

export class Readiness implements Disposable {
  readonly #instance: number
  readonly #around: Around
  readonly #poll: ReturnType<typeof pollReadable>
  readonly #waiting: (Waiting | undefined)[] = []
  /** Use count of each descriptor number, to discard events of an earlier use. */
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

  /** Undefined without epoll or free file descriptors. */
  static open(around: Around): Readiness | undefined {
    const instance: number = epollCreate?.(closeOnExec) ?? -1
    return instance < 0 ? undefined : new Readiness(instance, around)
  }

  /** Reports these events, and errors, until `remove` or `forget`. Returns false if the system refuses. */
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

  /** Call before the descriptor is closed. */
  remove(fd: number): void {
    this.#waiting[fd] = undefined
    epollCtl!(this.#instance, operation.remove, fd, this.#wanted)
  }

  /** Like `remove`, for an edge-triggered descriptor that is about to be closed: the kernel removes it. */
  forget(fd: number): void {
    this.#waiting[fd] = undefined
  }

  /** Calls `ready` again after the other descriptors had their turn. */
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
      // A handler may have closed the descriptor, and its number may be reused.
      if (this.#uses[fd] !== view.getUint32(at + dataAt + 4, true)) continue
      this.#waiting[fd]?.ready(view.getUint32(at, true))
    }
    this.#around.end()
  }
}
