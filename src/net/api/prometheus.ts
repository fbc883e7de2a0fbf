/** Prometheus text exposition format, version 0.0.4. */
import type { Metric } from '../core/metric.ts'

/** @param prefix prefix of all names */
export function renderPrometheus(metrics: readonly Metric[], prefix = 'desktop_net_'): string {
  return metrics.map((metric) => renderMetric(metric, prefix)).join('')
}

function renderMetric({ name, help, type, samples }: Metric, prefix: string): string {
  const full = prefix + name
  const head = `# HELP ${full} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${full} ${type}\n`
  return head + samples.map(({ labels, value }) => `${full}${renderLabels(labels)} ${value}\n`).join('')
}

function renderLabels(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function quoted(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`
}
