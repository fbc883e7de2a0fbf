/** The way from a machine's supervisor to those of the others on its switch. */
import type { MachineIdentity, PeerPlace } from '../../config/desired.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'

/** @param here paths by environment name; @param there machines on other hosts, by environment name */
export function peerPlaces(
  { peers, host }: Pick<MachineIdentity, 'peers' | 'host'>,
  here: ReadonlyMap<string, Pick<EnvironmentPaths, 'sockets'>>,
  there: ReadonlyMap<string, Pick<PeerPlace, 'control' | 'forward'>>,
): PeerPlace[] {
  return peers.flatMap((peer): PeerPlace[] => {
    const { environment, address, mac } = peer
    // The file's host dials the others.
    if (peer.host === undefined && host !== undefined) return [{ address, mac }]
    const control = here.get(environment)?.sockets.control
    if (peer.host === host?.name) return control === undefined ? [] : [{ address, mac, control }]
    // Unknown until its host has been reached once.
    const place = there.get(environment)
    return place === undefined ? [] : [{ address, mac, ...place }]
  })
}
