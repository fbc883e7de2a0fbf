/** `desktop forward`: the forwarder alone, for any QEMU, tap or vpnkit client that connects to a unix socket. */
import { createServer, type Server, type Socket } from 'node:net'
import type { NetworkSettings } from '../config/desired.ts'
import { ipv6Settings } from '../config/ipv6-network.ts'
import { HostApi } from './api/host-api.ts'
import { ServedForwarder } from './api/served-forwarder.ts'
import { Forwarder } from './forwarder.ts'
import { formatIpv4, parseSubnet } from './wire/addresses.ts'

export interface StandaloneOptions {
  network: NetworkSettings
  /** Paths of unix sockets, each for any number of guests: QEMU's stream netdev, and VMN3T. */
  listenQemu?: readonly string[]
  listenVpnkit?: readonly string[]
  /** Paths of unix sockets for the HTTP API. */
  listenApi?: readonly string[]
  /** Guests do not reach each other. */
  isIsolated?: boolean
}

export interface Standalone extends AsyncDisposable {
  readonly forwarder: Forwarder
}

/** Addresses as Docker Desktop has them, in a /24. `subnet6` is a /64; without, IPv4 only. */
export function standaloneNetwork(subnet: string, mtu: number, subnet6?: string): NetworkSettings {
  const { network } = parseSubnet(subnet)
  return {
    subnet,
    gateway: formatIpv4(network + 1),
    address: formatIpv4(network + 3),
    host: formatIpv4(network + 254),
    mtu,
    ...(subnet6 === undefined ? {} : { ipv6: ipv6Settings(subnet6) }),
  }
}

/** Rejects with the system's error when it cannot listen; nothing is left then. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const { network, listenQemu = [], listenVpnkit = [], listenApi = [], isIsolated = false } = options
  const forwarder = new Forwarder({ network, isIsolated })
  const api = new HostApi(new ServedForwarder(forwarder))
  const servers: Server[] = []
  const standalone: Standalone = {
    forwarder,
    async [Symbol.asyncDispose]() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      await api[Symbol.asyncDispose]()
      await forwarder[Symbol.asyncDispose]()
      await Promise.all(closed)
    },
  }
  const serve = async (path: string, accept: (socket: Socket) => void): Promise<void> => {
    const server = createServer(accept)
    await forUserOnly(() => listen(server, path))
    // A failed accept (no descriptors) ends nothing.
    server.on('error', () => {})
    servers.push(server)
  }
  try {
    for (const path of listenQemu) await serve(path, (socket) => forwarder.attach(socket))
    for (const path of listenVpnkit) await serve(path, (socket) => forwarder.attachVmn3t(socket))
    for (const path of listenApi) {
      await forUserOnly(() => api.listen({ path }))
    }
  } catch (error) {
    await standalone[Symbol.asyncDispose]()
    throw error
  }
  return standalone
}

/** The socket file is made in the call; nobody else may open it, not even before a mode could be set. */
function forUserOnly<T>(makeSocket: () => T): T {
  const before = process.umask(0o177)
  try {
    return makeSocket()
  } finally {
    process.umask(before)
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
