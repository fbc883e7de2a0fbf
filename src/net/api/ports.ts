/** Port mappings as gvproxy's API writes them ⇄ our own. */
import type { PortMapping } from '../../config/desired.ts'

/** `{"local":":6443","remote":"192.168.127.2:6443","protocol":"tcp"}`; unix: a path and `tcp://host:port`. */
export interface ApiMapping {
  local: string
  remote: string
  protocol: string
}

/** As Go understands them: every address of both families, and the IPv4 one of `localhost`. */
const names: ReadonlyMap<string, string> = new Map([
  ['', '::'],
  ['localhost', '127.0.0.1'],
])

/** Of a unix socket's name on the systems that allow the fewest. */
const maxPathBytes = 103

/** A request that the caller got wrong (400), or that cannot be done (500). */
export class ApiError extends Error {
  readonly status: 400 | 403 | 404 | 413 | 500

  constructor(status: ApiError['status'], message: string) {
    super(message)
    this.status = status
  }
}

/** In gvproxy's words. */
export function alreadyRunning(mapping: PortMapping): ApiError {
  const { protocol, local } = renderMapping(mapping)
  return new ApiError(500, `proxy already running for ${protocol} on ${local}`)
}

/** Made only through the API, so that its mappings are never mistaken for those of the file. */
export function mappingId(protocol: string, local: string): string {
  return `api:${protocol}/${local}`
}

/** @param caller the address that a `remote` without one means. */
export function parseMapping({ local, remote, protocol }: ApiMapping, caller?: string): PortMapping {
  const id = mappingId(protocol, local)
  if (local === '') throw new ApiError(400, 'local is mandatory')
  switch (protocol) {
    case 'tcp':
    case 'udp': {
      const { host, port } = splitHostPort(local, 'local')
      // Nobody would know which one it is.
      if (port === 0) throw new ApiError(400, 'local: 0 is not a port')
      const listen = { kind: 'inet', address: names.get(host) ?? host, port } as const
      return { id, protocol, listen, guest: guestAddress(remote, caller) }
    }
    case 'unix': {
      const bytes = Buffer.byteLength(local)
      if (bytes > maxPathBytes) {
        throw new ApiError(400, `local: the path has ${bytes} bytes; the most is ${maxPathBytes}`)
      }
      const url = URL.parse(remote)
      if (url === null) throw new ApiError(500, `failed to parse remote uri: ${remote}`)
      if (url.protocol !== 'tcp:') {
        throw new ApiError(
          500,
          `remote protocol for unix forwarder is not implemented: ${url.protocol.slice(0, -1)}`,
        )
      }
      return {
        id,
        protocol: 'tcp',
        listen: { kind: 'unix', path: local, mode: 0o600 },
        guest: guestAddress(url.host, caller),
      }
    }
    default:
      throw new ApiError(500, `unknown protocol ${protocol}`)
  }
}

export function renderMapping(mapping: PortMapping): ApiMapping {
  const { listen, guest } = mapping
  const remote = joinHostPort(guest.address, guest.port)
  if (listen.kind === 'unix') return { local: listen.path, remote: `tcp://${remote}`, protocol: 'unix' }
  const prefix = mappingId(mapping.protocol, '')
  // Callers unexpose by the text that they exposed.
  const given = mapping.id.startsWith(prefix) ? mapping.id.slice(prefix.length) : undefined
  return { local: given ?? joinHostPort(listen.address, listen.port), remote, protocol: mapping.protocol }
}

function guestAddress(text: string, caller = ''): PortMapping['guest'] {
  const { host, port } = splitHostPort(text, 'remote')
  const address = host || caller
  if (address === '') throw new ApiError(400, 'remote needs an address')
  return { address, port }
}

function splitHostPort(text: string, what: string): { host: string; port: number } {
  const found = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text)
  const port = Number(found?.[3])
  if (found === null || port > 65_535) throw new ApiError(400, `${what}: "${text}" is not host:port`)
  return { host: found[1] ?? found[2] ?? '', port }
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
