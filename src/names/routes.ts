/** Maps names below the environment's domain to containers, from labels and container names. Pure. */
import { addressOf, containerName } from '../engine/published.ts'
import type { ContainerSummary } from '../engine/replies.ts'
import type { Listing } from '../engine/watch.ts'

export interface Route {
  container: string
  address: string
  port: number
}

/** Routes by name without the domain. Labels take precedence over names, earlier containers over later ones. */
export function routesOf({ containers, networks }: Listing, vmAddress: string): ReadonlyMap<string, Route> {
  const internal = new Set(networks.filter(({ Internal }) => Internal === true).map(({ Name }) => Name))
  const found = containers
    .map((one) => ({ one, container: containerName(one) }))
    .sort((a, b) => (a.container < b.container ? -1 : 1))
    .flatMap(({ one, container }) => {
      const address = onHostNetwork(one) ? vmAddress : addressOf(one, internal)
      return address === undefined ? [] : [{ one, route: { container, address, port: portOf(one) } }]
    })
  const routes = new Map<string, Route>()
  const add = (name: string | undefined, route: Route): void => {
    if (name !== undefined && !routes.has(name)) routes.set(name, route)
  }
  for (const { one, route } of found)
    for (const host of (one.Labels?.host ?? '').split(',')) add(dnsName(host), route)
  for (const { route } of found) add(dnsName(route.container), route)
  for (const { one, route } of found) {
    const { service, project } = one.Labels ?? {}
    if (service !== undefined && project !== undefined) add(dnsName(`${service}.${project}`), route)
  }
  return routes
}

const onHostNetwork = ({ NetworkSettings }: ContainerSummary): boolean =>
  Object.hasOwn(NetworkSettings?.Networks ?? {}, 'host')

/** The label's port, else port 80, else the lowest exposed port. */
function portOf({ Labels, Ports }: ContainerSummary): number {
  const given = Number(Labels?.port)
  if (Number.isInteger(given) && given > 0 && given < 65_536) return given
  const exposed = Ports.filter(({ Type }) => Type === 'tcp').map(({ PrivatePort }) => PrivatePort)
  return exposed.length === 0 || exposed.includes(80) ? 80 : Math.min(...exposed)
}

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Container names may contain underscores, host names not. Undefined if it cannot be a host name. */
export function dnsName(text: string): string | undefined {
  const name = text.trim().toLowerCase().replaceAll('_', '-')
  return name.length <= 200 && name.split('.').every((part) => label.test(part)) ? name : undefined
}
