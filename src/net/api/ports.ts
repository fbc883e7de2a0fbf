/** Converts port mappings between gvproxy's API and our form. */
import type { PortMapping } from '../../config/desired.ts'

/** `{"local":":6443","remote":"192.168.127.2:6443","protocol":"tcp"}`; unix: a path and `tcp://host:port`. */
export interface ApiMapping {
  local: string
  remote: string
  protocol: string
}

/** Go's interpretation: all addresses of both families, and the IPv4 address of `localhost`. */
const names: ReadonlyMap<string, string> = new Map([
  ['', '::'],
  ['localhost', '127.0.0.1'],
])

/** Smallest limit for the path of a unix socket on any system. */
const maxPathBytes = 103

/** An invalid request (4xx), or one that failed (500). */
export class ApiError extends Error {
  readonly status: 400 | 403 | 404 | 413 | 500

  constructor(status: ApiError['status'], message: string) {
    super(message)
    this.status = status
  }
}

/** Uses gvproxy's message. */
export function alreadyRunning(mapping: PortMapping): ApiError {
  const { protocol, local } = renderMapping(mapping)
  return new ApiError(500, `proxy already running for ${protocol} on ${local}`)
}

/** ID of mappings created through the API, distinct from those of the file. */
export function mappingId(protocol: string, local: string): string {
  return `api:${protocol}/${local}`
}

/** @param caller default address of `remote` */
export function parseMapping({ local, remote, protocol }: ApiMapping, caller?: string): PortMapping {
  const id = mappingId(protocol, local)
  if (local === '') throw new ApiError(400, 'local is mandatory')
  switch (protocol) {
    case 'tcp':
    case 'udp': {
      const { host, port } = splitHostPort(local, 'local')
      // A random port would be unknown to the client.
      if (port === 0) throw new ApiError(400, 'local: 0 is not a port')
      const listen = { kind: 'inet', address: names.get(host) ?? host, port } as const
      return { id, protocol, listen, guest: guestAddress(remote, caller) }
    }
    case 'unix': {
      const bytes = Buffer.byteLength(local)
      if (bytes > maxPathBytes) {
        throw new ApiError(400, `local: the path has ${bytes} bytes; the maximum is ${maxPathBytes}`)
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
  // Callers unexpose with the same text that they exposed.
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
