/**
 * gvproxy's HTTP API, used by clients such as podman, lima and minikube, plus `/metrics`. One request, one
 * response; the paths that turn into streams (`/connect`, `/tunnel`) are in the adapter.
 */
import type { Metric } from '../core/metric.ts'
import type { ApiForwarder } from './forwarder.ts'
import {
  type ApiRequest,
  type ApiResponse,
  answerBy,
  json,
  plain,
  postedJson,
  type Route,
  type Routes,
} from './message.ts'
import { portRoutes } from './port-routes.ts'
import { renderPrometheus } from './prometheus.ts'
import { parseZone, renderZone, withZone } from './zones.ts'

/** Never rejects: errors become a status and a line of text. */
export function answerApi(forwarder: ApiForwarder, request: ApiRequest): Promise<ApiResponse> {
  return answerBy(routes, forwarder, request)
}

const leases: Route<ApiForwarder> = (forwarder) =>
  json(Object.fromEntries(forwarder.leases().map(({ address, mac }) => [address, mac])))

const routes: Routes<ApiForwarder> = {
  ...portRoutes,
  '/services/dns/all': (forwarder) => json(forwarder.zones().map(renderZone)),
  '/services/dns/add': async (forwarder, request) => {
    const zone = await parseZone(postedJson(request))
    forwarder.setZones(withZone(forwarder.zones(), zone))
    return plain(200, '')
  },
  '/services/dhcp/leases': leases,
  '/leases': leases,
  '/cam': (forwarder) => json(Object.fromEntries(forwarder.cam())),
  '/stats': (forwarder) => json(Object.fromEntries(forwarder.metrics().map((m) => [m.name, totalsOf(m)]))),
  '/metrics': (forwarder) => plain(200, renderPrometheus(forwarder.metrics())),
}

/**
 * Values by kind or state if there is such a label, otherwise their sum, because links and rules may change at any time.
 */
function totalsOf({ samples }: Metric): number | Record<string, number> {
  const kinds = samples.map(({ labels }) => labels?.kind ?? labels?.state)
  if (kinds.includes(undefined) || kinds.length === 0)
    return samples.reduce((sum, { value }) => sum + value, 0)
  return Object.fromEntries(samples.map(({ value }, i) => [kinds[i], value]))
}
