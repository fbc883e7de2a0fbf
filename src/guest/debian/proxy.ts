/** Proxy and mirror credentials of this host, from apt's configuration and the environment. */
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists } from '../../host/atomic-file.ts'
import { run } from '../../host/run.ts'
import { type AptConfig, readParts } from './apt-config.ts'

/** A proxy URL; `undefined`: not set in apt, use the environment; `direct`: no proxy, regardless of the environment. */
export type Proxy = string | 'direct' | undefined

/**
 * Selects the proxy as apt's http method does: the host's entry, then the auto-detection program, then the general
 * entry. https options fall back to those of http.
 */
export async function aptProxy(config: AptConfig, url: URL): Promise<Proxy> {
  const protocols = url.protocol === 'https:' ? ['https', 'http'] : ['http']
  const first = (name: string): string | undefined =>
    protocols
      .map((protocol) => config.get(`acquire::${protocol}::${name}`.toLowerCase()))
      .find((value) => value !== undefined && value !== '')
  const found = first(`proxy::${url.hostname}`) ?? (await detected(first, url)) ?? first('proxy')
  if (found === undefined) return undefined
  if (found.toUpperCase() === 'DIRECT') return 'direct'
  const address = found.includes('://') ? found : `http://${found}`
  if (URL.canParse(address) && /^https?:/.test(address)) return address
  throw new DesktopError('guest/no-network', `apt's proxy for ${url.hostname} is not an http proxy: ${found}`)
}

async function detected(first: (name: string) => string | undefined, url: URL): Promise<string | undefined> {
  const program = first('proxy-auto-detect') ?? first('proxyautodetect')
  if (program === undefined) return undefined
  const { code, stdout, stderr } = await run([program, url.href])
  const said = stdout.trim()
  if (code === 0) return said === '' ? undefined : said
  throw new DesktopError('guest/no-network', `apt's proxy detection ${program} failed: ${stderr.trim()}`)
}

export interface Credentials {
  machine: string
  login: string
  password: string
}

/** apt_auth.conf(5): netrc, in which a machine may have a protocol, port and path. */
export function parseAuth(text: string): Credentials[] {
  const words = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join(' ')
    .split(/\s+/)
  const found: Credentials[] = []
  for (let i = 0; i + 1 < words.length; i += 2) {
    const [key, value = ''] = [words[i], words[i + 1]]
    const last = found.at(-1)
    if (key === 'machine') found.push({ machine: value, login: '', password: '' })
    else if (key === 'login' && last !== undefined) last.login = value
    else if (key === 'password' && last !== undefined) last.password = value
  }
  return found
}

export async function readAuth(etc: string): Promise<Credentials[]> {
  const texts = [await readIfExists(join(etc, 'auth.conf')).catch(() => undefined)]
  return [...texts, ...(await readParts(join(etc, 'auth.conf.d'), /\.conf$/).catch(() => []))].flatMap(
    (text) => parseAuth(text ?? ''),
  )
}

/** `user:password`; over http only from an entry with an http URL, as in apt. */
export function credentialsFor(url: URL, auth: readonly Credentials[]): string | undefined {
  if (url.username !== '') return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const target = `${url.host}${url.pathname}`
  const match = auth.find(({ machine }) => {
    const [, protocol = 'https', place = machine] = /^([a-z+]+):\/\/(.*)$/.exec(machine) ?? []
    if (`${protocol}:` !== url.protocol) return false
    const wanted = place.replace(/\/+$/, '')
    const seen = wanted.includes(':') ? target : `${url.hostname}${url.pathname}`
    return seen === wanted || seen.startsWith(`${wanted}/`)
  })
  return match === undefined ? undefined : `${match.login}:${match.password}`
}
