/** Listener for UDP datagrams to a guest. */
import type { PortMapping } from '../../../config/desired.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import { SocketAddress } from '../sockaddr.ts'
import { UdpClients } from './clients.ts'
import { openUdpPort } from './open-port.ts'
import type { PortEvents } from './port.ts'

/** Rejects with the system's error. */
export async function listenUdp(loop: EventLoop, { listen, guest }: PortMapping): Promise<Listener> {
  if (listen.kind === 'unix') throw new Error('UDP cannot be mapped to a unix socket')
  const at = SocketAddress.from(listen.address, listen.port)
  if (at === undefined) throw new Error(`${listen.address} is not a listen address`)
  const clients = new UdpClients(loop, guest)
  const events: PortEvents = {
    received: (bytes, start, end, from, own) => {
      const client = clients.of(from, own, port)
      if (client !== undefined) loop.stack.datagrams.fromClient(client, bytes, start, end)
    },
    // A failed reply to one client does not affect the others.
    failed: () => {},
  }
  const port = openUdpPort(loop, at, events, { receivesOwn: at.isWildcard })
  await port.bound
  return {
    get flows() {
      return clients.size
    },
    close: () => {
      clients.close()
      port[Symbol.dispose]()
      return Promise.resolve()
    },
  }
}
