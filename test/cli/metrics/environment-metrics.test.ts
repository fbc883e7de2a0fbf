/** Metrics of an environment: values, the dashboard that shows them, and their form for OpenTelemetry. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type EnvironmentSample, environmentMetrics } from '../../../src/cli/metrics/environment-metrics.ts'
import { otlpRequest } from '../../../src/cli/metrics/otlp.ts'
import { renderPrometheus } from '../../../src/net/api/prometheus.ts'
import { Forwarder } from '../../../src/net/forwarder.ts'
import { readPrometheus } from '../../support/cli/prometheus.ts'
import { factsOf, runningVm } from '../../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../../support/reconcile/world.ts'

const target = targetOf(aDesired)
const sample: EnvironmentSample = {
  environment: 'dev',
  toolVersion: '0.1.0',
  facts: factsOf(target, runningVm(target)),
  denials: { listed: [], unlisted: 3 },
  memory: { totalBytes: 100, usedBytes: 40, availableBytes: 60, containerBytes: 7 },
  qemuBytes: 80,
  generations: {
    kept: 4,
    newest: {
      format: 'desktop-generation/1',
      number: 7,
      time: '2026-01-01T00:00:00.000Z',
      toolVersion: '0.1.0',
      configHash: '',
      config: {},
      rendered: { linuxkitYaml: '', daemonJson: '' },
      argv: [],
      imageDigest: undefined,
      operations: [],
      milliseconds: 2500,
      result: 'applied',
    },
  },
  drift: { effects: ['live', 'live', 'restart-vm'], atMs: 1_767_225_600_000 },
}

const textOf = (given: EnvironmentSample): string => renderPrometheus(environmentMetrics(given), 'desktop_')

test('VM, engine, history, egress and drift are gauges with their labels', () => {
  const text = textOf(sample)
  for (const line of [
    'desktop_info{environment="dev",version="0.1.0"} 1',
    'desktop_vm_state{state="running"} 1',
    'desktop_engine_up 1',
    'desktop_engine_containers_running 2',
    'desktop_generation_number{result="applied"} 7',
    'desktop_generation_duration_seconds 2.5',
    'desktop_egress_unlisted_denials_total 3',
    'desktop_drift_differences{effect="live"} 2',
    'desktop_drift_differences{effect="reload"} 0',
    'desktop_drift_check_time_seconds 1767225600',
    'desktop_vm_memory_used_bytes 40',
    'desktop_vm_memory_containers_bytes 7',
    'desktop_qemu_resident_bytes 80',
  ])
    expect(text.split('\n')).toContain(line)
})

test('labels with quotes, backslashes and line ends stay one line that a scraper reads', () => {
  const text = textOf({ ...sample, environment: 'a"b\\c\nd' })
  const labels = 'environment="a\\"b\\\\c\\nd",version="0.1.0"'
  expect(readPrometheus(text).get('desktop_info')?.samples).toEqual(new Map([[labels, 1]]))
})

test('without a supervisor the environment is known, and unknown values have no sample', () => {
  const nothing = {
    facts: undefined,
    denials: undefined,
    drift: undefined,
    memory: undefined,
    qemuBytes: undefined,
  }
  const text = textOf({ ...sample, ...nothing, generations: { kept: 0, newest: undefined } })
  expect(text).toContain('desktop_supervisor_up 0\n')
  expect(text).not.toMatch(/vm_state|vm_memory|qemu|engine_up|drift_differences/)
})

test('the dashboard asks for metrics that there are', async () => {
  const path = new URL('../../../docs/grafana-dashboard.json', import.meta.url)
  const board = JSON.parse(await readFile(path, 'utf8')) as { panels: { targets: { expr: string }[] }[] }
  await using forwarder = new Forwarder({ network: aDesired.network })
  const known = new Set([
    ...environmentMetrics(sample).map(({ name }) => `desktop_${name}`),
    ...forwarder.metrics().map(({ name }) => `desktop_net_${name}`),
  ])
  const asked = board.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/desktop_\w+/g) ?? []),
  )
  expect(asked.length).toBeGreaterThan(10)
  expect(asked.filter((name) => !known.has(name))).toEqual([])
})

test('OTLP has gauges as gauges and counters as cumulative sums, with labels as attributes', () => {
  const metrics = environmentMetrics(sample)
  const request = otlpRequest(metrics, { environment: 'dev', version: '0.1.0', nowMs: 1_767_225_600_123 })
  const { resourceMetrics } = request as {
    resourceMetrics: { resource: object; scopeMetrics: { metrics: { name: string }[] }[] }[]
  }
  const [first] = resourceMetrics
  expect(JSON.stringify(first?.resource)).toContain('"service.instance.id","value":{"stringValue":"dev"}')
  const named = new Map(first?.scopeMetrics[0]?.metrics.map((metric) => [metric.name, metric]))
  expect(named.size).toBe(metrics.length)
  expect(named.get('vm_state')).toMatchObject({
    gauge: {
      dataPoints: [
        {
          asDouble: 1,
          timeUnixNano: '1767225600123000000',
          attributes: [{ key: 'state', value: { stringValue: 'running' } }],
        },
      ],
    },
  })
  expect(named.get('egress_unlisted_denials_total')).toMatchObject({
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 3 }] },
  })
})
