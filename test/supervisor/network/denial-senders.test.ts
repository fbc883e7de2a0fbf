/** A denial names the container behind the VM's address, however many there are and whatever the guest says. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ContainerSummary } from '../../../src/engine/replies.ts'
import type { DenialView } from '../../../src/net/egress/denials.ts'
import { DenialSenders } from '../../../src/supervisor/network/denial-senders.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const container = (name: string, address: string): ContainerSummary => ({
  ...{ Id: name, Names: [`/${name}`], Ports: [], State: 'running' },
  NetworkSettings: { Networks: { bridge: { IPAddress: address } } },
})

const line = (protocol: string, from: string, to: string, port: number, natPort: number): string =>
  `ipv4     2 ${protocol.padEnd(8)} 6 9 CLOSE src=${from} dst=${to} sport=40000 dport=${port} [UNREPLIED] ` +
  `src=${to} dst=192.168.65.3 sport=${port} dport=${natPort} mark=0 zone=0 use=2`

const table = [
  line('tcp', '172.17.0.2', '10.0.0.1', 22, 40_001),
  line('tcp', '172.17.0.3', '10.0.0.2', 22, 40_002),
  line('tcp', '172.17.0.2', '10.0.0.2', 80, 40_003),
  line('tcp', '192.168.65.3', '10.0.0.4', 22, 40_004),
  line('tcp', '172.17.0.5', '10.0.0.5', 22, 40_005),
  line('udp', '172.17.0.2', '192.168.65.1', 53, 5001),
  line('udp', '172.17.0.3', '192.168.65.1', 53, 5002),
  'ipv4 2 icmp 1 29 src=172.17.0.3 dst=10.0.0.1 type=8 code=0 id=7 [UNREPLIED] src=10.0.0.1 dst=192.168.65.3 type=0 code=0 id=7',
].join('\n')

const ids = { last: 0 }
function nextId(): number {
  ids.last += 1
  return ids.last
}
const denial = (about: Partial<DenialView>): DenialView => ({
  ...{
    id: nextId(),
    rule: 'default deny',
    at: 'send',
    protocol: 'tcp',
    guest: '192.168.65.3',
    senders: [],
  },
  ...{ name: null, address: '10.0.0.1', port: 22, count: 1, idleMs: 0, ...about },
})

function follow(readTable: () => Promise<string> = async () => table) {
  const named: [number, string][] = []
  const told: DenialView[] = []
  let reads = 0
  const senders = new DenialSenders({
    readTable: () => {
      reads += 1
      return readTable()
    },
    containers: async () => [container('web', '172.17.0.2'), container('db', '172.17.0.3')],
    vmAddresses: () => ['192.168.65.3'],
    name: (id, sender) => named.push([id, sender]),
    onNew: (one) => told.push(one),
    buildAddresses: async () => ['172.17.0.5'],
  })
  return { senders, named, told, reads: () => reads }
}

test.each([
  ['a connection', denial({}), undefined, ['web']],
  ['a connection to the same port elsewhere', denial({ address: '10.0.0.2' }), undefined, ['db']],
  ['a connection of the VM itself', denial({ address: '10.0.0.4' }), undefined, ['VM']],
  ['a connection of a build step', denial({ address: '10.0.0.5' }), undefined, ['docker build']],
  ['a name', denial({ protocol: 'dns', at: 'dns', address: null, port: null }), 5002, ['db']],
  ['a ping', denial({ protocol: 'icmp', port: null }), undefined, ['db']],
  ['a routed container', denial({ guest: '172.17.0.2' }), undefined, ['web']],
  ['a routed address that no container has', denial({ guest: '172.17.0.9' }), undefined, ['172.17.0.9']],
  ['what the table has not', denial({ address: '10.9.9.9' }), undefined, []],
  ['a name whose port is not known', denial({ protocol: 'dns', address: null, port: null }), undefined, []],
] as const)('%s has its sender', async (_what, one, guestPort, expected) => {
  const { senders, named, told } = follow()
  senders.note(one, guestPort)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toEqual([{ ...one, senders: expected }])
  expect(named).toEqual(expected.map((name) => [one.id, name]))
  senders[Symbol.dispose]()
})

test('a container whose start the engine has not reported yet is waited for', async () => {
  let lists = 0
  const told: DenialView[] = []
  const senders = new DenialSenders({
    readTable: async () => table,
    containers: async () => {
      lists += 1
      return lists < 4 ? [] : [container('web', '172.17.0.2')]
    },
    vmAddresses: () => ['192.168.65.3'],
    name: () => {},
    onNew: (one) => told.push(one),
    buildAddresses: async () => {
      throw new Error('no bridge')
    },
  })
  senders.note(denial({}), undefined)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toMatchObject([{ senders: ['web'] }])
  senders[Symbol.dispose]()
})

test('a repeated denial is looked up again, and logged once', async () => {
  const { senders, named, told } = follow()
  const one = denial({})
  senders.note(one, undefined)
  await vi.advanceTimersByTimeAsync(2_000)
  senders.note({ ...one, count: 2 }, undefined)
  await vi.advanceTimersByTimeAsync(5_000)
  expect([told.length, named.length]).toEqual([1, 2])
})

test('a connection that is refused right after a reading is found by the next one, before it leaves the table', async () => {
  const { senders, told } = follow(async () => {
    await vi.advanceTimersByTimeAsync(3_000)
    return table
  })
  senders.note(denial({ protocol: 'icmp', port: null }), undefined)
  await vi.advanceTimersByTimeAsync(5_000)
  senders.note(denial({}), undefined)
  await vi.advanceTimersByTimeAsync(9_900)
  expect(told).toMatchObject([{ senders: ['db'] }, { senders: ['web'] }])
  senders[Symbol.dispose]()
})

test('a thousand denials a second cost one reading in two seconds, and each is logged', async () => {
  const { senders, told, reads } = follow()
  for (let second = 0; second < 10; second += 1) {
    for (let i = 0; i < 1_000; i += 1) senders.note(denial({}), undefined)
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(reads()).toBeLessThanOrEqual(6)
  senders[Symbol.dispose]()
  expect(told).toHaveLength(10_000)
})

test.each([
  ['no agent', () => Promise.reject(new Error('no agent'))],
  ['no table', async () => ''],
  ['a table of something else', async () => `${'x'.repeat(1_000)}\n`.repeat(10_000)],
  ['lines that end early', async () => table.replaceAll('dst=192', '')],
  [
    'an opener that is a command for the terminal',
    async () => table.replaceAll('src=172.17.0.2', 'src=\u001b]0;x\u0007'),
  ],
  ['numbers that are none', async () => table.replaceAll(/port=\d+/g, 'port=999999999999999999999')],
])('with %s a denial is logged without a sender', async (what, readTable) => {
  const { senders, told } = follow(readTable)
  senders.note(denial(what.startsWith('an opener') ? {} : { port: 443 }), undefined)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toMatchObject([{ senders: [] }])
})
