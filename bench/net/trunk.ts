/**
 * Throughput between two machines: each guest is Linux's own TCP behind a tap, with a forwarder in its own process, and
 * the two forwarders are connected by a trunk, as between supervisors: a unix socket on one host, and the same forwarded
 * by ssh as between hosts, with the cipher that desktop asks for and with ssh's own. Ratios are to what the same guest
 * sends to the host in the same run. Needs root, a C compiler, iperf3, ssh and sshd.
 *
 *   node bench/net/trunk.ts [--runs 5] [--seconds 2] [--mtu 1500,9000,65520] [--streams 1,4] [--out net-trunk]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { cipherOptions } from '../../src/host/ssh/cipher.ts'
import { again, numbers, port, serve } from './iperf.ts'
import { cpuSeconds, summary, until, writeResult } from './measure.ts'
import { addNamespace, endAll, Tools } from './testbed.ts'
import { output, started, workspace } from './workspace.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    mtu: { type: 'string', default: '1500,9000,65520' },
    streams: { type: 'string', default: '1,4' },
    out: { type: 'string', default: 'net-trunk' },
  },
})

interface Machine {
  namespace: string
  address: string
  mac: string
  link: string
}

const machineOf = (index: number): Machine => ({
  namespace: `bench-trunk${index}-${process.pid}`,
  address: `192.168.65.${2 + index}`,
  mac: `02:50:c0:a8:41:0${2 + index}`,
  link: join(workspace(), `link${index}.sock`),
})
const [first, second] = [machineOf(1), machineOf(2)]
const hostAddress = '192.168.65.254'
const paths = ['to host', 'trunk', 'trunk over ssh', "trunk over ssh, ssh's cipher"] as const
type Path = (typeof paths)[number]

interface Sample {
  gigabitsPerSecond: number
  /** Of both forwarders; without ssh. */
  cpuSecondsPerGigabyte: number
}

function start(children: ChildProcess[], program: string, args: readonly string[]): ChildProcess {
  const child = started(spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }))
  children.push(child)
  return child
}

async function startForwarder(
  children: ChildProcess[],
  mtu: number,
  [own, other]: readonly [Machine, Machine],
  trunk: readonly string[],
): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'serve-machine.ts')
  const args = ['--link', own.link, '--mtu', `${mtu}`, '--address', own.address, '--mac', own.mac]
  const peer = ['--peer', `${other.address}=${other.mac}`]
  const child = start(children, process.execPath, [program, ...args, ...peer, ...trunk])
  await once(child, 'message')
  return child
}

async function startGuest(
  children: ChildProcess[],
  { namespace, address, mac, link }: Machine,
  mtu: number,
): Promise<void> {
  const bridge = start(children, 'ip', ['netns', 'exec', namespace, tools.path('tap-bridge'), 'tap0', link])
  await once(bridge.stderr!, 'data')
  await $`ip -n ${namespace} link set tap0 address ${mac} mtu ${mtu} txqueuelen 10000 up`
  await $`ip -n ${namespace} addr add ${address}/24 dev tap0`
}

/** A socket here that leads, by ssh to an sshd of its own, to `target`. */
async function overSsh(children: ChildProcess[], target: string, cipher: readonly string[]): Promise<string> {
  const [hostKey, key, here] = ['host-key', 'key', 'ssh.sock'].map((name) => join(workspace(), name)) as [
    string,
    string,
    string,
  ]
  for (const path of [hostKey, key]) {
    if (!existsSync(path)) await $`ssh-keygen -q -t ed25519 -N ${''} -f ${path}`
  }
  await $`mkdir -p /run/sshd && rm -f ${here}`
  const sshPort = `${await freePort()}`
  const settings = ['UsePAM=no', 'StrictModes=no', 'PidFile=none', `AuthorizedKeysFile=${key}.pub`]
  const serverArgs = ['-D', '-f', '/dev/null', '-h', hostKey, '-o', `Port=${sshPort}`]
  const listen = ['-o', 'ListenAddress=127.0.0.1', ...settings.flatMap((setting) => ['-o', setting])]
  start(children, '/usr/sbin/sshd', [...serverArgs, ...listen])
  const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'ExitOnForwardFailure=yes']
  const forward = ['-F', '/dev/null', '-N', '-i', key, '-L', `${here}:${target}`, '-p', sshPort]
  await again(async () => {
    const client = start(children, 'ssh', [
      ...options.flatMap((option) => ['-o', option]),
      ...cipher,
      ...forward,
      '127.0.0.1',
    ])
    await until(() => existsSync(here) || client.exitCode !== null, 'ssh to listen')
    if (client.exitCode !== null) throw new Error(`ssh exits with ${client.exitCode}`)
  })
  return here
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** All numbers of streams, once. */
async function measure(path: Path, mtu: number): Promise<Map<number, Sample>> {
  const children: ChildProcess[] = []
  const trunk = join(workspace(), 'trunk.sock')
  for (const { namespace } of [first, second]) addNamespace(namespace)
  try {
    const one = await startForwarder(children, mtu, [first, second], ['--listen', trunk])
    const ciphers = { 'trunk over ssh': preferred, "trunk over ssh, ssh's cipher": [] }
    const to = path in ciphers ? await overSsh(children, trunk, ciphers[path as keyof typeof ciphers]) : trunk
    const two = await startForwarder(children, mtu, [second, first], ['--connect', to])
    for (const machine of [first, second]) await startGuest(children, machine, mtu)
    const isToHost = path === 'to host'
    if (isToHost) start(children, serve(port)[0]!, serve(port).slice(1))
    else start(children, 'ip', ['netns', 'exec', second.namespace, ...serve(port)])
    const target = isToHost ? hostAddress : second.address
    const run = async (streams: number, seconds: string): Promise<Sample> => {
      const cpu = (): number => cpuSeconds(one.pid!) + cpuSeconds(two.pid!)
      const before = cpu()
      const load = ['-c', target, '-p', `${port}`, '-t', seconds, '-P', `${streams}`, '-J']
      const limit = ['timeout', `${Number(seconds) + 10}`]
      const text = await output('ip', 'netns', 'exec', first.namespace, ...limit, 'iperf3', ...load)
      const { bits_per_second, bytes } = JSON.parse(text).end.sum_received
      return {
        gigabitsPerSecond: bits_per_second / 1e9,
        cpuSecondsPerGigabyte: ((cpu() - before) * 1e9) / bytes,
      }
    }
    await again(() => run(1, '1'))
    const samples = new Map<number, Sample>()
    for (const streams of numbers(values.streams)) {
      samples.set(streams, await again(() => run(streams, values.seconds)))
    }
    return samples
  } finally {
    await endAll(children)
    for (const { namespace, link } of [first, second]) {
      await $`ip netns del ${namespace}`
      await $`rm -f ${link} ${trunk}`
    }
  }
}

const tools = new Tools()
const preferred = await cipherOptions({ host: '127.0.0.1' }, AbortSignal.timeout(20_000))
if (preferred.length === 0) throw new Error('desktop leaves the cipher to ssh on this host')
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  const runs: Map<Path, Map<number, Sample>>[] = []
  for (let count = 0; count < Number(values.runs); count += 1) {
    const run = new Map<Path, Map<number, Sample>>()
    for (const path of paths) run.set(path, await measure(path, mtu))
    runs.push(run)
  }
  for (const streams of numbers(values.streams)) {
    const of = (path: Path): Sample[] => runs.map((run) => run.get(path)!.get(streams)!)
    for (const path of paths) {
      const speeds = of(path).map(({ gigabitsPerSecond }) => gigabitsPerSecond)
      const ratios = of('to host').map(({ gigabitsPerSecond }, i) => speeds[i]! / gigabitsPerSecond)
      const costs = of(path).map(({ cpuSecondsPerGigabyte }) => cpuSecondsPerGigabyte)
      const row = { gigabitsPerSecond: summary(speeds), cpuSecondsPerGigabyte: summary(costs) }
      rows.push({ mtu, streams, path, ...row, ratioToHost: summary(ratios) })
      console.log(
        [mtu, streams, path, summary(speeds).median, summary(costs).median, summary(ratios).median].join(
          '\t',
        ),
      )
    }
  }
  writeResult(values.out, { ...values, rows })
}
