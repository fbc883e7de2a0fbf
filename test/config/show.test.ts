import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effects } from '../../src/config/effects.ts'
import { evaluate } from '../../src/config/load.ts'
import { effectiveValues } from '../../src/config/show.ts'
import { desktopText } from '../support/config/arbitrary.ts'

const valuesOf = (text: string, env: Readonly<Record<string, string>> = {}, allowEnv: string[] = []) =>
  effectiveValues(
    evaluate([{ shown: 'desktop.yaml', path: resolve('/shop/desktop.yaml') }], { env, allowEnv }, () => text),
  )

test('every value is shown with the place that it was written at, and a default without', () => {
  const values = valuesOf(
    `apiVersion: desktop/v1\nvm:\n  cpus: \${N}\nports: ["80:80", { host: 81, guest: 81 }]\nnetwork: { subnet: 10.9.0.0/24, dns: { hosts: { a.test: 10.0.0.1 } } }\n`,
    { N: '4' },
  )
  const at = (line: number, column: number) => ({ file: 'desktop.yaml', line, column })
  expect(values).toContainEqual({
    path: 'vm.cpus',
    value: '(from env N)',
    origin: { ...at(3, 9), variables: ['N'], shown: '(from env N)' },
  })
  expect(values).toContainEqual({ path: 'ports[0]', value: '80:80', origin: at(4, 9) })
  expect(values).toContainEqual({ path: 'ports[1].guest', value: 81, origin: at(4, 37) })
  expect(values).toContainEqual({ path: 'network.dns.hosts["a.test"]', value: '10.0.0.1', origin: at(5, 57) })
  expect(values).toContainEqual({ path: 'network.gateway', value: '10.9.0.1', origin: undefined })
  expect(values).toContainEqual({ path: 'name', value: 'shop', origin: undefined })
})

test('credentials are not shown', () => {
  const text = `apiVersion: desktop/v1\nengine: { proxies: { http: "\${PROXY}" } }\n`
  const values = valuesOf(text, { PROXY: 'http://user@proxy.test:1' }, ['PROXY'])
  expect(values).toContainEqual(
    expect.objectContaining({ path: 'engine.proxies.http', value: 'http://xxxxx:xxxxx@proxy.test:1' }),
  )
})

test('each key is shown once, in the order of the reference page', () => {
  const order = Object.keys(effects)
  fc.assert(
    fc.property(desktopText, (text) => {
      const paths = valuesOf(text).map(({ path }) => path)
      expect(new Set(paths).size).toBe(paths.length)
      const ranks = paths.map((path) =>
        order.findLastIndex(
          (key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`),
        ),
      )
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
    }),
  )
})

test.each([
  ['lockdown', 'deny'],
  ['open', 'allow'],
])('preset %s of network.egress shows the default that it means', (preset, value) => {
  const values = valuesOf(`apiVersion: desktop/v1\nnetwork: { egress: { preset: ${preset} } }\n`)
  expect(values).toContainEqual(expect.objectContaining({ path: 'network.egress.preset', value: preset }))
  expect(values).toContainEqual({ path: 'network.egress.default', value, origin: undefined })
})
