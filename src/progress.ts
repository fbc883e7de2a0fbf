/** Progress of long operations as values: the guest builder and the executor emit them, views render them. */
export interface Progress {
  /** Stable id of the step, e.g. `image/download`. */
  step: string
  message: string
  done?: number
  total?: number
  unit?: 'bytes' | 'items'
  /** Stays visible when everything is done. */
  notice?: true
}

export type OnProgress = (progress: Progress) => void
