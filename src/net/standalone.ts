/** `desktop forward`: the forwarder alone, for any QEMU, tap or vpnkit client that connects to a unix socket. */
import { createServer, type Server, type Socket } from 'node:net'
import type { EgressSettings, NetworkSettings } from '../config/desired.ts'
import { openEgress } from '../config/egress-rule.ts'
import { GuestApi } from './api/guest-api.ts'
import { HostApi } from './api/host-api.ts'
import { ServedForwarder } from './api/served-forwarder.ts'
import type { DenialView } from './egress/denials.ts'
import { Forwarder } from './forwarder.ts'
import { forUserOnly, listenForUser, pathNotPort } from './host/private-socket.ts'

export interface StandaloneOptions {
  network: NetworkSettings
  /** Default: everything is allowed. */
  egress?: EgressSettings
  /** Called for each destination or name that egress denies. */
  onDenial?: (denial: DenialView) => void
  /** Paths of unix sockets, each for any number of guests: QEMU's stream netdev, and VMN3T. */
  listenQemu?: readonly string[]
  listenVpnkit?: readonly string[]
  /** Paths of unix sockets for the HTTP API. */
  listenApi?: readonly string[]
  /** Guests cannot reach each other. */
  isIsolated?: boolean
  /** Guests can map ports of this host to themselves by the API at port 80 of the gateway. */
  hasServices?: boolean
  /** Guests use TCP and UDP checksum offload, and the virtual card does not fill the checksums. */
  hasChecksumOffload?: boolean
  /** Static leases: MAC → IPv4 address. */
  leases?: ReadonlyMap<string, string>
}

const gvproxyGuestMac = '5a:94:ef:e4:0c:ee'

export interface Standalone extends AsyncDisposable {
  readonly forwarder: Forwarder
}

/** Rejects with the system's error if it cannot listen, and releases everything. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const { network, listenQemu = [], listenVpnkit = [], listenApi = [], isIsolated = false } = options
  const { hasChecksumOffload = false } = options
  // gvproxy's clients, such as podman, give their first guest this MAC.
  const leases = new Map([[gvproxyGuestMac, network.address], ...(options.leases ?? [])])
  const { egress = openEgress, onDenial = () => {} } = options
  const forwarder = new Forwarder({ network, egress, onDenial, isIsolated, hasChecksumOffload, leases })
  const served = new ServedForwarder(forwarder)
  const api = new HostApi(served)
  const guestApi = new GuestApi(served)
  if (options.hasServices) forwarder.serveWeb((stream, caller) => guestApi.serve(stream, caller))
  const servers: Server[] = []
  const standalone: Standalone = {
    forwarder,
    async [Symbol.asyncDispose]() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      await api[Symbol.asyncDispose]()
      guestApi[Symbol.dispose]()
      await forwarder[Symbol.asyncDispose]()
      await Promise.all(closed)
    },
  }
  const serve = async (path: string, accept: (socket: Socket) => void): Promise<void> => {
    const server = createServer(accept)
    await listenForUser(server, path)
    servers.push(server)
  }
  try {
    for (const path of listenQemu) await serve(path, (socket) => forwarder.attach(socket))
    for (const path of listenVpnkit) await serve(path, (socket) => forwarder.attachVmn3t(socket))
    for (const path of listenApi) {
      await forUserOnly(() => api.listen({ path: pathNotPort(path) }))
    }
  } catch (error) {
    await standalone[Symbol.asyncDispose]()
    throw error
  }
  return standalone
}
