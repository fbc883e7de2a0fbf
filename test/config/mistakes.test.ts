/** Errors in desktop.yaml: each is reported with its location and a suggestion. */
import { expect, test } from 'vitest'
import { configOf } from '../../src/config/load.ts'
import { mistakesOf } from '../support/config/mistakes.ts'

const load = (text: string, env: Record<string, string> = {}) =>
  configOf({ file: 'desktop.yaml', path: '/projects/shop/desktop.yaml', text, env })

const mistakes = (text: string): string[] => mistakesOf(() => load(text))

/** Each opens nearly everything. */
const wideTargets = ['"*"', '"*:443/tcp"', '0.0.0.0/1', '128.0.0.0/7', '"[::/0]"', '"[2000::/3]:443"']

test.each<[string, string, string]>([
  ['vm: { memory: 2GB2 }', 'vm.memory', '"2GB2" is not a size'],
  ['vm: { memory: 2g }', 'vm.memory', '"2g" is not a size | did you mean "2GiB"?'],
  ['vm: { memory: 2048 }', 'vm.memory', 'must be a string, not 2048 | did you mean "2048MiB"?'],
  ['vm: { cpus: 100 }', 'vm.cpus', 'must be at most 64, not 100'],
  ['network: { mtu: 10 }', 'network.mtu', 'must be auto, or at least 576, not 10'],
  ['network: { mtu: fast }', 'network.mtu', 'must be auto, or an integer, not the string "fast"'],
  ['network: { subnet: 10.0.0.0/31 }', '', 'a /31 network is too small | use a prefix from /8 to /28'],
  ['network: { ports: [] }', '', 'unknown key "ports" in network | ports belongs at the top level'],
  ['vm: { name: x }', '', 'unknown key "name" in vm | name belongs at the top level'],
  ['mtu: 1500', '', 'unknown key "mtu" | did you mean network.mtu?'],
  ['ports: ["80:80/sctp"]', '', 'port mappings support tcp and udp, not sctp'],
  ['shares: [/work]', '', 'must be a map, not the string "/work" | did you mean { source: /work }?'],
  ['shares: ["./a:/b"]', '', '| did you mean { source: ./a, target: /b, writable: true }?'],
  ['shares: ["./a:/b:ro"]', '', '| did you mean { source: ./a, target: /b }?'],
  ['shares: [{ source: a, writable: maybe }]', '', 'must be true or false, not the string "maybe"'],
  ['shares: [{ source: "" }]', '', 'must be the path of a folder, e.g. ./src'],
  ['engine: { socket: "" }', '', 'must be a path, or auto'],
  ['shares: ./a', '', 'must be a list, not the string "./a" | did you mean [{ source: ./a }]?'],
  ['vm: { memory: 10MiB }', 'vm.memory', '10MiB is too small'],
  ['network: { subnet: 192.168.65.1/24 }', '', 'has host bits set | did you mean 192.168.65.0/24?'],
  ['network: { address: 10.0.0.3 }', '', '10.0.0.3 is not in 192.168.65.0/24'],
  ['network: { host: 192.168.65.1 }', '', '192.168.65.1 is already the gateway'],
  ['network: { dns: { upstreams: [sistem] } }', '', '"sistem" is not a name server'],
  ['network: { dns: { hosts: { a.test: b } } }', '', '"b" is neither an IP address'],
  ['network: { dns: { hosts: { a.test: A.test. } } }', '', 'a.test is an alias of itself'],
  ['network: { dns: { hosts: { a.test: 10.0.0 } } }', '', '"10.0.0" is neither an IP address'],
  [
    'network: { egress: { default: maybe } }',
    '',
    'network.egress.default is "maybe"; it must be allow or deny',
  ],
  [
    'network: { egress: { preset: lockdown, default: allow } }',
    '',
    'default allow contradicts preset lockdown, which means deny | remove one of the two',
  ],
  ['network: { egress: { preset: open, default: deny } }', '', 'default deny contradicts preset open'],
  ...wideTargets.map((target): [string, string, string] => [
    `network: { egress: { preset: lockdown, rules: [{ allow: ${target} }] } }`,
    '',
    'is too wide for preset lockdown',
  ]),
  ['network: { egress: { rules: [{}] } }', '', 'the rule says neither allow nor deny'],
  ['network: { egress: { rules: [{ allow: a.test, deny: b.test }] } }', '', 'the rule says allow and deny'],
  [
    'network: { egress: { rules: [{ deny: 10.0.0.1/8 }] } }',
    '',
    'has host bits set | did you mean 10.0.0.0/8?',
  ],
  ['network: { egress: { rules: [{ deny: "a.test:http" }] } }', '', '"a.test:http" has an invalid port'],
  ['network: { egress: { rules: [{ deny: a.test }, { allow: A.test }] } }', '', 'rules[0] already matches'],
  ['network: { egress: { rules: [{ drop: a.test }] } }', '', 'unknown key "drop"'],
  ['network: { dns: { cache: { maxTTL: 5 min } } }', '', '"5 min" is not a duration'],
  ['ports: ["80"]', '', '"80" is not a port mapping'],
  ['ports: ["80/sctp"]', '', '"80/sctp" has no guest port'],
  ['ports: ["8000-8002:80-81"]', '', 'cannot map 3 host ports to 2 guest ports'],
  ['ports: ["80:80", "127.0.0.1:80:81"]', '', 'tcp/127.0.0.1:80 is already used by ports[0]'],
  ['ports: ["0.0.0.0:80:80", "80:81"]', '', 'is already used by ports[0]'],
  ['engine: { config: { debgu: true } }', '', 'unknown key "debgu" in engine.config | did you mean "debug"?'],
  ['engine: { config: { debug: 1 } }', '', 'debug must be true or false'],
  ['engine: { config: { hosts: [] } }', '', '"hosts" in engine.config cannot be set'],
  ['engine: { addressPools: [{ base: 192.168.65.0/20, size: 24 }] }', '', 'overlaps network.subnet'],
  ['engine: { proxies: { http: "http://u:p@proxy:1" } }', '', 'passwords are not allowed in this file'],
  ['engine: { proxies: { http: { fromEnv: NOPE } } }', '', 'the environment variable NOPE is not set'],
  ['requiredVersion: ">=99"', '', 'the file requires desktop >=99'],
  ['network: { subnet: 127.0.0.0/16 }', '', '127.0.0.0/16 is not a range for hosts'],
  ['network: { dns: { upstreams: [192.168.65.1] } }', '', "192.168.65.1 is the VM's own gateway"],
  ['network: { dns: { hosts: { a.test: 10.0.0.1, A.test.: 10.0.0.2 } } }', '', 'are the same name'],
  ['network: { dns: { search: ["-a"] } }', '', '"-a" is not a domain'],
  [
    'network: { dns: { split: [{ domain: a.test, servers: [10.0.0.1] }, { domain: A.test, servers: [10.0.0.2] }] } }',
    '',
    'split[0] already has servers for A.test',
  ],
  ['ports: ["127.0.0.1:80:80", "0.0.0.0:80:81"]', '', 'tcp/0.0.0.0:80 is already used by ports[0]'],
  ['ports: ["127.0.0.1:80:80", "[::]:80:81"]', '', 'tcp/:::80 is already used by ports[0]'],
  ['ports: ["[::1]:80:80", "[0:0::1]:80:81"]', '', 'tcp/::1:80 is already used by ports[0]'],
  ['ports: ["8000-8010:80-90", "8005:1"]', '', 'tcp/127.0.0.1:8005 is already used by ports[0]'],
  [
    'ports: [{ name: a, host: 1, guest: 1 }, { name: a, host: 2, guest: 1 }]',
    '',
    'a is already used by ports[0]',
  ],
  ['ports: [{ host: 80, guest: "192.168.65.1:80" }]', '', 'is the forwarder itself, not a machine'],
  ['ports: [{ host: 80, guest: 80, mode: "0600" }]', '', 'mode is for unix sockets only'],
  ['ports: [{ host: "unix:a", guest: 80, protocol: udp }]', '', 'a unix socket supports tcp only'],
  [`ports: ["unix:/${'a'.repeat(120)}:80"]`, '', 'is 121 bytes long; the limit for a socket is 103'],
  ['publish: { bind: localhost }', '', '"localhost" is not an IP address'],
  ['guest: { sysctl: { max_map_count: 1 } }', '', '"max_map_count" is not a kernel parameter'],
  ['engine: { config: { bip: 192.168.65.200/24 } }', '', 'overlaps network.subnet'],
  ['engine: { config: { bip: 172.20.0.0/16 } }', '', '172.20.0.0/16 is the network itself'],
  [
    'engine: { config: { bip: 172.20.0.1/16, fixed-cidr: 10.0.0.0/24 } }',
    '',
    '10.0.0.0/24 is not in 172.20.0.1/16',
  ],
  [
    'engine: { addressPools: [{ base: 10.1.0.0/16, size: 24 }, { base: 10.1.2.0/24, size: 28 }] }',
    '',
    'overlaps 10.1.0.0/16',
  ],
  ['engine: { addressPools: [{ base: 10.1.0.0/16, size: 8 }] }', '', 'networks of /8 do not fit'],
  ['engine: { registryMirrors: ["mirror.test"] }', '', 'must be a URL of a registry'],
  [
    'engine: { registryMirrors: [], config: { registry-mirrors: [] } }',
    '',
    'is also set by engine.registryMirrors',
  ],
  ['engine: { config: { labels: [a=1, a=2] } }', '', 'label a is already 1'],
  ['engine: { config: { labels: [com.docker.x=1] } }', '', 'must be NAME=VALUE, with a name outside'],
  ['engine: { config: { log-level: verbose } }', '', 'it must be panic, fatal, error'],
  ['engine: { config: { log-opts: { max-file: 3 } } }', '', 'must be a string, not 3'],
  ['engine: { config: { default-runtime: crun } }', '', 'there is no runtime "crun"'],
  ['engine: { config: { default-ulimits: { nofile: { Hard: 1 } } } }', '', 'lacks "Name"'],
  ['engine: { proxies: { http: {} } }', '', 'must have either fromEnv or fromFile'],
  ['engine: { proxies: { http: { fromFile: ./nope } } }', '', './nope cannot be read'],
  ['network: { egress: { rules: [{ deny: "[fd00::1/8]" }] } }', '', 'did you mean fd00::/8?'],
  ['network: { subnet6: 10.0.0.0/24 }', '', '"10.0.0.0/24" is not an IPv6 network'],
  ['network: { subnet6: "fd00::/48" }', '', 'a /48 network does not fit'],
  ['network: { subnet6: "fd00::1/64" }', '', 'did you mean fd00::/64?'],
  ['network: { subnet6: "fe80::/64" }', '', 'fe80::/64 is not a range for hosts'],
  ['network: { ipv6: true, mtu: 1000 }', '', 'an MTU of 1000 is too small for IPv6'],
  [
    'network: { subnet6: "fd00::/64", dns: { upstreams: ["[fd00:0::1]:53"] } }',
    '',
    "[fd00:0::1]:53 is the VM's own gateway",
  ],
  ['ports: [{ host: 80, guest: "[fd00::3]:80" }]', '', 'set network.ipv6: true'],
  [
    'ports: [{ host: 80, guest: "[fd00::fe]:80" }]\nnetwork: { subnet6: "fd00::/64" }',
    '',
    'is the forwarder itself, not a machine',
  ],
  ['name: "a/b"', '', 'name must be lower-case letters'],
])('%s is refused', (line, _path, message) => {
  const found = mistakes(`apiVersion: desktop/v1\n${line}\n`)
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(message)
  expect(found[0]).toMatch(/^2:\d+ config\//)
})

test.each([
  ['a: 1\na: 2\n', 'Map keys must be unique'],
  ['apiVersion: desktop/v1\nvm:\n\tcpus: 2\n', ''],
  ['%YAML 1.1\n---\napiVersion: desktop/v1\n', 'YAML 1.1'],
  ['- 1\n', 'the file must be a map of keys'],
  ['apiVersion: &a desktop/v1\n', 'anchors (&a) are not supported'],
  ['apiVersion: desktop/v1\nname: *a\n', ''],
  ['', 'lacks "apiVersion"'],
])('YAML that a config file should not have is refused with a place: %j', (text, message) => {
  const [first] = mistakes(text)
  expect(first).toContain(message)
  expect(first).toMatch(/^\d+:\d+ config\//)
})

test('a file of sixteen thousand DNS hosts is read', () => {
  const hosts = Array.from(
    { length: 16_000 },
    (_, i) => `      host${i}.example.test: 10.1.${i >> 8}.${i & 255}`,
  )
  const { dns } = load(`apiVersion: desktop/v1\nnetwork:\n  dns:\n    hosts:\n${hosts.join('\n')}\n`)
  expect(Object.keys(dns.hosts)).toHaveLength(16_000)
})

test.each([
  ['short', `a: ${'['.repeat(3_000)}`],
  ['long', `a: ${'['.repeat(1_000_000)}`],
  ['long, of maps', `# ${'x'.repeat(70_000)}\na: ${'{a: '.repeat(200_000)}`],
])('brackets that nest without an end are refused for that alone, in a %s text', (_, text) => {
  const found = mistakes(text)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/^[12]:\d+ config\/yaml the file is nested too deep$/)
})

test('brackets that do not nest are read in a text of any length', () => {
  const hosts = Array.from(
    { length: 9_000 },
    (_, i) => `      { host${i}.test: "10.1.${i >> 8}.${i & 255}" }`,
  )
  const items = hosts.map((host) => host.trim()).join(', ')
  expect(mistakes(`apiVersion: desktop/v1\nguest: { services: [${items}] }\n`)[0]).not.toContain('nested')
})

test('a mapping cannot take the place of docker.sock', () => {
  const text = 'apiVersion: desktop/v1\nengine: { socket: ./docker.sock }\nports: ["unix:docker.sock:80"]\n'
  expect(mistakes(text)).toEqual([
    '3:9 config/bad-value /projects/shop/docker.sock is already engine.socket | use another path',
  ])
})
