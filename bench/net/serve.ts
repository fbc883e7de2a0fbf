/**
 * The forwarder in a separate process, so that its CPU time and memory can be measured:
 *
 *   node bench/net/serve.ts --link SOCKET --mtu 1500 [--map tcp:18080:80 …] [--upstream ADDRESS:PORT] [--subnet6 CIDR]
 *     [--egress JSON]
 *
 * Messages from the parent: `counters`, `collect` (garbage), or `map:N` (N more mappings in one call).
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { PortMapping } from '../../src/config/desired.ts'
import { defaultDns } from '../../src/net/forwarder-settings.ts'
import { standaloneNetwork } from '../../src/net/network.ts'
import { startStandalone } from '../../src/net/standalone.ts'

const { values } = parseArgs({
  options: {
    link: { type: 'string' },
    mtu: { type: 'string', default: '1500' },
    map: { type: 'string', multiple: true, default: [] },
    upstream: { type: 'string' },
    subnet6: { type: 'string' },
    egress: { type: 'string' },
  },
})

const subnet = '192.168.65.0/24'
const mtu = Number(values.mtu)
const guest = standaloneNetwork(subnet, mtu).address

function mapping(protocol: 'tcp' | 'udp', hostPort: number, guestPort: number): PortMapping {
  const listen = { kind: 'inet', address: '127.0.0.1', port: hostPort } as const
  return { id: `${protocol}-${hostPort}`, protocol, listen, guest: { address: guest, port: guestPort } }
}

const mappings = values.map.map((text) => {
  const [protocol, hostPort, guestPort] = text.split(':')
  return mapping(protocol === 'udp' ? 'udp' : 'tcp', Number(hostPort), Number(guestPort))
})

const standalone = await startStandalone({
  network: standaloneNetwork(subnet, mtu, values.subnet6),
  listenQemu: [values.link!],
  ...(values.egress !== undefined && { egress: JSON.parse(values.egress) }),
})
const { forwarder } = standalone
if (values.upstream !== undefined) {
  const hosts = { 'static.example': '10.9.8.7' }
  forwarder.setDns({ ...defaultDns, hosts, upstreams: [values.upstream] })
}
for (const state of await forwarder.setPorts('config', mappings)) {
  if (state.state !== 'listening') throw new Error(state.error)
}

async function answer(question: string): Promise<unknown> {
  if (question === 'counters') return forwarder.counters()
  if (question === 'collect') return collect()
  if (!question.startsWith('map:')) return undefined
  const count = Number(question.slice(4))
  const more = Array.from({ length: count }, (_, i) => mapping('tcp', 20_000 + i, 80))
  const before = performance.now()
  const states = await forwarder.setPorts('publish', more)
  const ms = performance.now() - before
  return { ms, listening: states.filter(({ state }) => state === 'listening').length }
}

/** Memory in use by JavaScript's heap and by buffers, in megabytes. */
function collect(): { heap: number; buffers: number } {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed / 2 ** 20, buffers: arrayBuffers / 2 ** 20 }
}

process.on('message', (question: string) => {
  void answer(question).then((value) => process.send?.({ question, value }))
})
process.send?.('ready')
// A killed parent sends no message.
for (const event of ['SIGTERM', 'disconnect'] as const)
  process.once(event, () => void standalone[Symbol.asyncDispose]().then(() => process.exit()))
