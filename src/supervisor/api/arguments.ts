/**
 * Schemas of every call's arguments. A malformed request is rejected before anything changes: requests are
 * recorded on disk, so an invalid value would outlive the process.
 */
import * as v from 'valibot'
import { parseIPv4, parseSubnet } from '../../config/addresses.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Call } from './api.ts'

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes('\0'), 'must not contain NUL'),
)
const path = v.pipe(text, v.startsWith('/'))
const ipv4 = v.pipe(
  v.string(),
  v.check((value) => parseIPv4(value) !== undefined, 'must be an IPv4 address'),
)
const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))
const texts = v.record(v.string(), text)

const network = v.looseObject({
  subnet: v.pipe(
    v.string(),
    v.check((value) => parseSubnet(value) !== undefined, 'must be a subnet'),
  ),
  gateway: ipv4,
  address: ipv4,
  host: ipv4,
  mtu: v.pipe(v.number(), v.integer(), v.minValue(576), v.maxValue(65_535)),
  ipv6: v.optional(v.looseObject({ subnet: text, gateway: text, address: text, host: text })),
})

const dns = v.looseObject({
  upstreams: v.array(text),
  hosts: texts,
  split: v.array(v.looseObject({ domain: text, servers: v.array(text) })),
  search: v.array(text),
  cache: v.looseObject({ max: count, minTtlSeconds: count, maxTtlSeconds: count }),
})

const portMapping = v.looseObject({
  id: text,
  protocol: v.picklist(['tcp', 'udp']),
  listen: v.variant('kind', [
    v.looseObject({ kind: v.literal('inet'), address: text, port: portNumber }),
    v.looseObject({ kind: v.literal('unix'), path, mode: v.pipe(count, v.maxValue(0o777)) }),
  ]),
  guest: v.looseObject({ address: text, port: portNumber }),
})

const machine = v.looseObject({
  argv: v.pipe(v.array(text), v.minLength(1)),
  accelerator: v.picklist(['kvm', 'hvf', 'tcg']),
  hashes: v.looseObject({ image: text, metadata: text, argv: text }),
  sockets: v.looseObject({ link: path, channel: v.optional(path), qmp: path, agent: path, console: path }),
  consoleLog: path,
  daemons: v.optional(v.array(v.looseObject({ argv: v.pipe(v.array(text), v.minLength(1)), socket: path }))),
})
const vmSpec = v.looseObject({
  ...machine.entries,
  fallback: v.optional(v.looseObject({ spec: machine, verdictFile: path })),
})

const sshTarget = v.looseObject({ host: text, user: v.optional(text), port: v.optional(portNumber) })

const saved = { qemuVersion: text, state: v.looseObject({ bytes: count, crc32: count }) }
const parkMemory = v.looseObject({ file: path, bytes: count })
const sharedMemory = v.looseObject({
  file: path,
  id: v.pipe(text, v.regex(/^[0-9a-f-]{1,64}$/)),
  bytes: count,
  crc32: count,
})
const words = v.pipe(v.array(text), v.minLength(1))

/** Objects keep unknown keys: a later client may send more. */
const schemas: Readonly<Record<Call, v.GenericSchema>> = {
  facts: v.union([v.strictTuple([]), v.tuple([v.looseObject({ engine: v.optional(v.literal('recent')) })])]),
  setNetwork: v.tuple([network]),
  setDns: v.tuple([dns]),
  setEgress: v.tuple([
    v.looseObject({
      preset: v.optional(v.literal('lockdown')),
      default: v.picklist(['allow', 'deny']),
      rules: v.array(text),
    }),
  ]),
  setPorts: v.tuple([v.array(portMapping)]),
  setPeers: v.tuple([
    v.array(
      v.looseObject({
        address: ipv4,
        mac: text,
        control: v.optional(path),
        forward: v.optional(v.looseObject({ ssh: sshTarget, path })),
      }),
    ),
  ]),
  setPublish: v.tuple([v.looseObject({ containers: v.boolean(), bind: text })]),
  setNames: v.tuple([
    v.looseObject({
      domain: v.pipe(text, v.regex(/^[a-z0-9.-]+\.localhost$/)),
      http: v.optional(portNumber),
      https: v.optional(portNumber),
    }),
  ]),
  setSshAgent: v.tuple([v.looseObject({ path: v.optional(path) })]),
  setEngineSocket: v.tuple([path]),
  startVm: v.tuple([vmSpec]),
  resumeVm: v.tuple([vmSpec]),
  parkVm: v.tuple([vmSpec, v.looseObject({ state: path, memory: v.optional(parkMemory) })]),
  unparkVm: v.tuple([vmSpec, v.looseObject({ ...saved, file: path, memory: v.optional(sharedMemory) })]),
  suspendVm: v.tuple([v.looseObject({ guest: v.looseObject({}) })]),
  stopVm: v.tuple([v.looseObject({ deadlineMs: count })]),
  resizeDisk: v.tuple([count]),
  // Strict, because `v.tuple` accepts extra elements.
  flows: v.union([v.strictTuple([]), v.tuple([v.looseObject({ heardWithinMs: v.optional(count) })])]),
  egressRules: v.tuple([]),
  egressDenials: v.tuple([]),
  egressSends: v.tuple([]),
  dnsQueries: v.tuple([]),
  metrics: v.tuple([]),
  // Strict, as for `flows`: null is not a valid options object.
  guestExec: v.union([
    v.strictTuple([words]),
    v.tuple([
      words,
      v.looseObject({
        stdin: v.optional(v.string()),
        timeoutMs: v.optional(count),
        encoding: v.optional(v.picklist(['utf8', 'base64'])),
      }),
    ]),
  ]),
  guestTime: v.tuple([]),
  setGuestTime: v.tuple([]),
  guestReadFile: v.tuple([path]),
  guestReadFiles: v.tuple([v.array(path)]),
  guestWriteFile: v.union([v.strictTuple([path, v.string()]), v.tuple([path, v.string(), count])]),
  waitEngine: v.tuple([v.looseObject({ deadlineMs: count })]),
  shutdown: v.tuple([v.looseObject({ vm: v.picklist(['stop', 'keep']) })]),
}

/** Throws `supervisor/bad-request` with the name of the invalid argument. */
export function checkArguments(call: Call, args: readonly unknown[]): void {
  const result = v.safeParse(schemas[call], args)
  if (result.success) return
  const [issue] = result.issues
  const at = v.getDotPath(issue)
  const where = at === null ? '' : `argument ${at}: `
  throw new DesktopError('supervisor/bad-request', `${call}: ${where}${issue.message}`)
}
