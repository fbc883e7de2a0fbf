/**
 * Plays our scripts on the link of the forwarder and of other user-mode stacks, with real sockets:
 * `node test/suites/peers.ts [desktop|passt|libslirp …]`. Prints a table of what passes, then why the rest fails.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { desktop, libslirp, type Peer, passt, versions } from '../../bench/net/peers.ts'
import { linkSocket, startPeer } from '../../bench/net/start-peer.ts'
import { freePorts } from '../support/free-ports.ts'
import { type LinkAddresses, LinkSubject, mappedGuestPort } from './packetdrill/link-subject.ts'
import { play } from './packetdrill/play.ts'
import { readScript } from './packetdrill/read-script.ts'
import { HostServer } from './packetdrill/real-host.ts'
import { Wire } from './packetdrill/wire.ts'

/** Over IPv6, where the peer serves it on a machine without IPv6 to the world. */
const addresses6: ReadonlyMap<string, LinkAddresses> = new Map([
  ['desktop', { guest: 'fd00:65::33', host: 'fd00:65::fe' }],
  ['libslirp', { guest: 'fec0::33', host: 'fec0::2' }],
])

const peers: readonly Peer[] = [desktop(undefined, ['--subnet6', 'fd00:65::/64']), passt, libslirp]
const wanted = process.argv.slice(2)
const chosen = peers.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

const root = join(import.meta.dirname, 'packetdrill')
/** Those that a kernel between script and peer changes: its buffers take what a window would refuse. */
const unfit = new Set(
  ['closed-window', 'ack-in-a-closed-window', 'fin-beyond-the-window'].map(
    (name) => `scripts/receiving/${name}.pkt`,
  ),
)
const scripts = globSync('{musts,scripts}/**/*.pkt', { cwd: root })
  .filter((name) => !unfit.has(name) && isPlayableInTime(name))
  .sort()

/** Scripts of the lab may skip weeks, as those about clocks that wrap do. */
function isPlayableInTime(name: string): boolean {
  const { events } = readScript(readFileSync(join(root, name), 'utf8'))
  return events.every(({ due }) => due.kind === 'any' || due.seconds < 60)
}

type Result = 'passes' | string

async function playAll(peer: Peer): Promise<Map<string, Result>> {
  const [mappedPort = 0, serverPort = 0] = await freePorts(2)
  const mappings = [{ protocol: 'tcp', hostPort: mappedPort, guestPort: mappedGuestPort }] as const
  const children: { kill(): void }[] = []
  const child = await startPeer(peer, { mtu: 1500, mappings, namespace: '', children: [] })
  children.push(child)
  const wire = await Wire.join(linkSocket(peer), peer.guest)
  wire.announce(peer.gateway)
  const results = new Map<string, Result>()
  for (const name of scripts) {
    for (const family of familiesOf(name)) {
      const key = family === 6 ? `${name} (IPv6)` : name
      const addresses = family === 4 ? { guest: peer.guest, host: peer.host } : addresses6.get(peer.name)
      if (addresses === undefined) continue
      const text = readFileSync(join(root, name), 'utf8')
      const script = readScript(text, family === 6 ? ['STANDARD', 'IPV6'] : ['STANDARD'])
      const subject = new LinkSubject(wire, family, addresses, {
        mappedPort,
        server: new HostServer(serverPort),
      })
      const outcome = await play(script, subject)
      await subject.dispose()
      results.set(key, outcome.isPassed ? 'passes' : `line ${outcome.line}: ${outcome.reason}`)
    }
  }
  wire.close()
  for (const started of children) started.kill()
  return results
}

function familiesOf(name: string): readonly (4 | 6)[] {
  if (name.startsWith('musts/')) return [4, 6]
  return readScript(readFileSync(join(root, name), 'utf8')).family === 6 ? [6] : [4]
}

const results = new Map<string, Map<string, Result>>()
for (const peer of chosen) results.set(peer.name, await playAll(peer))

console.log(JSON.stringify(versions()))
const names = [...new Set([...results.values()].flatMap((of) => [...of.keys()]))]
console.log(`| script | ${chosen.map(({ name }) => name).join(' | ')} |`)
console.log(`|---|${chosen.map(() => '---|').join('')}`)
for (const name of names) {
  const cells = chosen.map((peer) => {
    const result = results.get(peer.name)!.get(name)
    if (result === undefined) return '–'
    return result === 'passes' ? '✓' : '✗'
  })
  console.log(`| ${name.replace(/^\w+\/|\.pkt/g, '')} | ${cells.join(' | ')} |`)
}
for (const [peer, of] of results) {
  const failed = [...of].filter(([, result]) => result !== 'passes')
  console.log(`\n${peer}: ${of.size - failed.length} of ${of.size} pass`)
  for (const [name, result] of failed) console.log(`  ${name}: ${result}`)
}
process.exit([...(results.get('desktop')?.values() ?? [])].every((result) => result === 'passes') ? 0 : 1)
