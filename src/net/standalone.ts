/** `desktop forward`: the forwarder alone, for any QEMU or tap that connects to a unix socket. */
import { chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import type { NetworkSettings } from '../config/desired.ts'
import { ipv6Settings } from '../config/ipv6-network.ts'
import { Forwarder } from './forwarder.ts'
import { formatIpv4, parseSubnet } from './wire/addresses.ts'

export interface StandaloneOptions {
  /** Path of the unix socket for QEMU's stream netdev. */
  listenQemu: string
  /** CIDR; gateway .1, guest .3, the host's loopback at .254. */
  subnet: string
  mtu: number
  /** A /64; undefined: IPv4 only. */
  subnet6?: string | undefined
}

export interface Standalone extends AsyncDisposable {
  readonly forwarder: Forwarder
}

/** Addresses as Docker Desktop has them, in any subnet. */
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

/** Rejects with the system's error when it cannot listen. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const forwarder = new Forwarder({
    network: standaloneNetwork(options.subnet, options.mtu, options.subnet6),
  })
  const server = createServer((socket) => forwarder.attach(socket))
  try {
    await listen(server, options.listenQemu)
    chmodSync(options.listenQemu, 0o600)
  } catch (error) {
    await forwarder[Symbol.asyncDispose]()
    throw error
  }
  return {
    forwarder,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      await forwarder[Symbol.asyncDispose]()
      await closed
    },
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
