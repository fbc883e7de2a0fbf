/** Addresses that never respond, and others that do, routed to a dedicated network namespace. */
import { $ } from 'zx'
import { making } from './workspace.ts'

/** For documentation (RFC 5737), so never in use. */
const network = '203.0.113.128/25'
export const blackHoleAddress = '203.0.113.200'
/** For benchmarks (RFC 2544): the first of tens of thousands of addresses. */
const networkOfMany = '198.19.0.0/16'
export const manyBlackHoles = '198.19.1.1'
/** The first of tens of thousands of responding addresses, all on the same host. */
const living = '198.19.128.0/17'
export const manyLiving = '198.19.129.1'

export interface BlackHole extends Disposable {
  /** Namespace of the responding addresses. */
  namespace: string
}

export function openBlackHole(): BlackHole {
  const namespace = `bench-hole-${process.pid}`
  const device = `bh${process.pid}`
  making('device', device)
  making('namespace', namespace)
  $.sync`ip netns add ${namespace}`
  const remove = () => {
    // Removing the namespace removes its devices too, but with a delay.
    $.sync`ip link del ${device}`
    $.sync`ip netns del ${namespace}`
  }
  try {
    $.sync`ip link add ${device} type veth peer name in netns ${namespace}`
    $.sync`ip addr add 203.0.113.1/30 dev ${device}`
    $.sync`ip link set ${device} up`
    $.sync`ip -n ${namespace} addr add 203.0.113.2/30 dev in`
    $.sync`ip -n ${namespace} link set in up`
    $.sync`ip -n ${namespace} link set lo up`
    $.sync`ip -n ${namespace} route add blackhole default`
    $.sync`ip -n ${namespace} route add local ${living} dev lo`
    $.sync`ip netns exec ${namespace} sysctl -qw net.ipv4.ip_forward=1`
    for (const one of [network, networkOfMany]) $.sync`ip route add ${one} via 203.0.113.2`
  } catch (error) {
    remove()
    throw error
  }
  return { namespace, [Symbol.dispose]: remove }
}
