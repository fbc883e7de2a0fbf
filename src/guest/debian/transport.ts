/** GET requests to mirrors, via the proxy of apt or the environment; follows redirects. */
import http from 'node:http'
import https from 'node:https'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { toolVersion } from '../../version.ts'
import { type AptConfig, readAptConfig } from './apt-config.ts'
import { aptProxy, type Credentials, credentialsFor, readAuth } from './proxy.ts'

export interface Transport extends Disposable {
  /** The caller must read or destroy the response. Rejects with `MirrorError` if there is none. */
  get(
    address: string,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<http.IncomingMessage>
  readonly config: AptConfig
}

/** No response, or an error response. */
export class MirrorError extends Error {
  /** 404 and 410: a retry would get the same response. */
  readonly gone: boolean

  constructor(address: string, why: string, options: { gone?: boolean; cause?: unknown } = {}) {
    super(`${withoutPassword(address)}: ${why}`, { cause: options.cause })
    this.gone = options.gone ?? false
  }
}

const withoutPassword = (address: string): string => address.replace(/\/\/[^/@]*@/, '//')

/** A retry would not help. */
const refused = (address: string, why: string): DesktopError =>
  new DesktopError('guest/no-network', `${withoutPassword(address)} ${why}`)

const maxRedirects = 5
const idleMs = 30_000

/** Agents are reused, to keep connections alive. */
export async function openTransport(etc = '/etc/apt'): Promise<Transport> {
  const [config, auth] = [await readAptConfig(etc), await readAuth(etc)]
  const agents = new Map<string, http.Agent>()
  const agentFor = async (url: URL): Promise<http.Agent> => {
    const proxy = await aptProxy(config, url)
    const key = `${url.protocol}${proxy ?? ''}`
    const known = agents.get(key)
    if (known !== undefined) return known
    const proxyEnv =
      proxy === undefined ? process.env : proxy === 'direct' ? {} : { http_proxy: proxy, https_proxy: proxy }
    requireProxySupport(proxyEnv)
    const options = { keepAlive: true, proxyEnv, timeout: idleMs }
    const agent = url.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options)
    agents.set(key, agent)
    return agent
  }
  return {
    config,
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy()
    },
    get: async (address, headers = {}, signal) => {
      let url = new URL(address)
      for (let redirects = 0; redirects <= maxRedirects; redirects++) {
        const answer = await request(url, await agentFor(url), withAuth(url, headers, auth), signal)
        const { location } = answer.headers
        if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined)
          return accepted(address, answer)
        answer.resume()
        url = new URL(location, url)
        if (!/^https?:$/.test(url.protocol)) throw refused(address, `redirects to ${url.protocol}`)
      }
      throw refused(address, `redirects more than ${maxRedirects} times`)
    },
  }
}

function withAuth(
  url: URL,
  headers: Readonly<Record<string, string>>,
  auth: readonly Credentials[],
): Record<string, string> {
  const credentials = credentialsFor(url, auth)
  const basic =
    credentials === undefined ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
  return { 'user-agent': `desktop/${toolVersion}`, ...basic, ...headers }
}

function accepted(address: string, answer: http.IncomingMessage): http.IncomingMessage {
  const status = answer.statusCode ?? 0
  if (status === 200 || status === 206) return answer
  answer.resume()
  throw new MirrorError(address, `HTTP ${status}`, { gone: status === 404 || status === 410 })
}

function request(
  url: URL,
  agent: http.Agent,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { agent, headers, ...(signal === undefined ? {} : { signal }) }
    const begin = url.protocol === 'https:' ? https.get : http.get
    const sent = begin(url, options, resolve)
    sent.setTimeout(idleMs, () => sent.destroy(new Error(`no data for ${idleMs / 1000} s`)))
    sent.on('error', (error) => {
      reject(signal?.aborted ? error : new MirrorError(url.href, reason(error), { cause: error }))
    })
  })
}

/** An AggregateError of several addresses has no message. */
function reason(error: Error): string {
  const all = error instanceof AggregateError ? error.errors : [error]
  return all.map((one) => messageOf(one) || (systemCode(one) ?? 'failed')).join('; ')
}

function requireProxySupport(env: Readonly<Record<string, string | undefined>>): void {
  const wanted = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some(
    (key) => (env[key] ?? '') !== '',
  )
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (!wanted || major > 24 || minor >= 5) return
  throw new DesktopError('guest/no-network', `Node ${process.versions.node} cannot use an HTTP proxy`, {
    hint: 'use Node 24.5 or later, or a mirror that needs no proxy',
  })
}
