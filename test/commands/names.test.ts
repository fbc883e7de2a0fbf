/** Names on the host with the released command and supervisor. */
import { request } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

function get(port: number, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers: { host } }, async (response) =>
      resolve({ status: response.statusCode, body: await text(response) }),
    )
      .once('error', reject)
      .end()
  })
}

test('names are served after apply, by the next supervisor too, and no longer once they are out of the file', async () => {
  await using host = await testHost()
  const [http = 0, https = 0] = await freePorts(2)
  await host.write(`names: { http: ${http}, https: ${https} }\n`)
  expect(await host.ok('apply')).toContain('*.crash.localhost')
  const missing = { status: 404, body: expect.stringContaining('no container has the name nobody') }
  expect(await get(http, 'nobody.crash.localhost')).toMatchObject(missing)
  expect(await host.ok('plan')).toContain('nothing to do')
  expect(await host.ok('status')).toContain(`https://NAME.crash.localhost:${https}`)
  await host.kill('supervisor')
  await host.ok('apply')
  expect(await get(http, 'nobody.crash.localhost')).toMatchObject(missing)
  await host.write()
  await host.ok('apply')
  await expect(get(http, 'nobody.crash.localhost')).rejects.toThrow('ECONNREFUSED')
})

test('a port that another program has is drift with its reason, and the next apply repairs it', async () => {
  await using host = await testHost()
  const [http = 0] = await freePorts(1)
  const holder = createServer()
  await new Promise<void>((done) => holder.listen(http, '127.0.0.1', done))
  await host.write(`names: { http: ${http} }\n`)
  const refused = await host.desktop('apply')
  expect(refused.code).toBe(4)
  expect(`${refused.stdout}${refused.stderr}`).toContain('already in use')
  expect((await host.desktop('plan')).stdout).toContain('already in use')
  await new Promise((done) => holder.close(done))
  await host.ok('apply')
  expect((await get(http, 'x.crash.localhost')).status).toBe(404)
})
