/** Progress of long work, as values: the guest builder and the executor emit these, views render them. */
export interface Progress {
  /** Stable id of the step, e.g. `image/download`. */
  step: string
  message: string
  done?: number
  total?: number
  unit?: 'bytes' | 'items'
  /** Still to be read when all is done. */
  notice?: true
}

export type OnProgress = (progress: Progress) => void
