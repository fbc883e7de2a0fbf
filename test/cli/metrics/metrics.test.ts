/** `desktop metrics` with the real command and supervisor: scraped, and pushed. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { otlpEndpoint } from '../../../src/cli/commands/metrics.ts'
import { serveMetrics } from '../../../src/cli/metrics/server.ts'
import { testHost } from '../../support/cli/host.ts'
import { readPrometheus } from '../../support/cli/prometheus.ts'

test('metrics of the environment and of its forwarder are printed, scraped and pushed', async () => {
  await using host = await testHost()
  await host.write()
  await host.ok('apply')
  const printed = await host.ok('metrics', '--once')
  expect(printed).toContain('desktop_vm_state{state="running"} 1')
  expect(printed).toContain('desktop_drift_differences{effect="live"} 0')
  expect(printed).toMatch(/^desktop_net_tcp_flows \d+$/m)
  const families = readPrometheus(printed)
  expect(families.size).toBeGreaterThan(30)
  expect(families.get('desktop_generation_number')?.samples).toEqual(new Map([['result="applied"', 1]]))
  const collector = createServer()
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done))
  const { port } = collector.address() as AddressInfo
  const command = host.start('metrics', '--otlp', `http://127.0.0.1:${port}`, '--interval', '1s')
  try {
    const [pushed, response] = await once(collector, 'request')
    expect(pushed.url).toBe('/v1/metrics')
    expect(JSON.stringify(await json(pushed))).toContain('"desktop_vm_state"')
    response.end('{}')
    await once(collector, 'request')
  } finally {
    const ended = once(command, 'exit')
    command.kill('SIGINT')
    expect((await ended)[0]).toBe(0)
    collector.closeAllConnections()
    collector.close()
  }
})

const get = (port: number, host: string, path = '/metrics'): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ port, path, host: '127.0.0.1', headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })

test('a scrape names this machine; another name, path or a failure has its status', async () => {
  let isBroken = false
  await using server = await serveMetrics(0, async () => {
    if (isBroken) throw new Error('broken')
    return 'desktop_info 1\n'
  })
  expect(await get(server.port, `localhost:${server.port}`)).toBe(200)
  expect(await get(server.port, 'host.docker.internal:9464')).toBe(200)
  expect(await get(server.port, 'evil.example')).toBe(403)
  expect(await get(server.port, 'localhost', '/')).toBe(404)
  isBroken = true
  expect(await get(server.port, 'localhost')).toBe(503)
  await expect(serveMetrics(server.port, async () => '')).rejects.toMatchObject({ code: 'cli/usage' })
})

test('an endpoint without a path gets that of metrics, and other text than a URL is refused', () => {
  expect(otlpEndpoint('http://127.0.0.1:4318').href).toBe('http://127.0.0.1:4318/v1/metrics')
  expect(otlpEndpoint('https://collector.test/x').href).toBe('https://collector.test/x')
  for (const text of ['collector:4318', 'nonsense', 'file:///x'])
    expect(() => otlpEndpoint(text), text).toThrow(expect.objectContaining({ code: 'cli/usage' }))
})
