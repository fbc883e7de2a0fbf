/** The part of the API that maps ports, which is all that guests can use. */
import type { ApiForwarder } from './forwarder.ts'
import { membersOf, textOf } from './members.ts'
import { type ApiRequest, json, plain, postedJson, type Routes } from './message.ts'
import { ApiError, type ApiMapping, alreadyRunning, mappingId, parseMapping, renderMapping } from './ports.ts'

export interface PortKeeper extends Pick<ApiForwarder, 'ports' | 'addPort' | 'removePort'> {
  /** Address of the requesting guest: the default address of `remote`. */
  readonly caller?: string
}

export const portRoutes: Routes<PortKeeper> = {
  '/services/forwarder/all': (forwarder) => {
    const key = ({ local, protocol }: ApiMapping) => `${local} ${protocol}`
    const all = forwarder.ports().map(renderMapping)
    return json(all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)))
  },
  '/services/forwarder/expose': async (forwarder, request) => {
    const { local, remote, protocol } = posted(request)
    const mapping = parseMapping({ local, remote, protocol }, forwarder.caller)
    if (forwarder.ports().some((other) => isSame(renderMapping(other), { local, protocol }))) {
      throw alreadyRunning(mapping)
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
