/** The page's server on a real socket, for tests. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { expect } from 'vitest'
import { type Live, liveOf } from '../../../src/cli/live/live.ts'
import { FlowRates } from '../../../src/cli/live/rates.ts'
import { LiveEvents } from '../../../src/cli/ui/events.ts'
import { type PageServer, servePage } from '../../../src/cli/ui/server.ts'
import { aFlow, aSample } from '../../support/cli/live-sample.ts'

export const live: Live = liveOf(aSample({ flows: [aFlow] }), new FlowRates())

interface Served extends AsyncDisposable {
  server: PageServer
  looks: () => number
  ask(
    path: string,
    options?: { method?: string; headers?: OutgoingHttpHeaders; body?: string },
  ): Promise<IncomingMessage>
  /** Headers of the client that exchanged the token. */
  enter(): Promise<OutgoingHttpHeaders>
}

export async function serve(
  at: { port: number } | { socket: string } = { port: 0 },
  look: () => Promise<Live> = async () => live,
): Promise<Served> {
  let looks = 0
  const text = JSON.stringify
  const events = new LiveEvents({
    look: () => {
      looks += 1
      return look()
    },
    text,
    intervalMs: 5,
  })
  const server = await servePage({
    at,
    text,
    assets: new Map([['/', { type: 'text/html; charset=utf-8', bytes: Buffer.from('page') }]]),
    data: {
      names: async () => ({ evil: '</script><script>alert(1)</script>' }),
      bad: async () => {
        throw new Error('no')
      },
    },
    events: { live: (response, _query, lastId) => events.add(response, Number(lastId) || 0) },
  })
  const place = 'socket' in at ? { socketPath: at.socket } : { host: '127.0.0.1', port: server.port }
  const ask: Served['ask'] = async (path, { method = 'GET', headers = {}, body = '' } = {}) => {
    const request = httpRequest({ ...place, path, method, headers, agent: false })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response
  }
  const origin = `http://127.0.0.1:${server.port ?? 80}`
  return {
    server,
    looks: () => looks,
    ask,
    enter: async () => {
      const host = origin.slice('http://'.length)
      const response = await ask('/session', {
        method: 'POST',
        headers: { origin, host },
        body: server.token,
      })
      expect(response.statusCode).toBe(204)
      return { host, cookie: String(response.headers['set-cookie']).split(';')[0] }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
