/** The API of `desktop forward`, with curl as its client. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { at, canBeNobody, curl, entry, freePort, listening, run } from '../support/cli/forward-command.ts'

describe('the API', () => {
  test('a port is exposed, listed and unexposed; a bad request gets a status and a message', async () => {
    await listening('--listen', at('api'))
    const local = `127.0.0.1:${await freePort()}`
    const post = (path: string, body: unknown) => curl(path, '-d', JSON.stringify(body))
    const web = { local, remote: '192.168.65.3:80', protocol: 'tcp' }
    expect(await post('/services/forwarder/expose', web)).toEqual({ status: 200, body: '' })
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([web])
    expect(await post('/services/forwarder/expose', web)).toMatchObject({
      status: 500,
      body: expect.stringContaining('already running'),
    })
    const elsewhere = { local: `127.0.0.1:${await freePort()}`, remote: 'not-an-address:80' }
    expect(await post('/services/forwarder/expose', elsewhere)).toMatchObject({
      status: 400,
      body: expect.stringContaining('not an IP'),
    })
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([web])
    expect((await post('/services/forwarder/unexpose', { local })).status).toBe(200)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([])
    expect((await curl('/nothing')).status).toBe(404)
    expect((await curl('/services/forwarder/expose', '-d', '{')).status).toBe(400)
  })

  test('a local without address is every one of this host, of both families, and localhost is one for UDP too', async () => {
    await listening('--listen', at('api'))
    const port = await freePort()
    const expose = (body: object) => curl('/services/forwarder/expose', '-d', JSON.stringify(body))
    expect((await expose({ local: `:${port}`, remote: '192.168.65.3:80' })).status).toBe(200)
    for (const host of ['127.0.0.1', '::1']) {
      const client = connect(port, host)
      await once(client, 'connect')
      client.destroy()
    }
    const udp = { local: `localhost:${port}`, remote: '192.168.65.3:80', protocol: 'udp' }
    expect(await expose(udp)).toEqual({ status: 200, body: '' })
  })

  test.skipIf(!canBeNobody)(
    'a port that is for root only is refused with the setting that says so',
    async () => {
      const { said } = run('unshare', '--user', process.execPath, entry, 'forward', '--listen', at('api'))
      await expect.poll(said, { timeout: 30_000 }).toContain('this host')
      for (const protocol of ['tcp', 'udp']) {
        const body = JSON.stringify({ local: '127.0.0.1:1', remote: '192.168.65.3:80', protocol })
        const reply = await curl('/services/forwarder/expose', '-d', body)
        const words = `127.0.0.1:1/${protocol}: this user may not listen there; net.ipv4.ip_unprivileged_port_start`
        expect(reply).toMatchObject({ status: 500, body: expect.stringContaining(words) })
      }
    },
  )

  test('an address that this host does not have is named', async () => {
    await listening('--listen', at('api'))
    const body = JSON.stringify({ local: '192.0.2.1:4711', remote: '192.168.65.3:80' })
    const reply = await curl('/services/forwarder/expose', '-d', body)
    expect(reply).toMatchObject({ status: 500, body: expect.stringMatching(/^192\.0\.2\.1:4711\/tcp: /) })
  })

  test.each(['8.8.8.8:80', '192.168.65.1:53', '192.168.65.254:80', '192.168.65.255:80', '192.168.66.3:80'])(
    'nothing is mapped to %s, where no guest can be',
    async (remote) => {
      await listening('--listen', at('api'))
      const body = JSON.stringify({ local: `127.0.0.1:${await freePort()}`, remote })
      const reply = await curl('/services/forwarder/expose', '-d', body)
      expect(reply).toMatchObject({ status: 400, body: expect.stringContaining('not a guest address') })
    },
  )

  test('a unix socket takes the place of a dead one, and never of a file', async () => {
    await listening('--listen', at('api'))
    writeFileSync(at('file'), 'mine')
    const expose = (local: string) =>
      curl(
        '/services/forwarder/expose',
        '-d',
        JSON.stringify({ local, remote: 'tcp://192.168.65.3:80', protocol: 'unix' }),
      )
    const nowhere = await expose(at('none/socket'))
    expect(nowhere).toMatchObject({ status: 500, body: expect.stringContaining('does not exist') })
    const refused = await expose(at('file'))
    expect(refused).toMatchObject({ status: 500, body: expect.stringContaining('is not a socket') })
    expect(readFileSync(at('file'), 'utf8')).toBe('mine')
    const dead = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(at('dead'))}, () => process.kill(process.pid, 'SIGKILL'))`,
    ])
    await once(dead, 'close')
    expect(existsSync(at('dead'))).toBe(true)
    expect((await expose(at('dead'))).status).toBe(200)
  })

  test('a port that is taken is refused with its owner, and is not listed', async () => {
    await listening('--listen', at('api'))
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const body = JSON.stringify({ local: `127.0.0.1:${port}`, remote: '192.168.65.3:80' })
    const reply = await curl('/services/forwarder/expose', '-d', body)
    expect(reply.status).toBe(500)
    expect(reply.body).toContain(`already in use by`)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([])
    server.close()
  })

  test('twenty ports exposed at once are all there', async () => {
    await listening('--listen', at('api'))
    const locals = await Promise.all(Array.from({ length: 20 }, freePort))
    const expose = (port: number) =>
      curl(
        '/services/forwarder/expose',
        '-d',
        JSON.stringify({ local: `127.0.0.1:${port}`, remote: '192.168.65.3:80' }),
      )
    const wanted = new Set(locals)
    const replies = await Promise.all([...wanted].map(expose))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toHaveLength(wanted.size)
  })

  test('metrics and zones are served', async () => {
    await listening('--listen', at('api'))
    const metrics = (await curl('/metrics')).body
    expect(metrics).toContain('desktop_net_switch_frames_total{kind="looped"} 0')
    expect(metrics).toContain('desktop_net_dns_queries_total{kind="queries"} 0')
    expect(metrics).toContain('desktop_net_fragments_total{kind="timed_out"} 0')
    // Each name has exactly one help and type line, or Prometheus rejects the whole scrape.
    const told = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(told).toEqual([...new Set(told)])
    const zone = JSON.stringify({ Name: 'crc.testing.', Records: [{ Name: 'host', IP: '192.168.65.3' }] })
    expect((await curl('/services/dns/add', '-d', zone)).status).toBe(200)
    expect((await curl('/services/dns/all')).body).toContain('crc.testing.')
  })
})
