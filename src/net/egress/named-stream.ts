/**
 * A connection allowed by name, to an address that may have other names too. Data of the guest is held until its
 * first bytes contain the server name. Afterwards the stream is bypassed, without further cost.
 */
import type { HostStream } from '../core/host-stream.ts'
import { maxFirstBytes, readServerName } from './server-name.ts'

interface Judge {
  readonly port: number
  /** Whether a connection to these server names is allowed; `isHidden`: another name is encrypted. */
  allows(names: readonly string[], isHidden: boolean): boolean
  /** The server name is unknown. */
  refuses(reason: string): void
  /** The underlying stream is used directly from now on. */
  decided(stream: HostStream): void
  /** Reset the guest when the engine has finished the burst. */
  refused(): void
}

export class NamedStream implements HostStream {
  readonly #stream: HostStream
  readonly #judge: Judge
  #first = new Uint8Array(0)
  #state: 'undecided' | 'allowed' | 'refused' = 'undecided'

  constructor(stream: HostStream, judge: Judge) {
    this.#stream = stream
    this.#judge = judge
  }

  get queuedBytes(): number {
    return this.#stream.queuedBytes + this.#first.length
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#state === 'allowed') this.#stream.write(bytes, start, end)
    if (this.#state !== 'undecided') return
    const before = this.#first.length
    // Bytes beyond the limit are passed on with the decision, not held.
    const first = new Uint8Array(before + end - start)
    first.set(this.#first)
    first.set(bytes.subarray(start, end), before)
    this.#first = first
    const found = readServerName(first.subarray(0, maxFirstBytes), this.#judge.port)
    switch (found.kind) {
      case 'more':
        break
      case 'other':
        this.#pass()
        break
      case 'named':
        if (this.#judge.allows(found.names, found.isHidden)) this.#pass()
        else this.#refuse()
        break
      case 'unclear':
        this.#judge.refuses(found.reason)
        this.#refuse()
    }
  }

  end(): void {
    if (this.#state === 'undecided' && this.#first.length > 0) {
      this.#judge.refuses('no server name before the end')
      this.#refuse()
    } else if (this.#state !== 'refused') this.#stream.end()
  }

  setReading(isWanted: boolean): void {
    if (this.#state !== 'refused') this.#stream.setReading(isWanted)
  }

  reset(): void {
    if (this.#state !== 'refused') this.#stream.reset()
  }

  #pass(): void {
    const first = this.#first
    this.#state = 'allowed'
    this.#first = new Uint8Array(0)
    this.#stream.write(first, 0, first.length)
    this.#judge.decided(this.#stream)
  }

  #refuse(): void {
    this.#state = 'refused'
    this.#first = new Uint8Array(0)
    this.#stream.reset()
    this.#judge.refused()
  }
}
