/**
 * The forwarder with a vhost-user card, in a separate process, so that its CPU time can be measured:
 *
 *   node bench/net/vhost-user/serve.ts --link SOCKET --mtu 1500 [--map tcp:18080:80 …]
 */
import { parseArgs } from 'node:util'
import { openEgress } from '../../../src/config/egress-rule.ts'
import { linkAddresses } from '../../../src/net/core/settings.ts'
import { defaultDns, egressOf } from '../../../src/net/forwarder-settings.ts'
import { clockMs } from '../../../src/net/host/event-loop.ts'
import { HostSide } from '../../../src/net/host/host-side.ts'
import { ready } from '../../../src/net/host/linux/readiness.ts'
import { acceptSocket, newFlags } from '../../../src/net/host/linux/sockets.ts'
import { standaloneNetwork } from '../../../src/net/network.ts'
import { Stack } from '../../../src/net/stack.ts'
import { VhostLink } from './link.ts'
import { listenUnix } from './unix-socket.ts'

/** The largest of an environment. */
const stackMtu = 65_520

const { values } = parseArgs({
  options: {
    link: { type: 'string' },
    mtu: { type: 'string', default: '1500' },
    map: { type: 'string', multiple: true, default: [] },
  },
})
const network = standaloneNetwork('192.168.65.0/24', stackMtu)
const egress = egressOf({ network, egress: openEgress })
const host = new HostSide(network, defaultDns, egress)
host.start(new Stack(linkAddresses(network), host, clockMs(), { egress }))
const { loop } = host

const listener = listenUnix(values.link!)
loop.readiness!.add(
  listener,
  {
    ready: () => {
      const fd = acceptSocket(listener, null, null, newFlags)
      if (fd >= 0) new VhostLink(loop, fd, { guest: Number(values.mtu), stack: stackMtu })
    },
  },
  ready.read,
)
const mappings = values.map.map((text) => {
  const [, hostPort, guestPort] = text.split(':').map(Number)
  const listen = { kind: 'inet', address: '127.0.0.1', port: hostPort! } as const
  const guest = { address: network.address, port: guestPort! }
  return { id: `tcp-${hostPort}`, protocol: 'tcp', listen, guest } as const
})
for (const state of await host.ports.set('config', mappings)) {
  if (state.state !== 'listening') throw new Error(state.error)
}
// The readiness of sockets does not keep the process alive.
const alive = setInterval(() => {}, 60_000)
for (const event of ['SIGTERM', 'disconnect'] as const)
  process.once(event, () => {
    clearInterval(alive)
    process.exit()
  })
