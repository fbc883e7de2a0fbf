/**
 * Tools of Debian packages (ndisc6, nmap, hping3, thc-ipv6, scapy) in a guest whose network is the forwarder:
 * `node test/suites/tools.ts`. Needs root and /dev/net/tun; a tool that is not installed is left out and said so,
 * and without any the job fails.
 * After each the gateway still answers by IPv4 and IPv6, and a connection to the host still works.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { until } from '../../src/host/until.ts'
import { isInstalled } from '../net/linux/installed.ts'
import { canHaveGuest, startGuest } from '../net/linux/linux-guest.ts'
import { judgements } from './tool-judgements.ts'

if (!canHaveGuest) {
  console.error('needs root and /dev/net/tun')
  process.exit(2)
}

await using guest = await startGuest({ ipv6: true })
const { gateway, host } = guest.network
const gateway6 = guest.network.ipv6!.gateway
const server = createServer((socket) => socket.on('error', () => {}).end('hello'))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

/** Also what a program said that failed or was ended. */
const say = (script: string): Promise<string> =>
  guest
    .run('sh', '-c', `exec 2>&1; ${script}`)
    .catch((error: Error) => `${(error as { stdout?: string }).stdout ?? ''}`)

async function isAlive(): Promise<boolean> {
  const reads = `timeout 5 bash -c 'cat </dev/tcp/${host}/${port}'`
  const answers = await Promise.all([
    say(`ping -c1 -W3 ${gateway} | grep -c "1 received"`),
    say(`ping -c1 -W3 ${gateway6} | grep -c "1 received"`),
    say(reads),
  ])
  return answers.map((answer) => answer.trim()).join(' ') === '1 1 hello'
}

/** It has a route, and has looked whether its addresses are taken (RFC 4862 section 5.4). */
async function isSettled(): Promise<boolean> {
  const isRouted = (await say('ip -6 route show default')).includes('tap0')
  return isRouted && (await say('ip -6 addr show tap0 tentative')).trim() === ''
}
await until(isSettled, { deadlineMs: 15_000 })

let failures = 0
let played = 0
const rssBytes = process.memoryUsage.rss()
for (const { program, name, script, shows } of judgements({ gateway, gateway6, host, port })) {
  if (!isInstalled(program)) {
    console.log(`–  ${program}: ${name} (not installed)`)
    continue
  }
  played += 1
  const output = await say(script)
  const isShown = shows.every((pattern) => pattern.test(output))
  const isStillAlive = await isAlive()
  console.log(`${isShown && isStillAlive ? '✓' : '✗'}  ${program}: ${name}`)
  if (isShown && isStillAlive) continue
  failures += 1
  console.log(isShown ? '   the forwarder does not answer' : output.replace(/^/gm, '   | '))
}
const grownMiB = Math.round((process.memoryUsage.rss() - rssBytes) / 2 ** 20)
console.log(`memory of forwarder and job: ${grownMiB} MiB more than before`)
server.close()
if (played === 0) console.error('none of the tools is installed')
process.exitCode = failures === 0 && played > 0 ? 0 : 1
