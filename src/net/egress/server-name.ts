/**
 * Server name in the first bytes of a connection: server_name of a TLS ClientHello (RFC 6066), Host of an HTTP/1
 * request (RFC 9112). Nothing is decrypted. Pure.
 */

export type FirstBytes =
  | { kind: 'more' }
  /** Neither TLS nor HTTP. */
  | { kind: 'other' }
  /** Several `names` if a request names its server twice: all must be allowed. */
  | { kind: 'named'; names: readonly string[]; isHidden: boolean }
  /** Unknown name, with the reason. */
  | { kind: 'unclear'; reason: string }

/** A ClientHello with post-quantum keys has about 2 KiB, a request head rarely more. */
export const maxFirstBytes: number = 8 * 1024

const more: FirstBytes = { kind: 'more' }
const other: FirstBytes = { kind: 'other' }
const unclear = (reason: string): FirstBytes => ({ kind: 'unclear', reason })
const malformed = unclear('malformed TLS')

/** @param port distinguishes proxy requests, whose Host names another server */
export function readServerName(bytes: Uint8Array, port: number): FirstBytes {
  const found = bytes[0] === tls.handshake ? readHello(bytes) : readRequest(bytes, port)
  return found.kind === 'more' && bytes.length >= maxFirstBytes ? unclear('no server name in 8 KiB') : found
}

const tls = { handshake: 22, clientHello: 1, serverName: 0, hostName: 0, encryptedHello: 0xfe0d } as const
const recordHeaderBytes = 5

/** Joins TLS records: a ClientHello may span several. */
function readHello(bytes: Uint8Array): FirstBytes {
  const hello = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== tls.handshake) return malformed
    if (bytes[at + 1] !== undefined && bytes[at + 1] !== 3) return at === 0 ? other : malformed
    if (at + recordHeaderBytes > bytes.length) break
    const size = (bytes[at + 3]! << 8) | bytes[at + 4]!
    if (size === 0) return malformed
    const part = bytes.subarray(at + recordHeaderBytes, at + recordHeaderBytes + size)
    hello.set(part, length)
    length += part.length
    at += recordHeaderBytes + size
    if (length < 4) continue
    if (hello[0] !== tls.clientHello) return malformed
    const whole = 4 + ((hello[1]! << 16) | (hello[2]! << 8) | hello[3]!)
    if (length >= whole) return readExtensions(new Fields(hello.subarray(4, whole)))
  }
  return more
}

function readExtensions(hello: Fields): FirstBytes {
  hello.take(2 + 32)
  for (const width of [1, 2, 1]) hello.block(width)
  const extensions = hello.block(2)
  let name: string | undefined
  let isHidden = false
  const seen = new Set<number>()
  while (!extensions.isOver) {
    const type = extensions.number(2)
    const content = extensions.block(2)
    if (seen.has(type)) return malformed
    seen.add(type)
    isHidden ||= type === tls.encryptedHello
    if (type !== tls.serverName) continue
    const list = content.block(2)
    if (list.number(1) !== tls.hostName) return malformed
    name = hostOf(list.block(2).text())
    if (name === undefined || !list.isOver || list.isBroken || !content.isOver) return malformed
  }
  if (hello.isBroken || extensions.isBroken) return malformed
  return name === undefined
    ? unclear('TLS without a server name')
    : { kind: 'named', names: [name], isHidden }
}

/** Reads numbers and length-prefixed blocks; `isBroken` if one is truncated. */
class Fields {
  readonly #bytes: Uint8Array
  #at = 0
  isBroken = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isOver(): boolean {
    return this.isBroken || this.#at >= this.#bytes.length
  }

  take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) this.isBroken = true
    const part = this.#bytes.subarray(this.#at, this.#at + count)
    this.#at += count
    return part
  }

  number(width: number): number {
    return this.take(width).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  block(width: number): Fields {
    const inner = new Fields(this.take(this.number(width)))
    inner.isBroken = this.isBroken
    return inner
  }

  text(): string {
    return Buffer.from(this.#bytes).toString('latin1')
  }
}

const httpPort = 80
const method = /^[A-Z][A-Z-]{1,20} /
const beginning = /^[A-Z][A-Z-]{0,20}$/

function readRequest(bytes: Uint8Array, port: number): FirstBytes {
  // Servers skip empty lines before a request.
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^[\r\n]+/, '')
  if (!method.test(text)) return text === '' || beginning.test(text) ? more : other
  if (text.startsWith('PRI * HTTP/2')) return unclear('HTTP/2 without TLS')
  const end = /\r?\n\r?\n/.exec(text)
  if (end === null) return more
  const [request = '', ...fields] = text.slice(0, end.index).split(/\r?\n/)
  if (!/ HTTP\/1\.[01]$/.test(request)) return /HTTP\//.test(request) ? unclear('malformed HTTP') : other
  const hosts = fields
    .filter((line) => /^\s*host\s*:/i.test(line))
    .map((line) => line.replace(/^[^:]*:/, '').trim())
  if (hosts.length === 0) return unclear('HTTP without a Host')
  // Implementations disagree on a bare CR and on folded lines.
  if (hosts.length > 1 || /\r/.test(text.slice(0, end.index).replaceAll('\r\n', '\n')))
    return unclear('malformed HTTP')
  if (fields.some((line) => /^[ \t]/.test(line))) return unclear('malformed HTTP')
  // CONNECT is not used for virtual hosts; an absolute URL overrides Host.
  if (request.startsWith('CONNECT ')) return other
  const absolute = /^[A-Z-]+ [a-z][a-z0-9+.-]*:\/\/([^/?# ]*)/i.exec(request)?.[1]
  if (absolute !== undefined && port !== httpPort) return other
  const named = [hosts[0]!, ...(absolute === undefined ? [] : [absolute])]
  const names = named.map((one) => hostOf(one.replace(/^.*@/, '').replace(/:\d*$/, '')))
  if (names.includes(undefined)) return unclear('malformed HTTP')
  return { kind: 'named', names: names as string[], isHidden: false }
}

/** In canonical form for comparison; undefined if it is not a name. */
function hostOf(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '')
  return /^[a-z0-9_.-]{1,253}$/.test(name) ? name : undefined
}
