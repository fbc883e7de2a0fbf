import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parsed } from '../../support/config/arbitrary.ts'
import { acceptedValues, refusedValues } from '../../support/config/daemon-values.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'

const mistakes = (config: string): string[] =>
  mistakesOf(() => parsed(`apiVersion: desktop/v1\nengine: { config: { ${config} } }\n`))

/** dockerd 26.1.5 was started with each of these, and ended. */
test.each([
  ['dns: [nonsense]', '"nonsense" is not an IP address'],
  ['host-gateway-ip: nonsense', 'not an IP address'],
  ['ip: nonsense', 'not an IP address'],
  ['default-gateway: x', 'not an IPv4 address'],
  ['default-gateway: 10.0.0.9', 'the engine chooses the network'],
  ['bip: 10.1.1.1/24, default-gateway: 10.2.0.1', '10.2.0.1 is not in 10.1.1.1/24'],
  ['dns-search: [a b]', '"a b" is not a domain'],
  ['dns-search: [a_b.c]', 'not a domain'],
  ['dns-search: [a..b]', 'not a domain'],
  ['dns-search: ["1"]', 'not a domain'],
  ['dns-search: [-a]', 'not a domain'],
  ['metrics-addr: nonsense', 'is not ADDRESS:PORT'],
  ['metrics-addr: ":9323"', 'is not ADDRESS:PORT'],
  ['metrics-addr: "127.0.0.1:99999"', 'is not ADDRESS:PORT'],
  ['metrics-addr: "localhost:http"', 'is not ADDRESS:PORT'],
  ['exec-opts: [native.cgroupdriver=bogus]', 'there is no cgroup driver "bogus"'],
  ['log-opts: { bogus: "1" }', 'json-file has no option "bogus"'],
  ['log-driver: local, log-opts: { tag: x }', 'local has no option "tag"'],
  ['log-driver: fluentd, log-opts: { max-size: 1m }', 'fluentd has no option "max-size"'],
  [
    'log-driver: syslog, log-opts: { syslog-address: "udp://1.2.3.4:1", max-size: 1m }',
    'no option "max-size"',
  ],
  ['log-opts: { mode: bogus }', 'there is no log mode "bogus"'],
  ['log-opts: { max-buffer-size: 1m }', 'needs mode: non-blocking'],
  ['log-opts: { mode: non-blocking, max-buffer-size: abc }', '"abc" is not a size'],
  ['fixed-cidr: nonsense', 'not an IPv4 network'],
  ['fixed-cidr-v6: 10.0.0.0/24', 'not an IPv6 network'],
  ['ipv6: true', 'needs a network'],
  ['bridge: br7', 'the guest has no bridge "br7"'],
  ['bridge: none, bip: 10.1.1.1/24', 'exclude each other'],
  ['bridge: docker0, bip: 10.1.1.1/24', 'exclude each other'],
  ['mtu: 67', 'is not between 68 and 65535'],
  ['mtu: 65536', 'is not between'],
  ['mtu: 1279, ipv6: true, fixed-cidr-v6: "fd00::/64"', 'is not between 1280'],
  ['iptables: false, icc: false', 'which is off'],
  ['iptables: false, ip6tables: true', 'which is off'],
  ['builder: { gc: { enabled: true, defaultKeepStorage: abc } }', '"abc" is not a size'],
  ['builder: { history: { maxAge: abc } }', '"abc" is not a duration'],
  ['builder: { history: { maxAge: 0 } }', 'maxAge must be a string'],
  ['insecure-registries: [1.2.3.4/99]', 'is not HOST, HOST:PORT or a network'],
  ['insecure-registries: ["host:99999"]', 'is not HOST, HOST:PORT or a network'],
  ['allow-nondistributable-artifacts: ["http://x"]', 'is a URL'],
  ['node-generic-resources: [a=b, a=3]', 'a has a count beside another value'],
  ['node-generic-resources: [a=1, a=2]', 'a has a count beside another value'],
  ['runtimes: { x: { path: /x, runtimeType: y } }', 'has path and runtimeType'],
  ['runtimes: { x: {} }', 'has neither path nor runtimeType'],
  ['runtimes: { x: { path: /x, options: { a: 1 } } }', 'which are for a runtimeType'],
  ['runtimes: { x: { runtimeType: y, runtimeArgs: [--a] } }', 'which are for a path'],
  ['runtimes: { runc: { path: /x } }', 'the engine itself defines the runtime runc'],
  ['seccomp-profile: nope', 'there is no seccomp profile "nope"'],
])('%s, with which dockerd does not start, is refused', (config, reason) => {
  expect(mistakes(config).join()).toContain(reason)
})

/** dockerd 26.1.5 starts with these. */
test.each([
  ['exec-opts: [native.bogus=1]', 'the engine ignores "native.bogus"'],
  ['log-opts: { max-size: abc }', '"abc" is not a size'],
  ['log-opts: { max-file: "0" }', '"0" is not a number of files'],
  ['default-gateway-v6: 1.2.3.4', 'not an IPv6 address'],
  ['builder: { gc: { policy: [{ keepStorage: abc }] } }', '"abc" is not a size'],
])('%s, which does nothing or keeps containers from starting, is refused', (config, reason) => {
  expect(mistakes(config).join()).toContain(reason)
})

test.each([
  'dns: ["::1", 10.0.0.1]',
  'dns-search: [corp.example, com, "a."]',
  'dns-search: ["."]',
  'metrics-addr: "[::1]:9323"',
  'metrics-addr: localhost:9323',
  'bip: 10.1.1.1/24, default-gateway: 10.1.1.254',
  'log-opts: { mode: non-blocking, max-buffer-size: 1m, max-size: 10m, max-file: "3", labels: a, tag: b }',
  'log-opts: { cache-disabled: "true" }',
  'log-driver: local, log-opts: { max-size: 1m, max-file: "2", compress: "true" }',
  'log-driver: gelf, log-opts: { gelf-address: "udp://1.2.3.4:1", gelf-compression-type: none, env: a }',
  'log-driver: grafana/loki-docker-driver:latest, log-opts: { loki-url: "http://x" }',
  'log-driver: splunk, log-opts: { splunk-token: a, splunk-url: "https://a:1" }',
  'mtu: 0',
  'mtu: 65535',
  'ipv6: true, fixed-cidr-v6: "fd00::/120"',
  'bridge: none',
  'bridge: docker0',
  'fixed-cidr: 172.17.8.0/21',
  'exec-opts: ["Native.CgroupDriver = cgroupfs"]',
  'node-generic-resources: [a=b, a=c, d=1]',
  'insecure-registries: ["fd00::/8", 1.2.3.0/24, "[::1]:5000", "a.b:5000", "::1"]',
  'builder: { gc: { defaultKeepStorage: 1.5 GiB }, history: { maxAge: 1h30m } }',
  'runtimes: { x: { path: /x, runtimeArgs: [--a] }, y: { runtimeType: a.z, options: { a: 1 } } }',
  'seccomp-profile: /etc/profile.json',
])('%s, with which dockerd starts, is accepted', (config) => {
  expect(mistakes(config)).toEqual([])
})

const ofJson = (values: string): string[] =>
  mistakesOf(() => parsed(stringify({ apiVersion: 'desktop/v1', engine: { config: JSON.parse(values) } })))

test.each(refusedValues)(
  '%s, which no container runs with or the engine ignores, is refused with its place',
  (values) => {
    const found = ofJson(values)
    expect(found.length).toBeGreaterThan(0)
    for (const one of found) expect(one).toMatch(/^[4-9]|^\d\d/)
  },
)

test.each(acceptedValues)('%s, which the engine honours, is accepted', (values) => {
  expect(ofJson(values)).toEqual([])
})
