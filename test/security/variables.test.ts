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
  ['as a file that is extended', 'extends: "./${TOKEN}.yaml"'],
  ['as the whole name of one', 'extends: ["${PIN}"]'],
  ['as a file outside of the project', 'extends: "/${TOKEN}/x.yaml"'],
  ['as a name of a file that is too long', 'extends: "${BIG}"'],
  ['as a name in a folder that is none', 'extends: "desktop.yaml/${TOKEN}"'],
  ['as a key for signatures', 'signatures: { keys: ["${TOKEN}"] }'],
  ['as a version', 'requiredVersion: "${TOKEN}"'],
  ['as the name of a rule', 'policy: [{ name: "${TOKEN} x", path: name, deny: x }]'],
  ['as the path of a rule', 'policy: [{ name: a, path: "${TOKEN}", deny: x }]'],
  ['as a pattern that is none', 'policy: [{ name: a, path: name, matches: "(${TOKEN}" }]'],
  ['as a bound of a rule', 'policy: [{ name: a, path: vm.memory, max: "${TOKEN}" }]'],
  ['as a number of machines', 'vms: { a: { count: "${TOKEN}" } }'],
  ['as a preset', 'network: { egress: { preset: "${TOKEN}" } }'],
  [
    'as a domain of its own servers',
    'network: { dns: { split: [{ domain: "${TOKEN} x", servers: ["1.1.1.1"] }] } }',
  ],
  ['as an address pool', 'engine: { addressPools: [{ base: "${TOKEN}", size: 24 }] }'],
  ['as one of two labels of a name', 'engine: { config: { labels: ["a=${TOKEN}", "a=b"] } }'],
  ['as the path of a secret', 'engine: { proxies: { http: { fromFile: "./${TOKEN}" } } }'],
  ['as the name of a variable', 'engine: { proxies: { http: { fromEnv: "${TOKEN}" } } }'],
  ['as the source of a guest file', 'guest: { files: [{ path: etc/a, source: "./${TOKEN}" }] }'],
  ['as the mode of a guest file', 'guest: { files: [{ path: etc/a, contents: a, mode: "${TOKEN}" }] }'],
  [
    'in a certificate',
    'engine: { trustedCertificates: ["-----BEGIN CERTIFICATE-----${TOKEN}-----END CERTIFICATE-----"] }',
  ],
  ['as a value with quotes', "vm: { memory: '${LIST}' }"],
])('a variable is not quoted %s', async (_name, text) => {
  const { codes, said } = await mistakes(file(`${text}\n`))
  expect(codes.length).toBeGreaterThan(0)
  for (const value of Object.values(env)) expect(said).not.toContain(value)
})
