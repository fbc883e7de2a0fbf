/**
 * A connection that a rule allowed by name, to an address that other names may have too: the host gets nothing of the
 * guest's until its first bytes say which name is meant. Then it stands aside, and costs nothing more.
 */
import type { HostStream } from '../core/host-stream.ts'
import { maxFirstBytes, readServerName } from './server-name.ts'

interface Judge {
  readonly port: number
  /** Whether a connection to these names may continue; `isHidden`: a further name is encrypted. */
  allows(names: readonly string[], isHidden: boolean): boolean
  /** It is unknown which name is meant. */
  refuses(reason: string): void
  /** The stream behind is used directly from now on. */
  decided(stream: HostStream): void
  /** The guest is to be reset when the engine is done with the burst. */
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
    // What is beyond the bound is passed on with the verdict, and not kept to wait for one.
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
