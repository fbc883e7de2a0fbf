/** Opens the host listener of a port mapping, by protocol. */
import type { PortMapping } from '../../../config/desired.ts'
import { systemCode } from '../../../errors/system.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import type { GuestDialler } from '../tcp/guest-dialler.ts'
import type { TcpSockets } from '../tcp/sockets.ts'
import { listenUdp } from '../udp/listen.ts'

/** Rejects with the system's error. */
export async function openListener(
  loop: EventLoop,
  tcp: TcpSockets,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  try {
    return await open(loop, tcp, dialler, mapping)
  } catch (error) {
    const { listen } = mapping
    const isEvery = listen.kind === 'inet' && listen.address === '::'
    if (!isEvery || systemCode(error) !== 'EAFNOSUPPORT') throw error
    // Without IPv6, listen on all IPv4 addresses.
    return open(loop, tcp, dialler, { ...mapping, listen: { ...listen, address: '0.0.0.0' } })
  }
}

function open(
  loop: EventLoop,
  tcp: TcpSockets,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  return mapping.protocol === 'udp' ? listenUdp(loop, mapping) : tcp.listen(dialler, mapping)
}
