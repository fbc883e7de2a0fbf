/**
 * gvproxy's HTTP API, which clients of podman, lima and minikube speak, plus `/metrics`. One request in, one
 * response out; the two paths that turn into streams (`/connect`, `/tunnel`) are in the adapter.
 */
import { messageOf } from '../../errors.ts'
import type { ApiForwarder, Metric } from './forwarder.ts'
import { membersOf, textOf } from './members.ts'
import { ApiError, type ApiMapping, mappingId, parseMapping, renderMapping } from './ports.ts'
import { renderPrometheus } from './prometheus.ts'
import { parseZone, renderZone, withZone } from './zones.ts'

export interface ApiRequest {
  method: string
  path: string
  body: string
}

export interface ApiResponse {
  status: number
  contentType: 'application/json' | 'text/plain; charset=utf-8'
  body: string
}

type Route = (forwarder: ApiForwarder, request: ApiRequest) => Promise<ApiResponse> | ApiResponse

/** Never rejects: what goes wrong becomes a status and a line of text. */
export async function answerApi(forwarder: ApiForwarder, request: ApiRequest): Promise<ApiResponse> {
  try {
    const route = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined
    if (route === undefined) throw new ApiError(404, '404 page not found')
    return await route(forwarder, request)
  } catch (error) {
    return plain(error instanceof ApiError ? error.status : 500, `${messageOf(error)}\n`)
  }
}

const leases: Route = (forwarder) =>
  json(Object.fromEntries(forwarder.leases().map(({ address, mac }) => [address, mac])))

const routes: Readonly<Record<string, Route>> = {
  '/services/forwarder/all': (forwarder) => {
    const key = ({ local, protocol }: ApiMapping) => `${local} ${protocol}`
    const all = forwarder.ports().map(renderMapping)
    return json(all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)))
  },
  '/services/forwarder/expose': async (forwarder, request) => {
    const { local, remote, protocol } = posted(request)
    const mapping = parseMapping({ local, remote, protocol })
    if (forwarder.ports().some((other) => isSame(renderMapping(other), { local, protocol }))) {
      throw new ApiError(500, `proxy already running for ${protocol} on ${local}`)
    }
    await forwarder.addPort(mapping)
    return plain(200, '')
  },
  '/services/forwarder/unexpose': async (forwarder, request) => {
    const wanted = posted(request)
    const found = forwarder.ports().find((mapping) => isSame(renderMapping(mapping), wanted))
    if (found === undefined) throw new ApiError(500, 'proxy not found')
    await forwarder.removePort(found.id)
    return plain(200, '')
  },
  '/services/dns/all': (forwarder) => json(forwarder.zones().map(renderZone)),
  '/services/dns/add': (forwarder, request) => {
    const zone = parseZone(postedJson(request))
    forwarder.setZones(withZone(forwarder.zones(), zone))
    return plain(200, '')
  },
  '/services/dhcp/leases': leases,
  '/leases': leases,
  '/cam': (forwarder) => json(Object.fromEntries(forwarder.cam())),
  '/stats': (forwarder) => json(Object.fromEntries(forwarder.metrics().map((m) => [m.name, totalsOf(m)]))),
  '/metrics': (forwarder) => plain(200, renderPrometheus(forwarder.metrics())),
}

/** By kind, state or the like where there is one label, else the sum: links and rules come and go. */
function totalsOf({ samples }: Metric): number | Record<string, number> {
  const kinds = samples.map(({ labels }) => labels?.kind ?? labels?.state)
  if (kinds.includes(undefined) || kinds.length === 0)
    return samples.reduce((sum, { value }) => sum + value, 0)
  return Object.fromEntries(samples.map(({ value }, i) => [kinds[i], value]))
}

function isSame(
  a: Pick<ApiMapping, 'local' | 'protocol'>,
  b: Pick<ApiMapping, 'local' | 'protocol'>,
): boolean {
  return mappingId(a.protocol, a.local) === mappingId(b.protocol, b.local)
}

function posted(request: ApiRequest): ApiMapping {
  const body = membersOf(postedJson(request), 'body')
  const protocol = textOf(body, 'protocol') || 'tcp'
  return { local: textOf(body, 'local'), remote: textOf(body, 'remote'), protocol }
}

function postedJson(request: ApiRequest): unknown {
  if (request.method !== 'POST') throw new ApiError(400, 'post only')
  try {
    return JSON.parse(request.body)
  } catch (error) {
    throw new ApiError(400, messageOf(error))
  }
}

function json(value: unknown): ApiResponse {
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function plain(status: number, body: string): ApiResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}
