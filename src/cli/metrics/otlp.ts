/** Metrics as an OTLP/HTTP export request in JSON (opentelemetry-proto, ExportMetricsServiceRequest). Pure. */
import type { Metric } from '../../net/core/metric.ts'

/** AGGREGATION_TEMPORALITY_CUMULATIVE: a counter is its sum since the start. */
const cumulative = 2

interface Attribute {
  key: string
  value: { stringValue: string }
}

export function otlpRequest(
  metrics: readonly Metric[],
  { environment, version, nowMs }: { environment: string; version: string; nowMs: number },
): object {
  const timeUnixNano = `${BigInt(Math.round(nowMs)) * 1_000_000n}`
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: attributes({
            'service.name': 'desktop',
            'service.instance.id': environment,
            'service.version': version,
          }),
        },
        scopeMetrics: [
          {
            scope: { name: 'desktop', version },
            metrics: metrics.map(({ name, help, type, samples }) => {
              const dataPoints = samples.map(({ labels = {}, value }) => ({
                timeUnixNano,
                asDouble: value,
                attributes: attributes(labels),
              }))
              const kind =
                type === 'gauge'
                  ? { gauge: { dataPoints } }
                  : { sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic: true } }
              return { name, description: help, ...kind }
            }),
          },
        ],
      },
    ],
  }
}

const attributes = (labels: Readonly<Record<string, string>>): Attribute[] =>
  Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }))
