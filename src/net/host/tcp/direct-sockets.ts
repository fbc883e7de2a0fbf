/** TCP sockets that bypass Node. Unix sockets use Node, which creates and removes their files. */
import type { PortMapping } from '../../../config/desired.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import { SocketAddress } from '../sockaddr.ts'
import { DirectAcceptor } from './direct-acceptor.ts'
import { DirectStream } from './direct-stream.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { listenByNode } from './node-sockets.ts'
import { graceMs, joinGuest, type Loopbacks, type TcpSockets } from './sockets.ts'

export class DirectSockets implements TcpSockets {
  readonly #loop: EventLoop

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  dial(connection: TcpConnection, to: SocketAddress): HostStream {
    return DirectStream.dial(this.#loop, connection, [to])
  }

  dialLoopbacks(connection: TcpConnection, port: number, inOrder: Loopbacks): HostStream {
    const names = inOrder.map((address) => SocketAddress.from(address, port)!)
    return DirectStream.dial(this.#loop, connection, names)
  }

  async listen(dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
    const { listen } = mapping
    const at = listen.kind === 'inet' ? SocketAddress.from(listen.address, listen.port) : undefined
    return at === undefined
      ? listenByNode(this.#loop, dialler, mapping)
      : listenDirectly(this.#loop, dialler, mapping, at)
  }
}

/** Throws the system's error. */
function listenDirectly(
  loop: EventLoop,
  dialler: GuestDialler,
  { guest }: PortMapping,
  at: SocketAddress,
): Listener {
  const streams = new Set<DirectStream>()
  let timer: NodeJS.Timeout | undefined
  const closed = (stream: DirectStream) => {
    streams.delete(stream)
    if (streams.size === 0) clearTimeout(timer)
  }
  const acceptor = new DirectAcceptor(loop, at, (fd) => {
    const host = DirectStream.accepted(loop, fd)
    if (host === undefined) return
    streams.add(host)
    host.closed = closed
    joinGuest(dialler, guest, host)
  })
  const endAll = () => {
    for (const stream of streams) stream.destroy()
  }
  return {
    get flows() {
      return streams.size
    },
    close: (flows) => {
      acceptor[Symbol.dispose]()
      if (flows === 'now') endAll()
      else if (streams.size > 0) timer = setTimeout(endAll, graceMs).unref()
      return Promise.resolve()
    },
  }
}
