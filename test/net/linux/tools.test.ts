/** Common programs in a guest whose network is the forwarder. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../support/free-ports.ts'
import { isInstalled } from './installed.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

/** All are installed by bin/test. */
const programs = ['udhcpc', 'dhcpcd', 'dhclient', 'iperf3', 'traceroute', 'curl', 'dig']

const missing = programs.filter((program) => !isInstalled(program))
const has = (program: string): boolean => canHaveGuest && !missing.includes(program)

test.runIf(canHaveGuest && process.env.CI !== undefined)(
  'in CI no program is missing, so that nothing is skipped',
  () => {
    expect(missing).toEqual([])
  },
)

/** Script that clients run with their lease: prints its values. */
const tell = `#!/bin/sh
case "$1$reason" in
  *bound*|*BOUND*) echo "told: \${ip:-$new_ip_address} \${router:-$new_routers} \${dns:-$new_domain_name_servers}" >>"$(dirname "$0")/told" ;;
esac
exit 0
`

describe.skipIf(!canHaveGuest)('real DHCP clients on the link (needs root and /dev/net/tun)', () => {
  let dir: string

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tools-'))
    writeFileSync(join(dir, 'tell'), tell, { mode: 0o755 })
  })

  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  // The location of dhcpcd's files is fixed, so it gets temporary mounts.
  const own = 'for d in /run /var/lib; do mount -t tmpfs none $d; done; mkdir -p /var/lib/dhcpcd;'
  const clients: Readonly<Record<string, () => string>> = {
    udhcpc: () => `exec udhcpc -f -q -n -t 10 -T 1 -i tap0 -s ${dir}/tell`,
    dhclient: () => `exec dhclient -1 -d -sf ${dir}/tell -lf ${dir}/leases -pf ${dir}/pid tap0`,
    dhcpcd: () => `${own} exec dhcpcd -4 -1 -B -A -t 20 -c ${dir}/tell tap0`,
  }

  test.for(Object.keys(clients))(
    '%s gets the address, the gateway and the name server',
    { timeout: 90_000 },
    async (client, { skip }) => {
      skip(!has(client), `${client} is not installed`)
      await using guest = await startGuest({ isBare: true })
      const { address, gateway } = guest.network
      const file = join(dir, `${client}.sh`)
      writeFileSync(file, `${clients[client]!()}\n`)
      writeFileSync(join(dir, 'told'), '')
      const child = guest.start('unshare', '-m', 'sh', file)
      let said = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          said += text
        })
      }
      const leased = () => guest.forwarder.exportLeases().filter(({ state }) => state === 'bound')
      const heard = () => readFileSync(join(dir, 'told'), 'utf8')
      try {
        await expect.poll(() => leased().length, { timeout: 30_000 }).toBe(1)
        await expect.poll(heard, { timeout: 30_000 }).toContain(`told: ${address} ${gateway} ${gateway}`)
      } catch (cause) {
        throw new Error(`${client} said:\n${said}`, { cause })
      }
      expect(leased()).toMatchObject([{ mac: '02:50:00:00:00:01' }])
    },
  )
})

describe.skipIf(!canHaveGuest)('real programs in a guest (needs root and /dev/net/tun)', () => {
  let guest: LinuxGuest

  beforeAll(async () => {
    guest = await startGuest()
  })

  afterAll(async () => {
    await guest?.[Symbol.asyncDispose]()
  })

  test.runIf(has('iperf3')).each([
    ['to the host', []],
    ['to the guest', ['-R']],
    ['both ways at once', ['--bidir']],
    ['in four streams', ['-P', '4']],
    ['by datagrams', ['-u', '-b', '20M']],
  ] as const)('iperf3 %s gets through and ends by itself', async (_name, options) => {
    const port = `${(await freePorts(1))[0]}`
    const server = spawn('iperf3', ['-s', '-1', '--forceflush', '-B', '127.0.0.1', '-p', port], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(server, 'close')
    await once(server.stdout, 'data')
    const args = ['-c', guest.network.host, '-p', port, '-t', '1', '-J', ...options]
    const { end, error } = JSON.parse(await guest.run('iperf3', ...args)) as {
      error?: string
      end: { sum_received?: { bytes: number }; sum?: { bytes: number } }
    }
    expect(error).toBeUndefined()
    expect((end.sum_received ?? end.sum)!.bytes).toBeGreaterThan(100_000)
    await ended
  })

  test.runIf(has('curl'))('curl gets 32 MiB from the host whole, and sends them back', async () => {
    const body = randomBytes(32 * 1024 * 1024)
    const hash = createHash('sha256').update(body).digest('hex')
    const seen = createHash('sha256')
    const server = createHttpServer((request, response) => {
      if (request.method === 'GET') response.end(body)
      else request.on('data', (chunk) => seen.update(chunk)).on('end', () => response.end('got it'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://${guest.network.host}:${(server.address() as AddressInfo).port}/`
    const script = `curl -sSf ${url} | tee >(sha256sum >&2) | curl -sSf --data-binary @- ${url} 2>&1`
    const said = await guest.run('bash', '-c', `{ ${script}; } 2>&1; wait`)
    expect(said).toContain('got it')
    expect(said).toContain(hash)
    expect(seen.digest('hex')).toBe(hash)
    server.close()
  })

  test.runIf(has('traceroute'))('traceroute by TCP sees the gateway as the first hop', async () => {
    const said = await guest.run('traceroute', '-T', '-n', '-q', '1', '-w', '3', '-m', '1', '198.51.100.1')
    expect(said).toMatch(new RegExp(`^ 1 +${guest.network.gateway} `, 'm'))
  })

  test.runIf(has('dig'))('dig asks a thousand names over one connection', async () => {
    const names = Array.from({ length: 1000 }, () => 'host.docker.internal')
    const said = await guest.run('dig', '+tcp', '+keepopen', '+short', `@${guest.network.gateway}`, ...names)
    expect(said.trim().split('\n')).toEqual(names.map(() => guest.network.host))
  })
})
