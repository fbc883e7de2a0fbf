/** `desktop forward` as a process: its options, its sockets, its exit. */
import { once } from 'node:events'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { at, curl, every, listening, start } from '../support/cli/forward-command.ts'

test('the rules of --egress are in force before anything listens, and counted', async () => {
  writeFileSync(at('egress.yaml'), 'preset: lockdown\nrules: [{ allow: 10.0.0.0/8 }]\n')
  const { said } = await listening('--listen', at('api'), '--egress', at('egress.yaml'))
  await expect.poll(said, { timeout: 30_000 }).toContain('egress: lockdown, 1 rule\n')
  expect((await curl('/metrics')).body).toContain('{rule="default deny",at="send"} 0')
})

test('a wrong file of --egress is an error with its line, and nothing listens', async () => {
  writeFileSync(at('egress.yaml'), 'default: deny\nrules: [{ allow: "a.test:http" }]\n')
  const { said, ended } = start('--listen', at('api'), '--egress', at('egress.yaml'))
  expect(await ended).toBe(3)
  expect(said()).toContain('egress.yaml:2:18  "a.test:http" has an invalid port')
  expect(existsSync(at('api'))).toBe(false)
})

test("all sockets are this user's alone, SIGTERM takes them away, and the exit code is 0", async () => {
  const { child, ended } = await listening(...every())
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(statSync(at(name)).mode & 0o777).toBe(0o600)
  const guest = connect(at('qemu'))
  await once(guest, 'connect')
  const gone = once(guest, 'close')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await gone
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(existsSync(at(name))).toBe(false)
})

test('signals that come again while it ends leave no socket behind', async () => {
  const { child, ended } = await listening(...every())
  const guests = Array.from({ length: 20 }, () => connect(at('qemu')).on('error', () => {}))
  await Promise.all(guests.map((guest) => once(guest, 'connect')))
  while (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT')
    child.kill('SIGTERM')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await ended
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(existsSync(at(name))).toBe(false)
})

test('it keeps running when its output is closed', async () => {
  const { child } = start('--listen', at('api'))
  child.stdout!.destroy()
  child.stderr!.destroy()
  await expect.poll(() => existsSync(at('api')), { timeout: 30_000 }).toBe(true)
  await expect
    .poll(() => curl('/cam').then(({ status }) => status), { timeout: 10_000, interval: 200 })
    .toBe(200)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
})

test('a second one on the same socket says so and leaves the first alone', async () => {
  await listening('--listen-qemu', at('qemu'), '--listen', at('api'))
  const second = start('--listen-qemu', at('free'), '--listen', at('api'))
  expect(await second.ended).not.toBe(0)
  expect(second.said()).toContain(`${at('api')}: another program listens there`)
  expect(existsSync(at('free'))).toBe(false)
  expect((await curl('/leases')).status).toBe(200)
})

test('the socket of one that was killed is taken over', async () => {
  const first = await listening('--listen-qemu', at('qemu'))
  first.child.kill('SIGKILL')
  await first.ended
  expect(existsSync(at('qemu'))).toBe(true)
  const { child, ended } = await listening('--listen-qemu', at('qemu'))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('a file that is not a socket is never removed', async () => {
  writeFileSync(at('qemu'), 'mine')
  const { ended, said } = start('--listen-qemu', at('qemu'))
  expect(await ended).not.toBe(0)
  expect(said()).toContain('is not a socket')
  expect(existsSync(at('qemu'))).toBe(true)
})

test('a missing directory is reported with the command that creates it', async () => {
  const { ended, said } = start('--listen-qemu', at('none/link'))
  expect(await ended).toBe(4)
  expect(said()).toContain(`directory ${at('none')} does not exist`)
  expect(said()).toContain(`mkdir -p ${at('none')}`)
})

test('addresses are where the options say', async () => {
  const given = [
    '--subnet',
    '10.7.0.0/16',
    '--gateway',
    '10.7.1.1',
    '--address',
    '10.7.1.9',
    '--host',
    '10.7.9.9',
  ]
  const { said } = await listening('--listen-qemu', at('qemu'), ...given)
  expect(said()).toContain('gateway 10.7.1.1, guest 10.7.1.9, this host 10.7.9.9')
})

test.each([
  [[], 'nothing to listen on'],
  [['--listen', 'tcp://127.0.0.1:8080'], 'is not a unix socket'],
  [['--listen', '/tmp/a', '--listen-qemu', 'unix:///tmp/a'], 'is given twice'],
  [['--listen', '/tmp/a', '--subnet', '10.0.0.0'], '--subnet: "10.0.0.0" is not an IPv4 network'],
  [['--listen', '/tmp/a', '--gateway', '10.0.0.1'], '--gateway: 10.0.0.1 is not in'],
  [['--listen', '/tmp/a', '--host', '192.168.65.1'], '--host: 192.168.65.1 is already the gateway'],
  [['--listen', `/tmp/${'a'.repeat(100)}`], 'give it a shorter path'],
  [['--listen', '/tmp/a', '--mtu', '100'], '--mtu 100: it is 576 to 65520'],
])('%j is refused with the reason', async (args, message) => {
  const { ended, said } = start(...args)
  expect(await ended).toBe(1)
  expect(said()).toContain(message)
})

describe('static leases', () => {
  test("are gvproxy's guest, and those of --lease; the API lists them beside the gateway", async () => {
    const network = ['--subnet', '192.168.127.0/24', '--address', '192.168.127.2']
    const lease = ['--lease', '52:54:00:AA:00:09=192.168.127.9']
    await listening('--listen', `unix://${at('api')}`, ...network, ...lease)
    expect(JSON.parse((await curl('/services/dhcp/leases')).body)).toEqual({
      '192.168.127.1': '02:50:00:00:00:00',
      '192.168.127.2': '5a:94:ef:e4:0c:ee',
      '192.168.127.9': '52:54:00:aa:00:09',
    })
  })

  test.each([
    ['52:54:00:00:00', 'is not a MAC address'],
    ['53:54:00:00:00:01=192.168.65.9', 'is a multicast address'],
    ['52:54:00:00:00:01', 'is not an IPv4 address'],
    ['52:54:00:00:00:01=10.0.0.1', 'is not a guest'],
    ['52:54:00:00:00:01=192.168.65.255', 'is not a guest'],
    ['52:54:00:00:00:01=192.168.65.254', 'is taken'],
    ['52:54:00:00:00:01=192.168.65.3', 'is taken'],
  ])('--lease %s is refused', async (text, problem) => {
    const { ended, said } = start('--listen', `unix://${at('api')}`, '--lease', text)
    expect(await ended).toBe(1)
    expect(said()).toContain(problem)
  })
})
