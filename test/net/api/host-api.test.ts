import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostApi } from '../../../src/net/api/host-api.ts'
import { call, dir, forwarder, get, post, raw, socketPath } from '../../support/net/host-api.ts'

describe('port forwarding', () => {
  const web = { local: ':6443', remote: '192.168.127.2:6443', protocol: 'tcp' }

  test("expose, list and unexpose use the client's text", async () => {
    expect(await post('/services/forwarder/expose', web)).toEqual({ status: 200, text: '' })
    await post('/services/forwarder/expose', { local: '127.0.0.1:2223', remote: '192.168.127.2:22' })
    expect(await get('/services/forwarder/all')).toEqual([
      { local: '127.0.0.1:2223', remote: '192.168.127.2:22', protocol: 'tcp' },
      web,
    ])
    expect(forwarder.mappings[0]!.listen).toEqual({ kind: 'inet', address: '::', port: 6443 })
    expect((await post('/services/forwarder/unexpose', { local: ':6443' })).status).toBe(200)
    expect(await get('/services/forwarder/all')).toHaveLength(1)
  })

  test("duplicate and missing mappings get gvproxy's messages", async () => {
    await post('/services/forwarder/expose', web)
    const again = await post('/services/forwarder/expose', web)
    expect(again).toEqual({ status: 500, text: 'proxy already running for tcp on :6443\n' })
    const gone = await post('/services/forwarder/unexpose', { local: ':1', protocol: 'udp' })
    expect(gone).toEqual({ status: 500, text: 'proxy not found\n' })
    const busy = await post('/services/forwarder/expose', { local: ':7', remote: '192.168.127.2:1' })
    expect(busy).toEqual({ status: 500, text: 'listen EADDRINUSE\n' })
  })

  test('a unix socket is exposed for a tcp:// remote', async () => {
    const unix = { local: '/run/user/1/p.sock', remote: 'tcp://192.168.127.2:2376', protocol: 'unix' }
    await post('/services/forwarder/expose', unix)
    expect(forwarder.mappings[0]).toMatchObject({
      listen: { kind: 'unix', path: unix.local },
      guest: { port: 2376 },
    })
    expect(await get('/services/forwarder/all')).toEqual([unix])
  })

  test.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['no local', { remote: '1.2.3.4:5' }, 400],
    ['local is a number', { local: 5, remote: '1.2.3.4:5' }, 400],
    ['a remote without port', { local: ':1', remote: '1.2.3.4' }, 400],
    ['a remote without address', { local: ':1', remote: ':5' }, 400],
    ['a port that is none', { local: ':99999', remote: '1.2.3.4:5' }, 400],
    ['an unknown protocol', { local: ':1', remote: '1.2.3.4:5', protocol: 'sctp' }, 500],
    ['an ssh tunnel', { local: '/s', remote: 'ssh-tunnel://u@h/s', protocol: 'unix' }, 500],
    ['a body of 2 MiB', `"${'x'.repeat(2 ** 21)}"`, 413],
    ['a random port', { local: '127.0.0.1:0', remote: '1.2.3.4:5' }, 400],
    [
      'a path of 120 bytes',
      { local: `/${'x'.repeat(119)}`, remote: 'tcp://1.2.3.4:5', protocol: 'unix' },
      400,
    ],
  ])('%s gets a status and a message, and changes nothing', async (_name, body, status) => {
    const reply = await post('/services/forwarder/expose', body)
    expect(reply.status).toBe(status)
    expect(reply.text.length).toBeGreaterThan(3)
    expect(forwarder.mappings).toEqual([])
  })
})

test('member names are case-insensitive, as in Go', async () => {
  const body = { Local: ':1', REMOTE: '1.2.3.4:5', Protocol: 'udp' }
  expect((await post('/services/forwarder/expose', body)).status).toBe(200)
  expect(await get('/services/forwarder/all')).toEqual([
    { local: ':1', remote: '1.2.3.4:5', protocol: 'udp' },
  ])
})

describe('HTTP', () => {
  test('a request target can be an absolute URL', async () => {
    expect((await call('GET', 'http://gvproxy/cam?x=1')).status).toBe(200)
  })

  test('responses have a Content-Length', async () => {
    expect(await raw('GET /cam HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /content-type: application\/json\r\ncontent-length: 24\r\n/,
    )
  })

  test('a body that is announced as too large is rejected before it is sent', async () => {
    const head = 'POST /services/dns/add HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000000\r\n\r\n'
    const socket = connect(socketPath)
    socket.write(head)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })

  test('a missing body has the same deadline as a head, and the connection is closed', async () => {
    const hurried = new HostApi(forwarder, { timeoutMs: 50 })
    const path = join(dir, 'hurried.sock')
    await hurried.listen({ path })
    const socket = connect(path)
    socket.on('error', () => {})
    socket.write('POST /services/dns/add HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')
    await once(socket, 'close')
    await hurried[Symbol.asyncDispose]()
  })

  test('a client that sends too much receives the error after sending everything', async () => {
    const body = 'x'.repeat(5_000_000)
    const head = `POST /services/dns/add HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
    const socket = connect(socketPath)
    socket.write(`${head}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })
})

describe('DNS, DHCP, counters', () => {
  test('new records of a zone precede its old ones', async () => {
    await post('/services/dns/add', {
      Name: 'crc.testing.',
      Records: [{ Name: 'host', IP: '192.168.127.2' }],
    })
    const more = {
      name: 'crc.testing.',
      records: [{ regexp: 'apps.*', ip: '192.168.127.9' }],
      defaultIP: '192.168.127.1',
    }
    expect((await post('/services/dns/add', more)).status).toBe(200)
    expect(await get('/services/dns/all')).toEqual([
      {
        Name: 'crc.testing.',
        Records: [
          { Name: '', IP: '192.168.127.9', Regexp: 'apps.*' },
          { Name: 'host', IP: '192.168.127.2' },
        ],
        DefaultIP: '192.168.127.1',
      },
    ])
  })

  test.each([
    ['no name', { records: [] }],
    ['a record that is no object', { name: 'x.', records: [5] }],
    ['a pattern that is none', { name: 'x.', records: [{ regexp: '(', ip: '1.2.3.4' }] }],
    ['an address that is none', { name: 'x.', records: [{ name: 'a', ip: 'nope' }] }],
    ['no address', { name: 'x.', records: [{ name: 'a' }] }],
    ['a default that is no address', { name: 'x.', defaultIP: 'nope' }],
  ])('a zone with %s is refused and changes nothing', async (_name, zone) => {
    const { status, text } = await post('/services/dns/add', zone)
    expect(status).toBe(400)
    expect(text.length).toBeGreaterThan(3)
    expect(forwarder.given).toEqual([])
  })

  test('leases and the MAC table are objects keyed by address', async () => {
    expect(await get('/leases')).toEqual({ '192.168.127.3': '02:50:00:00:00:01' })
    expect(await get('/services/dhcp/leases')).toEqual(await get('/leases'))
    expect(await get('/cam')).toEqual({ '02:50:00:00:00:01': 1 })
    expect(await get('/stats')).toEqual({ frames_total: 5, dropped_total: { spoofed: 4, denied: 0 } })
  })

  test('metrics are Prometheus text with escaped labels', async () => {
    const { text } = await call('GET', '/metrics')
    expect(text).toContain(
      '# HELP desktop_net_frames_total Frames.\n# TYPE desktop_net_frames_total counter\n' +
        'desktop_net_frames_total{name="a\\"b\\\\\\n"} 2\ndesktop_net_frames_total 3\n',
    )
  })

  test('an unknown path gets 404, GET instead of POST 400, a web page 403', async () => {
    expect((await call('GET', '/nothing')).status).toBe(404)
    expect((await call('GET', '/__proto__')).status).toBe(404)
    expect((await call('GET', '/services/forwarder/expose')).status).toBe(400)
    expect((await call('POST', '/services/dns/add', '{}', { origin: 'http://evil' })).status).toBe(403)
    expect(await raw('POST /connect HTTP/1.1\r\nOrigin: http://evil\r\n\r\n')).toMatch(/^HTTP\/1.1 403/)
  })
})
