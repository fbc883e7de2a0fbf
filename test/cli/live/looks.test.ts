import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Looks } from '../../../src/cli/live/looks.ts'
import type { FlowView } from '../../../src/net/flows.ts'
import type { Control } from '../../../src/supervisor/api/api.ts'
import { aContainer, aFlow, someFacts } from '../../support/cli/live-sample.ts'

const row =
  'ipv4 2 tcp 6 9 ESTABLISHED src=172.17.0.2 dst=203.0.113.7 sport=1 dport=443 src=203.0.113.7 dst=192.168.65.3 sport=443 dport=40000 use=1\n'

let dir: string
let engine: Server
let listings = 0
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'looks-'))
  listings = 0
  engine = createServer((_request, response) => {
    listings += 1
    response.end(JSON.stringify([aContainer('web', '172.17.0.2')]))
  })
  engine.listen(join(dir, 'docker.sock'))
  await once(engine, 'listening')
})
afterEach(async () => {
  engine.close()
  await rm(dir, { recursive: true })
})

test('the engine lists its containers when others run, not at every look', async () => {
  let running = ['web']
  const { control } = guest([], async () => '')
  const facts = async (): Promise<typeof someFacts> => ({
    ...someFacts,
    engine: { ...someFacts.engine, running } as typeof someFacts.engine,
  })
  const looks = new Looks(join(dir, 'docker.sock'), 0)
  const changing = { ...control, facts } as Control
  for (let i = 0; i < 5; i += 1) expect((await looks.look(changing)).containers).toHaveLength(1)
  expect(listings).toBe(1)
  running = ['web', 'db']
  await looks.look(changing)
  expect(listings).toBe(2)
})

interface Guest {
  control: Control
  asked: string[]
}

function guest(flows: readonly FlowView[], read: () => Promise<string>): Guest {
  const asked: string[] = []
  const calls = {
    facts: async () => someFacts,
    flows: async () => flows,
    guestReadFile: (path: string) => {
      asked.push(path)
      return read()
    },
  }
  return { control: calls as unknown as Control, asked }
}

/** Containers of the flows in the second sample. */
async function second(control: Control): Promise<(string | null)[]> {
  const looks = new Looks(join(dir, 'docker.sock'))
  await looks.look(control)
  await looks.settled()
  return (await looks.look(control)).flows.map(({ container }) => container)
}

test("a connection that a container opened has its name from the look after the guest's table was read", async () => {
  const { control, asked } = guest([aFlow], async () => row)
  expect(await second(control)).toEqual(['web'])
  // Not with every sample.
  expect(asked).toEqual(['/proc/net/nf_conntrack'])
})

test('a connection that the guest opened has the name that it resolved; one from the host has none', async () => {
  const { control } = guest([aFlow, { ...aFlow, from: 'host', guest: '172.17.0.2:80' }], async () => row)
  const answered = { name: 'web.test', answers: ['203.0.113.7'] }
  const resolving = { ...control, dnsQueries: async () => [answered] } as unknown as Control
  const looks = new Looks(join(dir, 'docker.sock'))
  await looks.look(resolving)
  await looks.settled()
  const { flows } = await looks.look(resolving)
  expect(flows.map(({ remoteName }) => remoteName)).toEqual(['web.test', null])
})

test('a guest whose agent fails has flows without containers', async () => {
  const { control } = guest([aFlow], () => Promise.reject(new Error('silent')))
  expect(await second(control)).toEqual([null])
})

test('a guest that opens nothing, or thousands, is not asked', async () => {
  const inbound = guest([{ ...aFlow, from: 'host' }], async () => row)
  await second(inbound.control)
  const many = guest(
    Array.from({ length: 2_001 }, (_, i) => ({ ...aFlow, guest: `192.168.65.3:${i}` })),
    async () => row,
  )
  await second(many.control)
  expect([inbound.asked, many.asked]).toEqual([[], []])
})
