/** Connections that a supervisor opens to those of other machines, pure: which, and through what. */
import type { PeerPlace, SocketForward } from '../../config/desired.ts'

/** The supervisor at one end. */
export interface RouteEnd {
  control: string
  /** It is on another host. */
  forward: SocketForward | undefined
  /** MAC address of the machine at the other end. */
  from: string
}

/** One end: a trunk of this machine. Two: a trunk between machines on different other hosts, which passes through here. */
export type Route = readonly [RouteEnd] | readonly [RouteEnd, RouteEnd]

/**
 * Of two machines on this host, the one with the lower MAC address dials; a machine on another host is always dialled
 * from here.
 */
export function routesOf(ownMac: string, peers: readonly PeerPlace[]): Route[] {
  return peers.flatMap(({ mac, control, forward, joins = [] }): Route[] => {
    if (control === undefined || (forward === undefined && ownMac >= mac)) return []
    const end = { control, forward }
    return [
      [{ ...end, from: ownMac }],
      ...joins.map(
        (other): Route => [
          { ...end, from: other.mac },
          { control: other.control, forward: other.forward, from: mac },
        ],
      ),
    ]
  })
}

export const keyOf = (route: Route): string => route.map(({ control }) => control).join('\n')

export const isSameRoute = (a: Route, b: Route): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A forward of the one may replace a socket of the other. */
export const shareSocket = (a: Route, b: Route): boolean =>
  a.some(({ control }) => b.some((end) => end.control === control))
