/** Metrics of the forwarder; `metrics.ts` collects them, `api/prometheus.ts` prints them. */

/** A counter or gauge with its samples, in Prometheus terms. */
export interface Metric {
  /** Without prefix, e.g. `tcp_flows`; counters end in `_total`. */
  name: string
  help: string
  type: 'counter' | 'gauge'
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[]
}
