/** The container listing of a sample, with a slow engine. */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Containers } from '../../../src/cli/live/sample.ts'
import type { EngineInfo } from '../../../src/engine/engine-info.ts'

const up: EngineInfo = {
  state: 'up',
  version: '1',
  apiVersion: '1',
  info: {},
  running: ['web'],
  networks: [],
}

test('a slow engine delays no sample; its containers are in a later one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slow-'))
  const socket = join(dir, 'docker.sock')
  const asked: ServerResponse[] = []
  const server = createServer((_request, response) => asked.push(response))
  await new Promise<void>((done) => server.listen(socket, done))
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await rm(dir, { recursive: true })
  })
  const containers = new Containers(socket)
  expect(await containers.of(up, 0)).toEqual([])
  expect(await containers.of(up, 1)).toEqual([])
  expect(asked).toHaveLength(1)
  asked[0]?.end(JSON.stringify([{ Id: 'a', Names: ['/web'], Ports: [] }]))
  await containers.settled()
  expect(await containers.of(up, 2)).toMatchObject([{ Names: ['/web'] }])
  expect(asked).toHaveLength(1)
})
