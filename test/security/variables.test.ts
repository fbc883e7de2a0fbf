/** A message about a value never quotes a variable of the environment. */
import { expect, test } from 'vitest'
import { env, file, mistakes } from '../support/config/untrusted-checkout.ts'

test.each([
  ['where a size is asked for', 'vm: { memory: "${TOKEN}" }'],
  ['where a number is asked for', 'vm: { cpus: "${TOKEN}" }'],
  ['as one of some words', 'vm: { accelerator: "${TOKEN}" }'],
  ['as a name', 'name: "${TOKEN} "'],
  ['as a subnet', 'network: { subnet: "${TOKEN}" }'],
  ['as a port', 'ports: ["${TOKEN}:80"]'],
  ['as a port of an address', 'ports: ["127.0.0.1:${TOKEN}:80"]'],
  ['as a server of names', 'network: { dns: { upstreams: ["${TOKEN}"] } }'],
  ['as an address of a name', 'network: { dns: { hosts: { a.test: "${TOKEN}" } } }'],
  ['as a rule of egress', 'network: { egress: { rules: ["${TOKEN}"] } }'],
  ['as a file', 'engine: { trustedCertificates: ["${TOKEN}"] }'],
  ['as a proxy', 'engine: { proxies: { http: { fromEnv: TOKEN } } }'],
  ['as an image', 'guest: { services: [{ name: s, image: "${TOKEN}" }] }'],
  ['as two shares', 'shares: [{ source: ., target: "/${TOKEN}" }, { source: ., target: "/${TOKEN}/b" }]'],
  ['as a name of two services', 'guest: { services: [{ name: "${TOKEN}", image: desktop/tools }] }'],
  ['as a number that is too large', 'vm: { cpus: "${PIN}" }\nnetwork: { mtu: "${PIN}" }'],
  ['as a value with quotes', "vm: { memory: '${LIST}' }"],
])('a variable is not quoted %s', async (_name, text) => {
  const { codes, said } = await mistakes(file(`${text}\n`))
  expect(codes.length).toBeGreaterThan(0)
  for (const value of Object.values(env)) expect(said).not.toContain(value)
})
