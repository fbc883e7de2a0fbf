/** Stands in for a host that egress does not allow, while the guest waits for the refusal: nothing passes it. */
import type { HostStream } from '../core/host-stream.ts'

/** At most this many refusals are held. */
export const maxHeld = 64

export class HeldRefusal implements HostStream {
  readonly queuedBytes = 0
  readonly #gone: () => void

  /** @param gone the guest does not wait any more. */
  constructor(gone: () => void) {
    this.#gone = gone
  }

  write(): void {}
  end(): void {}
  setReading(): void {}

  reset(): void {
    this.#gone()
  }
}
