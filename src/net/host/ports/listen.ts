/** One port mapping's listener on the host, by its protocol. */
import type { PortMapping } from '../../../config/desired.ts'
import { systemCode } from '../../../errors/system.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import type { GuestDialler } from '../tcp/guest-dialler.ts'
import { listenStream } from '../tcp/listen.ts'
import { listenUdp } from '../udp/listen.ts'

/** Rejects with the system's error. */
export async function openListener(
  loop: EventLoop,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  try {
    return await open(loop, dialler, mapping)
  } catch (error) {
    const { listen } = mapping
    const isEvery = listen.kind === 'inet' && listen.address === '::'
    if (!isEvery || systemCode(error) !== 'EAFNOSUPPORT') throw error
    // A host without IPv6 has its other addresses all the same.
    return open(loop, dialler, { ...mapping, listen: { ...listen, address: '0.0.0.0' } })
  }
}

function open(loop: EventLoop, dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
  return mapping.protocol === 'udp' ? listenUdp(loop, mapping) : listenStream(loop, dialler, mapping)
}
