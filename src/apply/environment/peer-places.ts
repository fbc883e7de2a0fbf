/** The way from a machine's supervisor to those of the others on its switch. */
import type { JoinedPlace, MachineIdentity, Peer, PeerPlace } from '../../config/desired.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'

interface ControlSocket {
  sockets: Pick<EnvironmentPaths['sockets'], 'control'>
}
type There = ReadonlyMap<string, Pick<JoinedPlace, 'control' | 'forward'>>

/** @param here paths by environment name; @param there machines on other hosts, by environment name */
export function peerPlaces(
  { peers, host, relays }: Pick<MachineIdentity, 'peers' | 'host' | 'relays'>,
  here: ReadonlyMap<string, ControlSocket>,
  there: There,
): PeerPlace[] {
  return peers.flatMap((peer, index): PeerPlace[] => {
    const { environment, address, mac } = peer
    // The file's host dials, also on behalf of further hosts.
    if (host !== undefined && peer.host !== host.name) return [{ address, mac }]
    const control = here.get(environment)?.sockets.control
    if (peer.host === host?.name) return control === undefined ? [] : [{ address, mac, control }]
    // Unknown until its host has been reached once.
    const place = there.get(environment)
    if (place === undefined) return []
    const joins = relays === true ? joinedPlaces(peer, peers.slice(index + 1), there) : []
    return [{ address, mac, ...place, ...(joins.length === 0 ? {} : { joins }) }]
  })
}

/** Each pair of hosts once. */
const joinedPlaces = (peer: Peer, later: readonly Peer[], there: There): JoinedPlace[] =>
  later.flatMap(({ environment, mac, host }): JoinedPlace[] => {
    const place = there.get(environment)
    return host === undefined || host === peer.host || place === undefined ? [] : [{ mac, ...place }]
  })
