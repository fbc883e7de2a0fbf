/**
 * Cost of many concurrent flows: memory and descriptors with 10,000 connections and after they close, memory
 * a minute after 100,000 short ones, a thousand mappings in one call, a good dial among 10,000 to
 * unresponsive addresses, and a flow's throughput next to one that is not read. Needs root, a C compiler,
 * iperf3 and passt.
 *
 *   node bench/net/flows.ts [--runs 5] [--flows 10000] [--short 100000] [--dials 10000] [--mappings 1000]
 *                           [--only held,mappings,…]
 *
 * Unresponsive addresses are routed to a dedicated network namespace, which drops all packets.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { blackHoleAddress, manyBlackHoles, manyLiving, openBlackHole } from './black-hole.ts'
import { descriptors, memory, summary, writeResult } from './measure.ts'
import { desktop, type Peer, passt } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    flows: { type: 'string', default: '10000' },
    dials: { type: 'string', default: '10000' },
    mappings: { type: 'string', default: '1000' },
    short: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'held,short,mappings,dials,dials-over-many,slow' },
  },
})
const port = 5498
const mtu = 1500

type Sample = Record<string, number>

async function line(child: ChildProcess): Promise<Record<string, number>> {
  const [text] = await once(child.stdout!, 'data')
  return JSON.parse(String(text))
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.stdin!.end()
  await ended
}

const seen = (pid: number) => ({ megabytes: memory(pid).megabytes, descriptors: descriptors(pid) })

async function inUse(testbed: Testbed): Promise<{ heap: number; buffers: number }> {
  if (testbed.peer.name !== 'desktop') return { heap: 0, buffers: 0 }
  return (await testbed.ask('collect')) as { heap: number; buffers: number }
}

/** Connections from the guest, a byte each way over each, held open for a while, then closed. */
async function held(tools: Tools, peer: Peer): Promise<Sample> {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  const load = tools.path('load')
  testbed.startOutside([load, 'serve', `${port}`])
  await testbed.inside('sysctl', '-qw', 'net.ipv4.ip_local_port_range=2048 65535')
  // Warm-up, so that code loaded and compiled on first use is part of the baseline.
  const hold = async (flows: number) => {
    const command = [load, 'hold', peer.host, `${port}`, `${flows}`]
    const child = testbed.startInside(command, { stdio: ['pipe', 'pipe', 'inherit'] })
    const { ready, ms } = await line(child)
    return { child, ready: ready ?? 0, openMs: ms ?? 0 }
  }
  const warmUp = await hold(100)
  await end(warmUp.child)
  await delay(1000)
  const inUseBefore = await inUse(testbed)
  const before = seen(testbed.pid)
  const { child, ready, openMs } = await hold(Number(values.flows))
  await delay(500)
  const during = seen(testbed.pid)
  await end(child)
  await delay(4000)
  const after = seen(testbed.pid)
  const inUseAfter = await inUse(testbed)
  return {
    flows: ready,
    openMs,
    megabytesBefore: before.megabytes,
    megabytesHeld: during.megabytes,
    megabytesAfter: after.megabytes,
    // Memory in use by JavaScript, without free memory in its allocators; 0 for other peers.
    heapBefore: inUseBefore.heap,
    heapAfter: inUseAfter.heap,
    buffersBefore: inUseBefore.buffers,
    buffersAfter: inUseAfter.buffers,
    descriptorsBefore: before.descriptors,
    descriptorsHeld: during.descriptors,
    descriptorsAfter: after.descriptors,
  }
}

/** Memory after many short connections, a thousand at a time, and a minute later. */
async function short(tools: Tools, peer: Peer): Promise<Sample> {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  const load = tools.path('load')
  testbed.startOutside([load, 'serve', `${port}`])
  await testbed.inside('sysctl', '-qw', 'net.ipv4.ip_local_port_range=2048 65535')
  const open = async (flows: number) => {
    const command = [load, 'hold', peer.host, `${port}`, `${flows}`]
    const child = testbed.startInside(command, { stdio: ['pipe', 'pipe', 'inherit'] })
    await line(child)
    await end(child)
  }
  await open(100)
  await delay(4000)
  const before = seen(testbed.pid)
  const startMs = performance.now()
  for (let left = Number(values.short); left > 0; left -= 1000) await open(Math.min(left, 1000))
  const ms = performance.now() - startMs
  const loaded = seen(testbed.pid)
  await delay(60_000)
  const after = seen(testbed.pid)
  return {
    ms,
    megabytesBefore: before.megabytes,
    megabytesLoaded: loaded.megabytes,
    megabytesAfter: after.megabytes,
    ratioToBefore: after.megabytes / before.megabytes,
  }
}

async function mappings(tools: Tools, peer: Peer): Promise<Sample> {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  const { ms, listening } = (await testbed.ask(`map:${values.mappings}`)) as { ms: number; listening: number }
  if (listening !== Number(values.mappings)) throw new Error(`only ${listening} listen`)
  return { mappings: listening, ms }
}

/**
 * Duration of a good dial alone, while the others are being started, and while all of them are pending: to a
 * destination that responded before and, while the others are being started, to a new one each time.
 */
async function dials(tools: Tools, peer: Peer, flood: readonly string[]): Promise<Sample> {
  using hole = openBlackHole()
  await using testbed = await Testbed.open(tools, peer, { mtu })
  const load = tools.path('load')
  const serve = [load, 'serve', `${port}`]
  for (const where of [[], ['ip', 'netns', 'exec', hole.namespace]]) {
    testbed.startOutside([...where, ...serve], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  await testbed.inside('sysctl', '-qw', 'net.ipv4.ip_local_port_range=2048 65535', 'net.ipv4.tcp_tw_reuse=1')
  const good = async (ms: number, ...to: string[]) =>
    JSON.parse(
      await testbed.inside(load, 'connect', to[0] ?? peer.host, `${port}`, `${ms}`, '1', to[1] ?? '1'),
    )
  await good(300)
  const alone = await good(500)
  const child = testbed.startInside([load, 'dial', ...flood], { stdio: ['pipe', 'pipe', 'inherit'] })
  const started = line(child)
  const [during, fresh] = await Promise.all([good(1500), good(1500, manyLiving, '20000')])
  await started
  const among = await good(1500)
  const sample = {
    dials: Number(values.dials),
    aloneP50Ms: alone.p50 / 1000,
    amongP50Ms: among.p50 / 1000,
    amongMaxMs: among.max / 1000,
    duringMaxMs: during.max / 1000,
    duringFreshMaxMs: fresh.max / 1000,
    failed: [during, fresh, among].reduce((sum, { failed, unfinished }) => sum + failed + unfinished, 0),
    ...seen(testbed.pid),
  }
  await end(child)
  return sample
}

const toOne = [blackHoleAddress, '1', values.dials, '1']
const toMany = [manyBlackHoles, '1', values.dials, values.dials]

/**
 * Throughput of a flow to the host alone, next to a flow that the host does not read, and next to one that
 * the guest does not read.
 */
async function slow(tools: Tools, peer: Peer): Promise<Sample> {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  testbed.startOutside(['iperf3', '-s', '-p', `${port + 1}`])
  const run = async (): Promise<number> => {
    const command = ['iperf3', '-c', peer.host, '-p', `${port + 1}`, '-t', '2', '-J']
    return JSON.parse(await testbed.inside(...command)).end.sum_received.bits_per_second / 1e9
  }
  await run()
  const alone = [await run()]
  const sockets: Socket[] = []
  const dead = createServer((socket) => {
    sockets.push(socket.on('error', () => {}).pause())
    // One direction is stuck at this end, the other at the guest, which reads nothing either.
    socket.write(Buffer.alloc(32 << 20))
  })
  dead.listen(port + 2, '127.0.0.1')
  await once(dead, 'listening')
  const stuck = `import socket,time
for i in range(8):
    s = socket.create_connection(('${peer.host}', ${port + 2})); s.setblocking(False)
    globals()['s%d' % i] = s
    try:
        while True: s.send(b'x' * 65536)
    except BlockingIOError: pass
print('stuck', flush=True); time.sleep(60)`
  const child = testbed.startInside(['python3', '-c', stuck], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  await delay(500)
  const beside = await run()
  child.kill()
  for (const socket of sockets) socket.destroy()
  dead.close()
  await delay(200)
  // Measured before and after, because the host's speed drifts.
  alone.push(await run())
  const usual = (alone[0]! + alone[1]!) / 2
  return {
    aloneGigabitsPerSecond: usual,
    besideStuckGigabitsPerSecond: beside,
    lossPercent: 100 * (1 - beside / usual),
  }
}

type Measure = (tools: Tools, peer: Peer) => Promise<Sample>

/** Measurements, and the peers that each is run with. */
const measurements: readonly [string, Measure, readonly Peer[]][] = [
  ['mappings', mappings, [desktop()]],
  ['held', held, [desktop(), passt]],
  ['short', short, [desktop()]],
  ['dials', (tools, peer) => dials(tools, peer, toOne), [desktop(), passt]],
  ['dials-over-many', (tools, peer) => dials(tools, peer, toMany), [desktop(), passt]],
  ['slow', slow, [desktop(), passt]],
]

const tools = new Tools('load')
const only = values.only.split(',')
for (const [name, measure, peers] of measurements.filter(([known]) => only.includes(known))) {
  const samples = peers.map((peer): [Peer, Sample[]] => [peer, []])
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const [peer, list] of samples) list.push(await measure(tools, peer))
  }
  const rows = samples.map(([peer, list]) => {
    const fields = Object.keys(list[0]!)
    const row = Object.fromEntries(fields.map((field) => [field, summary(list.map((one) => one[field]!))]))
    const medians = Object.entries(row).map(
      ([field, { median, min, max }]) => `${field} ${median} (${min}-${max})`,
    )
    console.log(`${name}\t${peer.name}\t${medians.join('  ')}`)
    return { peer: peer.name, ...row }
  })
  writeResult(`net-flows-${name}`, { runs: values.runs, rows })
}
