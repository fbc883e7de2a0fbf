/** Published ports with a guest's relay by hand: what it says, and what the host then has open. */
import { Duplex, duplexPair } from 'node:stream'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { PortMapping } from '../../../src/config/desired.ts'
import { maxPublished } from '../../../src/engine/published.ts'
import { until } from '../../../src/host/until.ts'
import { Published } from '../../../src/supervisor/network/published.ts'

const rules = { bind: '127.0.0.1', guestAddress: '192.168.65.3', hasIpv6: true, routesIpv6: false }

class Guest {
  readonly open = new Map<string, PortMapping>()
  /** Listeners that the host cannot have, with the system's reason. */
  readonly taken = new Map<string, string>()
  readonly answers: string[] = []
  dials = 0
  #stream: Duplex = new Duplex()
  readonly published: Published

  constructor() {
    this.published = new Published({
      dial: async () => {
        this.dials += 1
        const [host, guest] = duplexPair()
        this.#stream = guest
        guest
          .on('error', () => {})
          .on('data', (chunk) => this.answers.push(...String(chunk).trim().split('\n')))
        return host
      },
      add: async (mapping) => {
        const code = this.taken.get(mapping.id)
        if (code === undefined) this.open.set(mapping.id, mapping)
        const state = code === undefined ? 'listening' : 'failed'
        return { ...mapping, owner: 'publish', state, flows: 0, error: `${mapping.id}: ${code}`, code }
      },
      remove: async ({ id }) => void this.open.delete(id),
      onAsks: () => {},
      log: pino({ enabled: false }),
    })
    onTestFinished(() => this.published.stop())
  }

  static async start(): Promise<Guest> {
    const guest = new Guest()
    await guest.published.setRules(rules)
    guest.published.start()
    await until(async () => guest.dials > 0, { deadlineMs: 2_000 })
    guest.says('asks yes', 'synced')
    await guest.published.ready(2_000)
    return guest
  }

  says(...lines: string[]): void {
    this.#stream.write(lines.map((line) => `${line}\n`).join(''))
  }

  drop(): void {
    this.#stream.destroy()
  }

  answer(id: number): Promise<string> {
    return until(async () => this.answers.find((line) => line.startsWith(`${id} `)), { deadlineMs: 2_000 })
  }

  get ids(): string[] {
    return [...this.open.keys()].sort()
  }
}

test('a port on all addresses is open on both loopbacks before its answer, and closed when both programs ended', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp 0.0.0.0 8080 172.17.0.2 80 here', 'open 6 tcp :: 8080 172.17.0.2 80 here')
  expect(await guest.answer(6)).toBe('6 ok')
  expect(guest.ids).toEqual(['tcp/127.0.0.1:8080', 'tcp/::1:8080'])
  guest.says('close 5')
  guest.says('open 7 udp 127.0.0.1 53 172.17.0.2 53 here')
  await guest.answer(7)
  expect(guest.ids).toContain('tcp/127.0.0.1:8080')
  guest.says('close 6', 'close 7')
  await until(async () => guest.open.size === 0, { deadlineMs: 2_000 })
})

test('a port of one loopback address leads to the container, and one of the host is opened where it was asked for', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp 127.0.0.2 81 172.17.0.2 80 here', 'open 6 tcp 10.9.8.7 82 172.17.0.2 80 elsewhere')
  await guest.answer(6)
  expect(guest.open.get('tcp/127.0.0.2:81')?.guest).toEqual({ address: '172.17.0.2', port: 80 })
  expect(guest.ids).toContain('tcp/10.9.8.7:82')
})

test('a port that is taken is refused in the words of Docker Desktop, and nothing of it stays open', async () => {
  const guest = await Guest.start()
  guest.taken.set('tcp/::1:9100', 'EADDRINUSE')
  guest.says('open 5 tcp 0.0.0.0 9100 172.17.0.2 80 here')
  expect(await guest.answer(5)).toContain(
    'no ports are not available: exposing port TCP 0.0.0.0:9100 -> 127.0.0.1:0: listen tcp 0.0.0.0:9100: bind: address already in use',
  )
  expect(guest.ids).toEqual([])
})

test('a container with both families keeps its port until both programs ended; a new one takes it over at once', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp 0.0.0.0 80 172.17.0.2 80 here', 'open 6 tcp :: 80 fd00::2 80 here')
  await guest.answer(6)
  expect(guest.open.get('tcp/::1:80')?.guest.address).toBe('172.17.0.2')
  guest.says('open 7 tcp 0.0.0.0 80 172.17.0.9 80 here')
  await guest.answer(7)
  expect(guest.open.get('tcp/127.0.0.1:80')?.guest.address).toBe('172.17.0.9')
})

test('a port that leads to an IPv6 address which the host does not reach is refused', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp ::1 81 fd00::2 80 here', 'open 6 tcp :: 82 fd00::2 80 here')
  for (const id of [5, 6]) expect(await guest.answer(id)).toContain('set `network: { ipv6: true }`')
  expect(guest.ids).toEqual([])
  await guest.published.setRules({ ...rules, routesIpv6: true })
  guest.says('open 7 tcp ::1 81 fd00::2 80 here')
  expect(await guest.answer(7)).toBe('7 ok')
})

test('ports that are announced again lead to IPv4, in whatever order', async () => {
  const guest = await Guest.start()
  guest.drop()
  await until(async () => guest.dials === 2, { deadlineMs: 2_000 })
  guest.says('open 6 tcp :: 80 fd00::2 80 here', 'open 5 tcp 0.0.0.0 80 172.17.0.2 80 here', 'synced')
  await guest.answer(5)
  expect(guest.open.get('tcp/::1:80')?.guest.address).toBe('172.17.0.2')
})

test('SCTP is refused and said', async () => {
  const guest = await Guest.start()
  guest.says('open 5 sctp 0.0.0.0 9005 172.17.0.2 80 here')
  expect(await guest.answer(5)).toContain('SCTP is not forwarded')
})

test('a broken connection leaves ports open; those that the next one does not repeat are closed', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp 127.0.0.1 81 172.17.0.2 80 here', 'open 6 tcp 127.0.0.1 82 172.17.0.3 80 here')
  await guest.answer(6)
  guest.drop()
  await until(async () => guest.dials === 2, { deadlineMs: 2_000 })
  expect(guest.ids).toHaveLength(2)
  guest.says('asks yes', 'open 6 tcp 127.0.0.1 82 172.17.0.3 80 here', 'synced')
  await until(async () => guest.open.size === 1, { deadlineMs: 2_000 })
  expect(guest.ids).toEqual(['tcp/127.0.0.1:82'])
})

test('a container that runs already keeps a port that is taken now, so that it is tried again', async () => {
  const guest = await Guest.start()
  guest.drop()
  await until(async () => guest.dials === 2, { deadlineMs: 2_000 })
  guest.taken.set('tcp/127.0.0.1:81', 'EADDRINUSE')
  guest.says('open 5 tcp 127.0.0.1 81 172.17.0.2 80 here', 'synced')
  expect(await guest.answer(5)).toBe('5 ok')
})

test('a guest that asks for more ports than there may be is refused the rest', async () => {
  const guest = await Guest.start()
  for (let i = 1; i <= maxPublished + 5; i += 1) guest.says(`open ${i} tcp 127.0.0.1 ${i} 172.17.0.2 80 here`)
  expect(await guest.answer(maxPublished + 5)).toContain('no ports are not available')
  expect(guest.open.size).toBe(maxPublished)
})

test.each(['x\n', `${'a'.repeat(600)}`, 'open 1 tcp 0.0.0.0 99999 172.17.0.2 80 here\n', '\0\0\n'])(
  'a guest that does not speak the protocol (%j) loses its connection and is dialled again later',
  async (text) => {
    const guest = await Guest.start()
    guest.says(text)
    await until(async () => guest.dials === 2, { deadlineMs: 2_000 })
  },
)

test('without a VM nothing is open', async () => {
  const guest = await Guest.start()
  guest.says('open 5 tcp 127.0.0.1 81 172.17.0.2 80 here')
  await guest.answer(5)
  await guest.published.stop()
  expect(guest.ids).toEqual([])
})

test('with publishing switched off the engine gets its answer and no port is open; switched on it is', async () => {
  const guest = await Guest.start()
  await guest.published.setRules(undefined)
  guest.says('open 5 tcp 127.0.0.1 81 172.17.0.2 80 here')
  expect(await guest.answer(5)).toBe('5 ok')
  expect(guest.ids).toEqual([])
  await guest.published.setRules(rules)
  expect(guest.ids).toEqual(['tcp/127.0.0.1:81'])
})
