/** QEMU's half of the protocol in this process: memory, eventfds, and messages with descriptors. */
import koffi from 'koffi'
import { MappedMemory } from '../../../../bench/net/vhost-user/mapped-memory.ts'
import * as messages from '../../../../bench/net/vhost-user/messages.ts'
import { addressOf, libcFunction } from '../../../../src/net/host/linux/libc.ts'
import * as sockets from '../../../../src/net/host/linux/sockets.ts'
import { RingDriver, setupOf, size, userAt } from './ring-driver.ts'

const sendMessage = libcFunction('long sendmsg(int fd, void *message, int flags)')!
const socketPair = libcFunction('int socketpair(int domain, int type, int protocol, void *fds)')!
const eventFd = libcFunction('int eventfd(uint32_t count, int flags)')!
const write = libcFunction('long write(int fd, void *bytes, size_t count)')!

export const ringBytes: number = 2 ** 21
const one = new Uint8Array(BigUint64Array.of(1n).buffer)

/** memfd_create(2) with MFD_CLOEXEC and MFD_ALLOW_SEALING, of `bytes`, with F_ADD_SEALS. */
export function memoryFile(bytes: number, seals: number): number {
  const fd: number = libcFunction('int memfd_create(const char *name, uint32_t flags)')!('test', 3)
  libcFunction('int ftruncate(int fd, int64_t bytes)')!(fd, bytes)
  libcFunction('int fcntl(int fd, int command, int argument)')!(fd, 1033, seals)
  return fd
}

export class FrontEnd implements Disposable {
  /** For the back end. */
  readonly peer: number
  readonly receive: RingDriver
  readonly transmit: RingDriver
  readonly #fd: number
  readonly #memory: MappedMemory
  readonly #file: number
  readonly #kicks: readonly number[]

  constructor() {
    const pair = new Int32Array(2)
    socketPair(1, sockets.streamKind, 0, pair)
    this.#fd = pair[0]!
    this.peer = pair[1]!
    this.#file = memoryFile(2 * ringBytes, 2)
    const region = { guestAt: 0, userAt: 0, bytes: 2 * ringBytes, fileAt: 0 }
    this.#memory = MappedMemory.map([region], [this.#file])!
    const { bytes } = this.#memory.memory.regions[0]!
    this.receive = new RingDriver(bytes.subarray(0, ringBytes))
    this.transmit = new RingDriver(bytes.subarray(ringBytes), ringBytes)
    this.#kicks = [eventFd(0, 0o4000), eventFd(0, 0o4000)]
  }

  /** As QEMU does once the guest's driver is ready. */
  start(features: bigint = messages.features): void {
    const { request } = messages
    this.send(request.setFeatures, BigUint64Array.of(features))
    this.setMemory()
    for (const index of [0, 1]) {
      const { descriptors, used, available } = setupOf(size, 0, index * ringBytes)
      this.send(request.setVringNum, Uint32Array.of(index, size))
      this.send(request.setVringBase, Uint32Array.of(index, 0))
      const addresses = [descriptors, used, available, 0].map(BigInt)
      this.send(request.setVringAddr, BigUint64Array.of(BigInt(index), ...addresses))
      this.send(request.setVringKick, BigUint64Array.of(BigInt(index)), [this.#kicks[index]!])
      this.send(request.setVringEnable, Uint32Array.of(index, 1))
    }
  }

  setMemory(file: number = this.#file): void {
    const region = [RingDriver.guestAt, 2 * ringBytes, userAt, 0].map(BigInt)
    this.send(messages.request.setMemTable, BigUint64Array.of(1n, ...region), [file])
  }

  kick(index: number): void {
    write(this.#kicks[index]!, one, one.length)
  }

  send(request: number, payload: BigUint64Array | Uint32Array, fds: readonly number[] = []): void {
    const bytes = new Uint8Array(messages.headerBytes + payload.byteLength)
    new Uint32Array(bytes.buffer, 0, 3).set([request, 1, payload.byteLength])
    bytes.set(new Uint8Array(payload.buffer), messages.headerBytes)
    const iovec = BigUint64Array.of(BigInt(addressOf(bytes)), BigInt(bytes.length))
    const control = new Uint32Array(4 + 2 * fds.length)
    control.set([16 + 4 * fds.length, 0, 1, 1, ...fds])
    const message = new BigUint64Array(7)
    message[2] = koffi.address(iovec)
    message[3] = 1n
    message[4] = fds.length === 0 ? 0n : koffi.address(control)
    message[5] = fds.length === 0 ? 0n : BigInt(16 + 4 * fds.length)
    if (sendMessage(this.#fd, message, sockets.ioFlags) !== bytes.length) throw new Error('not sent')
  }

  /** The payload of the reply to a request. */
  reply(): DataView | undefined {
    const bytes = new Uint8Array(64)
    const count = sockets.receiveBytes(this.#fd, addressOf(bytes), bytes.length, sockets.ioFlags)
    return count < messages.headerBytes ? undefined : new DataView(bytes.buffer, messages.headerBytes)
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]()
    for (const fd of [this.#fd, this.#file, ...this.#kicks]) sockets.closeFd(fd)
  }
}
