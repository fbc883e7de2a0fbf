import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { GuestApi } from '../../../src/net/api/guest-api.ts'
import { ServedForwarder } from '../../../src/net/api/served-forwarder.ts'
import { freePorts } from '../../support/free-ports.ts'
import { canHaveGuest, startGuest } from './linux-guest.ts'

const echo = `require('net').createServer((s) => s.pipe(s)).listen(7001, () => console.log('ready'))`

describe.skipIf(!canHaveGuest)("a guest with Linux's own stack (needs root and /dev/net/tun)", () => {
  test('maps a port of this host to itself with curl', async () => {
    await using guest = await startGuest()
    using api = new GuestApi(new ServedForwarder(guest.forwarder))
    guest.forwarder.serveWeb((stream, caller) => api.serve(stream, caller))
    const [port = 0] = await freePorts(1)
    const url = `http://${guest.network.gateway}/services/forwarder`
    const body = JSON.stringify({ local: `127.0.0.1:${port}`, remote: ':7001' })
    await guest.run('curl', '-sSf', '--max-time', '30', `${url}/expose`, '-d', body)
    const all = JSON.parse(await guest.run('curl', '-sSf', '--max-time', '30', `${url}/all`))
    expect(all).toMatchObject([{ remote: `${guest.network.address}:7001` }])
    const server = guest.start(process.execPath, '-e', echo)
    await once(server.stdout!, 'data')
    const client = connect(port, '127.0.0.1')
    client.end('through')
    const [echoed] = (await once(client, 'data')) as [Buffer]
    expect(echoed.toString()).toBe('through')
    client.destroy()
    server.kill()
    await once(server, 'exit')
  })

  test('finds port 80 of the gateway closed unless it is enabled', async () => {
    await using guest = await startGuest()
    const url = `http://${guest.network.gateway}/services/forwarder/all`
    await expect(guest.run('curl', '-sS', '--max-time', '30', url)).rejects.toThrow('Failed to connect')
  })
})
