/** `desktop ui --keep` with the real command: it returns, the page stays, and goes when nobody has it open. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { catalogue } from '../../../src/errors/catalogue.ts'
import { until } from '../../../src/host/until.ts'
import { testHost } from '../../support/cli/host.ts'
import { freePorts } from '../../support/free-ports.ts'

/** The status of the empty page; undefined: nobody listens. */
const status = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    request({ host: '127.0.0.1', port, headers: { host: `127.0.0.1:${port}` } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', () => resolve(undefined))
      .end()
  })

test('the command returns with the link, the page is served, and ends when none has been open for a while', async () => {
  await using host = await testHost()
  await host.write()
  const [port = 0] = await freePorts(1)
  const printed = await host.ok('ui', '--keep', '--no-open', '--port', String(port), '--idle', '2s')
  expect(printed).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#token=\\S+\\n$`))
  expect(await status(port)).toBe(200)
  await until(async () => (await status(port)) === undefined, { deadlineMs: 20_000 })
})

test('--keep prints the errors of the background server as its own', async () => {
  await using host = await testHost()
  await host.write()
  const [port = 0] = await freePorts(1)
  await host.ok('ui', '--keep', '--no-open', '--port', String(port), '--idle', '5s')
  const second = await host.desktop('ui', '--keep', '--no-open', '--port', String(port), '--idle', '1s')
  expect(second.code).toBe(catalogue['cli/usage'].exit)
  expect(second.stderr).toMatch(new RegExp(`^error: port ${port} is in use   \\[cli/usage\\]\n  hint: .*\n$`))
  const json = await host.desktop('ui', '--keep', '--no-open', '--port', String(port), '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({ errors: [{ code: 'cli/usage' }] })
  await until(async () => (await status(port)) === undefined, { deadlineMs: 20_000 })
})
