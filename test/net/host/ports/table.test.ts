/** Listeners on the host's loopback, without a guest. */
import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { PortMapping } from '../../../../src/config/desired.ts'
import { until } from '../../../../src/host/until.ts'
import { Forwarder } from '../../../../src/net/forwarder.ts'
import { freePorts } from '../../../support/free-ports.ts'
import { network } from '../../../support/net/lab.ts'

function forwarder(): Forwarder {
  const made = new Forwarder({ network })
  onTestFinished(() => made[Symbol.asyncDispose]())
  return made
}

function mapping(port: number, { address = '127.0.0.1', guestPort = port } = {}): PortMapping {
  const listen = { kind: 'inet', address, port } as const
  return {
    id: `tcp/${address}:${port}`,
    protocol: 'tcp',
    listen,
    guest: { address: network.address, port: guestPort },
  }
}

async function taken(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return server
}

const stateOf = (made: Forwarder, owner: string) =>
  made
    .ports()
    .filter((port) => port.owner === owner)
    .map(({ state }) => state)

test('a port held by another program is open within seconds of its exit', async () => {
  const [port = 0] = await freePorts(1)
  const server = await taken(port)
  const made = forwarder()
  expect(await made.setPorts('config', [mapping(port)])).toMatchObject([{ state: 'failed' }])
  server.close()
  await until(async () => stateOf(made, 'config')[0] === 'listening', { deadlineMs: 5_000 })
})

test('a new mapping that cannot listen returns the errno name', async () => {
  const [port = 0] = await freePorts(1)
  await taken(port)
  expect(await forwarder().addPort('publish', mapping(port))).toMatchObject({
    state: 'failed',
    code: 'EADDRINUSE',
  })
})

test('the error of a taken port names the mapping that has its address, and no mapping of another address', async () => {
  const [port = 0, own = 0] = await freePorts(2)
  await taken(port)
  const made = forwarder()
  await made.addPort('publish', mapping(port, { address: '::1' }))
  const { error } = await made.addPort('publish', mapping(port))
  expect(error).toContain('already in use')
  await made.addPort('config', mapping(own, { address: '0.0.0.0' }))
  const rival = await made.addPort('publish', mapping(own, { guestPort: 1 }))
  expect(rival.error).toContain(`taken by the mapping tcp/0.0.0.0:${own} (config)`)
})

test('equivalent mappings of two owners share a listener, which stays with the remaining one', async () => {
  const [port = 0] = await freePorts(1)
  const made = forwarder()
  await made.setPorts('config', [mapping(port, { address: '0.0.0.0' })])
  const also = { address: network.address, port }
  const published = { ...mapping(port), guest: { address: '172.17.0.2', port: 80 }, also }
  expect(await made.addPort('publish', published)).toMatchObject({ state: 'listening' })
  await made.setPorts('config', [])
  expect(stateOf(made, 'publish')).toEqual(['listening'])
  await made.removePort('publish', mapping(port))
  // The port is free again.
  await taken(port)
})

test('a mapping to another port of the guest is not equivalent', async () => {
  const [port = 0] = await freePorts(1)
  const made = forwarder()
  await made.setPorts('config', [mapping(port)])
  expect(await made.addPort('publish', mapping(port, { guestPort: 1 }))).toMatchObject({
    state: 'failed',
    code: 'EADDRINUSE',
  })
})
