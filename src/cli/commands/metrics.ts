/**
 * `desktop metrics`: serves Prometheus metrics on loopback, or pushes them by OTLP, while the command is
 * running.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { renderPrometheus } from '../../net/api/prometheus.ts'
import { toolVersion } from '../../version.ts'
import type { FileOptions } from '../arguments.ts'
import { MetricsCollector } from '../metrics/collect.ts'
import { otlpRequest } from '../metrics/otlp.ts'
import { serveMetrics } from '../metrics/server.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  port?: number
  once?: true
  /** URL of a collector. */
  otlp?: string
  /** Milliseconds. */
  interval: number
}

const usualPort = 9464
const pushMs = 10_000

export async function run(options: Options, output: Output): Promise<number> {
  if (options.json) throw new DesktopError('cli/usage', 'desktop metrics has no --json')
  // Report an invalid file here instead of in a scrape.
  const { desired } = await openEnvironment(options)
  const collector = new MetricsCollector(options)
  const text = async (): Promise<string> => renderPrometheus(await collector.collect(), '')
  if (options.once) {
    output.write(await text())
    return exitCodes.done
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  if (options.otlp !== undefined) {
    const endpoint = otlpEndpoint(options.otlp)
    output.say(`pushing to ${endpoint} every ${options.interval / 1000} s; press Ctrl-C to stop`)
    await push(collector, {
      endpoint,
      environment: desired.name,
      everyMs: options.interval,
      signal: stop.signal,
      output,
    })
    return exitCodes.done
  }
  await using server = await serveMetrics(options.port ?? usualPort, text)
  output.write(`http://127.0.0.1:${server.port}/metrics\n`)
  output.say('press Ctrl-C to stop')
  await new Promise<void>((done) => stop.signal.addEventListener('abort', () => done()))
  return exitCodes.done
}

/** As OTEL_EXPORTER_OTLP_ENDPOINT is defined: without a path, the metrics path is added. */
export function otlpEndpoint(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new DesktopError('cli/usage', `--otlp ${text} is not an http(s) URL`, {
      hint: 'write the address of a collector, e.g. http://127.0.0.1:4318',
    })
  if (url.pathname === '/') url.pathname = '/v1/metrics'
  return url
}

interface PushOptions {
  endpoint: URL
  environment: string
  everyMs: number
  signal: AbortSignal
  output: Output
}

/** An unreachable collector misses samples and gets the next ones. */
async function push(
  collector: MetricsCollector,
  { endpoint, environment, everyMs, signal, output }: PushOptions,
): Promise<void> {
  let failure: string | undefined
  while (!signal.aborted) {
    let now: string | undefined
    try {
      const metrics = await collector.collect()
      const body = JSON.stringify(
        otlpRequest(metrics, { environment, version: toolVersion, nowMs: Date.now() }),
      )
      const headers = { 'Content-Type': 'application/json' }
      const response = await fetch(endpoint, {
        method: 'POST',
        body,
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(pushMs)]),
      })
      if (!response.ok) now = `${endpoint.host} answered ${response.status}`
    } catch (error) {
      now = messageOf(error)
    }
    // Warn once per change, not with every sample.
    if (now !== failure && !signal.aborted)
      output.say(now === undefined ? 'the collector answers again' : now)
    failure = now
    await sleep(everyMs, undefined, { signal }).catch(() => {})
  }
}
