/**
 * A forwarder in a separate process, configured as by `desktop forward`, that reports its resource usage.
 * Arguments: the sockets of its link and of its API. The parent sends requests as messages.
 */
import { readdirSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { PortMapping } from '../../../src/config/desired.ts'
import { defaultDns } from '../../../src/net/forwarder-settings.ts'
import { standaloneNetwork } from '../../../src/net/network.ts'
import { startStandalone } from '../../../src/net/standalone.ts'
import { blockBytes, packetMemory } from '../../../src/net/storage/packet-memory.ts'

/** Memory and descriptors in use after garbage collection. */
export interface Held {
  /** Bytes of the JavaScript heap, of buffers, and of allocated packet memory. */
  heap: number
  buffers: number
  packets: number
  descriptors: number
  flows: number
}

export type Question =
  | { ask: 'held' }
  | { ask: 'flows' }
  | { ask: 'later'; ms: number }
  | { ask: 'map'; count: number }

const [link = '', api = ''] = process.argv.slice(2)

/** The clock of this process is accelerated, and can be advanced by request. */
const pace = 10
const now = performance.now.bind(performance)
let aheadMs = 0
performance.now = () => now() * pace + aheadMs
const slowTimeout = setTimeout
globalThis.setTimeout = ((run: () => void, ms = 0) => slowTimeout(run, ms / pace)) as typeof setTimeout

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const network = standaloneNetwork('192.168.65.0/24', 1500)
const { forwarder } = await startStandalone({ network, listenQemu: [link], listenApi: [api] })
forwarder.setDns({ ...defaultDns, hosts: { 'static.example': '10.9.8.7' }, upstreams: [] })

async function held(): Promise<Held> {
  // Objects released in one pass, for example by callbacks, are collected in the next.
  for (let i = 0; i < 3; i += 1) {
    gc()
    await turn()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const descriptors = readdirSync('/proc/self/fd').length
  const flows = forwarder.flows().length
  return { heap: heapUsed, buffers: arrayBuffers, packets: lentPackets(), descriptors, flows }
}

/** Takes all free blocks and returns them. */
function lentPackets(): number {
  const free: Uint8Array[] = []
  for (
    let block = packetMemory.take(blockBytes);
    block !== undefined;
    block = packetMemory.take(blockBytes)
  ) {
    free.push(block)
  }
  for (const block of free) packetMemory.give(block)
  return packetMemory.bytes.length - free.length * blockBytes
}

async function map(count: number): Promise<number> {
  const mappings = Array.from({ length: count }, (_, i): PortMapping => {
    const listen = { kind: 'inet', address: '127.0.0.1', port: 20_000 + (i >> 1) } as const
    const guest = { address: network.address, port: 80 }
    return { id: `m${i}`, protocol: i % 2 === 0 ? 'tcp' : 'udp', listen, guest }
  })
  const states = await forwarder.setPorts('config', mappings)
  return states.filter(({ state }) => state === 'listening').length
}

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'held':
      return await held()
    case 'flows':
      return forwarder.flows().length
    case 'later':
      aheadMs += question.ms
      return undefined
    default:
      return await map(question.count)
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((value) => process.send!({ value }))
})
process.on('disconnect', () => process.exit())
process.send!({ value: 'ready' })
