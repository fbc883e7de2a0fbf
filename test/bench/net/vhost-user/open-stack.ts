/** The forwarder's stack and its host side, with the MTU that a vhost-user link lets it believe in. */
import { openEgress } from '../../../../src/config/egress-rule.ts'
import { linkAddresses } from '../../../../src/net/core/settings.ts'
import { defaultDns, egressOf } from '../../../../src/net/forwarder-settings.ts'
import { clockMs } from '../../../../src/net/host/event-loop.ts'
import { HostSide } from '../../../../src/net/host/host-side.ts'
import { standaloneNetwork } from '../../../../src/net/network.ts'
import { Stack } from '../../../../src/net/stack.ts'

export function openStack(): HostSide {
  const network = standaloneNetwork('192.168.65.0/24', 65_520)
  const egress = egressOf({ network, egress: openEgress })
  const host = new HostSide(network, defaultDns, egress)
  host.start(new Stack(linkAddresses(network), host, clockMs(), { egress }))
  return host
}
