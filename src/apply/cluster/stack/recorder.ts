/**
 * Stand-in for an engine that records what `docker stack deploy` creates. docker itself converts the compose file,
 * without an engine and without a change. Against docker/cli, cli/command/stack/deploy_composefile.go.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonValue } from '../../../config/desired.ts'
import { checkSocketPath } from '../../../host/directories.ts'

/** What docker would create, in the order of its requests. */
export interface Recording {
  created: readonly Created[]
  /** Objects that the file declares as external. */
  external: readonly { kind: ObjectKind; name: string }[]
  /** docker sent everything, and waits for the services. */
  isComplete: boolean
}

export type ObjectKind = 'networks' | 'configs' | 'secrets' | 'services'

export interface Created {
  kind: ObjectKind
  name: string
  /** Request body. */
  spec: Readonly<Record<string, JsonValue>>
  /** `X-Registry-Auth`: never log or store it. */
  auth: string | undefined
}

/** Version of the guest's engine; newer clients use older versions of the API on request. */
const apiVersion = '1.45'
const kinds: readonly string[] = ['networks', 'configs', 'secrets', 'services'] satisfies ObjectKind[]

/** @param use runs docker with the socket of the stand-in. */
export async function recording<T>(use: (socket: string) => Promise<T>): Promise<[Recording, T]> {
  const created: Created[] = []
  const external: { kind: ObjectKind; name: string }[] = []
  let isComplete = false
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Api-Version': apiVersion })
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(value))
    }
    const body = await bodyOf(request)
    const url = new URL(request.url ?? '/', 'http://docker')
    const [kind = '', name] = url.pathname
      .replace(/^\/v[\d.]+/, '')
      .slice(1)
      .split('/')
      .map(decodeURIComponent)
    if (kind === '_ping') return send(200, 'OK')
    if (kind === 'info') return send(200, { Swarm: { ControlAvailable: true, LocalNodeState: 'active' } })
    if (!isKind(kind)) return send(404, { message: `${kind} is not part of a stack` })
    if (request.method === 'POST' && name === 'create') {
      const spec = JSON.parse(body) as Created['spec']
      const auth = request.headers['x-registry-auth']
      created.push({ kind, name: String(spec.Name), spec, auth: typeof auth === 'string' ? auth : undefined })
      return send(201, { ID: 'new', Id: 'new' })
    }
    if (name === undefined) {
      // References of services to secrets and configs are looked up by name.
      const names = namesIn(url.searchParams.get('filters'))
      for (const one of names)
        if (!created.some((made) => made.kind === kind && made.name === one))
          external.push({ kind, name: one })
      return send(
        200,
        names.map((one) => ({ ID: one, Spec: { Name: one } })),
      )
    }
    if (kind === 'networks') {
      external.push({ kind, name })
      return send(200, { Name: name, Id: name, Scope: 'swarm' })
    }
    if (kind === 'services') isComplete = true
    send(404, { message: `${name} not found` })
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  // Created with mode 0700.
  const directory = await mkdtemp(join(tmpdir(), 'desktop-stack-'))
  try {
    const socket = join(directory, 'docker.sock')
    checkSocketPath(socket, 'set TMPDIR to a directory with a shorter path')
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socket, resolve)
    })
    const result = await use(socket)
    return [{ created, external, isComplete }, result]
  } finally {
    server.close()
    server.closeAllConnections()
    await rm(directory, { recursive: true, force: true })
  }
}

const isKind = (kind: string): kind is ObjectKind => kinds.includes(kind)

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** `{"name":{"a":true}}`, or in newer versions `{"name":["a"]}`. */
function namesIn(filters: string | null): string[] {
  const { name = {} } = JSON.parse(filters ?? '{}') as { name?: Record<string, boolean> | string[] }
  return Array.isArray(name) ? name : Object.keys(name)
}
