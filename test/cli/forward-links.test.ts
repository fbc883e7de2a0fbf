/** Guests that connect to `desktop forward`, and other clients. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { at, curl, every, listening } from '../support/cli/forward-command.ts'
import { command, init } from '../support/net/vmn3t-client.ts'

test('a length that no frame has ends that link alone, and is counted', async () => {
  await listening('--listen-qemu', at('qemu'), '--listen', at('api'))
  const good = connect(at('qemu'))
  await once(good, 'connect')
  const bad = connect(at('qemu'))
  bad.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]))
  await once(bad.resume(), 'close')
  const { body } = await curl('/metrics')
  expect(body).toContain('desktop_net_dropped_total{kind="malformed"} 1')
  expect(body).toContain('desktop_net_links 1')
  good.destroy()
})

test('a VMN3T client is greeted, gets its card, and one that speaks something else is dropped', async () => {
  await listening(...every(), '--mtu', '4000')
  const client = connect(at('vpnkit'))
  const heard: Buffer[] = []
  client.on('data', (chunk) => heard.push(chunk))
  client.write(Buffer.concat([init(), command(1)]))
  await expect.poll(() => Buffer.concat(heard).length).toBe(49 + 258)
  expect([...Buffer.concat(heard).subarray(49, 60)]).toEqual([1, 0xa0, 0x0f, 0xae, 0x0f, 2, 0x50, 0, 0, 0, 1])
  const other = connect(at('vpnkit'))
  other.end('GET / HTTP/1.1\r\n\r\n'.padEnd(60, 'x'))
  await once(other.resume(), 'close')
  const refused = connect(at('vpnkit'))
  const last: Buffer[] = []
  refused.on('data', (chunk) => last.push(chunk))
  refused.write(Buffer.concat([init(), command(8, 'other', [1, 1, 1, 1])]))
  await once(refused, 'close')
  expect(Buffer.concat(last).toString('latin1')).toContain('preferred address is not free')
  client.destroy()
})

test('VMN3T clients that leave in the middle of their handshake end nothing but their own connection', async () => {
  await listening(...every())
  for (let i = 0; i < 50; i += 1) {
    const client = connect(at('vpnkit'))
    client.on('error', () => {})
    client.write(i % 2 === 0 ? Buffer.concat([init(), command(1)]) : init())
    client.destroySoon()
    await once(client, 'close')
  }
  const metrics = async () => (await curl('/metrics')).body
  await expect.poll(metrics).toContain('desktop_net_links 0')
})

test('machines that connect and disconnect do not exhaust the link limit', async () => {
  await listening(...every())
  for (let i = 0; i < 260; i += 1) {
    const client = connect(at('vpnkit'))
    client.write(Buffer.concat([init(), command(1, `machine ${i}`)]))
    const heard: Buffer[] = []
    client.on('data', (chunk) => heard.push(chunk))
    await expect.poll(() => Buffer.concat(heard).length, { interval: 1 }).toBe(49 + 258)
    // A network card, and no error.
    expect(Buffer.concat(heard)[49]).toBe(1)
    client.destroy()
    await once(client, 'close')
  }
})

test('clients that say nothing, or stop in the middle, do not keep it from ending at once', async () => {
  const { child, ended } = await listening(...every())
  const half = Buffer.from('POST /services/forwarder/expose HTTP/1.1\r\nContent-Length: 9\r\n\r\n{')
  const clients = [
    ['vpnkit', ''],
    ['vpnkit', init().subarray(0, 20)],
    ['qemu', Buffer.alloc(3)],
    ['api', half],
  ].map(([name, bytes]) => {
    const client = connect(at(name as string)).on('error', () => {})
    client.write(bytes!)
    return client
  })
  await Promise.all(clients.map((client) => once(client, 'connect')))
  child.kill('SIGTERM')
  const code = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000, 'late'))])
  expect(code).toBe(0)
})
