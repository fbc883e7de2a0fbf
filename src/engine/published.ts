/** Ports that containers publish (`docker run -p`) as mappings on the host. */
import type { PortMapping } from '../config/desired.ts'
import type { ContainerSummary } from './client.ts'

interface PublishRules {
  /** Host address that stands for "all addresses" of the VM. */
  bind: string
  /** The VM's eth0. */
  guestAddress: string
}

const everyAddress = new Set(['0.0.0.0', '::', ''])

/**
 * A port published on all addresses of the VM appears on `bind` and is reached at the VM's own address. One
 * published on a single address (`-p 127.0.0.1:80:80`) cannot be reached from outside the VM there, so it
 * leads to the container itself; on the host it listens on that address when it is a loopback one.
 */
export function publishedMappings(
  containers: readonly ContainerSummary[],
  rules: PublishRules,
): PortMapping[] {
  const mappings = new Map<string, PortMapping>()
  for (const container of containers) {
    for (const { IP: ip = '', PublicPort: port, PrivatePort: inner, Type: protocol } of container.Ports) {
      if (port === undefined || (protocol !== 'tcp' && protocol !== 'udp')) continue
      const all = everyAddress.has(ip)
      const address = all ? rules.bind : ip.startsWith('127.') || ip === '::1' ? ip : rules.bind
      const guest = all
        ? { address: rules.guestAddress, port }
        : { address: addressOf(container), port: inner }
      if (guest.address === undefined) continue
      const id = `${protocol}/${address}:${port}`
      if (mappings.has(id)) continue // The same port published on 0.0.0.0 and on ::.
      mappings.set(id, {
        id,
        protocol,
        listen: { kind: 'inet', address, port },
        guest: { address: guest.address, port: guest.port },
      })
    }
  }
  return [...mappings.values()]
}

function addressOf({ NetworkSettings }: ContainerSummary): string | undefined {
  const networks = Object.values(NetworkSettings?.Networks ?? {})
  return networks.map(({ IPAddress }) => IPAddress).find((address) => address !== undefined && address !== '')
}
