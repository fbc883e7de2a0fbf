/** HTTP/1.1 responses of containers (RFC 9112): parses heads and dechunks bodies without copying. Pure. */

export interface AnswerHead {
  status: number
  reason: string
  /** Keyed by lower-case name, one entry per line. */
  headers: Record<string, string[] | undefined>
}

export interface AnswerEvents {
  head(head: AnswerHead): void
  body(bytes: Buffer): void
}

const maxHeadBytes = 64 * 1024
const headerName = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Type of the next line. */
type Line = 'status' | 'header' | 'chunk size' | 'end of chunk' | 'trailer' | 'none'

export class AnswerReader {
  readonly #events: AnswerEvents
  readonly #hasBody: boolean
  readonly #maySwitch: boolean
  #next: Line = 'status'
  #line = ''
  #headBytes = 0
  #head: AnswerHead = { status: 0, reason: '', headers: {} }
  #isVersion11 = true
  /** Remaining bytes of the body, or of the current chunk. */
  #left = 0
  #keepsAlive = true

  constructor({ method, isUpgrade }: { method: string; isUpgrade: boolean }, events: AnswerEvents) {
    this.#hasBody = method !== 'HEAD'
    this.#maySwitch = isUpgrade
    this.#events = events
  }

  get isDone(): boolean {
    return this.#next === 'none' && this.#left === 0
  }

  /** The connection was upgraded to the requested protocol. */
  get isSwitched(): boolean {
    return this.#head.status === 101 && this.isDone
  }

  /** Whether the connection can be reused. */
  get keepsAlive(): boolean {
    return this.#keepsAlive
  }

  /** Returns the number of bytes consumed: fewer than given if the response is complete. Throws if it is malformed. */
  read(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && !this.isDone) {
      if (this.#left === 0) at = this.#readLine(bytes, at)
      else {
        const end = Math.min(bytes.length, at + this.#left)
        this.#left -= end - at
        this.#events.body(bytes.subarray(at, end))
        at = end
      }
    }
    return at
  }

  /** The container closed the connection. Throws if the response is incomplete. */
  end(): void {
    if (this.#left !== Number.POSITIVE_INFINITY) {
      throw new Error('the server closed the connection before the end of its answer')
    }
    this.#left = 0
  }

  #readLine(bytes: Buffer, from: number): number {
    const found = bytes.indexOf('\n', from, 'latin1')
    const end = found < 0 ? bytes.length : found + 1
    this.#headBytes += end - from
    if (this.#headBytes > maxHeadBytes) throw new Error('the head of the answer is too long')
    this.#line += bytes.toString('latin1', from, end)
    if (found < 0) return end
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) throw malformed('a line', line)
    this.#take(line.slice(0, -2))
    return end
  }

  #take(line: string): void {
    switch (this.#next) {
      case 'status':
        this.#takeStatus(line)
        break
      case 'header':
        if (line === '') this.#endHead()
        else this.#takeHeader(line)
        break
      case 'chunk size':
        this.#takeChunkSize(line)
        break
      case 'end of chunk':
        if (line !== '') throw malformed('a chunk', line)
        this.#next = 'chunk size'
        break
      case 'trailer':
        if (line === '') this.#next = 'none'
        break
      case 'none':
        break
    }
  }

  #takeStatus(line: string): void {
    const [, minor, status, reason = ''] = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/.exec(line) ?? []
    if (status === undefined || status < '100' || status > '599' || !headerValue.test(reason))
      throw malformed('a status line', line)
    this.#isVersion11 = minor === '1'
    this.#head = { status: Number(status), reason, headers: Object.create(null) as AnswerHead['headers'] }
    this.#next = 'header'
  }

  #takeHeader(line: string): void {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (!headerName.test(name) || !headerValue.test(value)) throw malformed('a header', line)
    const { headers } = this.#head
    const key = name.toLowerCase()
    // Appends in place: copying the list for each line would take quadratic time.
    const values = headers[key]
    if (values === undefined) headers[key] = [value]
    else values.push(value)
  }

  #endHead(): void {
    const { status, headers } = this.#head
    if (status === 101 && !this.#maySwitch) throw malformed('a status line', '101 without a request for it')
    // Interim responses count toward the head's limit: a server could send an endless series.
    if (status < 200 && status !== 101) {
      this.#next = 'status'
      return
    }
    this.#headBytes = 0
    const options = (headers.connection ?? [])
      .join(',')
      .toLowerCase()
      .split(/[ \t]*,[ \t]*/)
    this.#keepsAlive = this.#isVersion11 ? !options.includes('close') : options.includes('keep-alive')
    this.#frame()
    this.#events.head(this.#head)
  }

  /** Determines the body length (RFC 9112 section 6.3). */
  #frame(): void {
    const { status, headers } = this.#head
    this.#next = 'none'
    const coding = headers['transfer-encoding']?.join(',').toLowerCase()
    if (coding !== undefined && coding !== 'chunked') throw malformed('a transfer coding', coding)
    const lengths = new Set(
      (headers['content-length'] ?? []).flatMap((value) => value.split(/[ \t]*,[ \t]*/)),
    )
    const [length = '0'] = lengths
    if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) throw malformed('a length', [...lengths].join(','))
    if (!this.#hasBody || status === 101 || status === 204 || status === 304) return
    if (coding !== undefined) {
      this.#next = 'chunk size'
      // With both headers, the peers may disagree about the end of the body.
      if (lengths.size > 0) this.#keepsAlive = false
      delete headers['content-length']
    } else if (lengths.size === 1) this.#left = Number(length)
    else {
      this.#left = Number.POSITIVE_INFINITY
      this.#keepsAlive = false
    }
  }

  #takeChunkSize(line: string): void {
    const [, digits] = /^([\da-f]{1,13})[ \t]*(?:;.*)?$/i.exec(line) ?? []
    if (digits === undefined) throw malformed('a chunk', line)
    this.#headBytes = 0
    this.#left = Number.parseInt(digits, 16)
    this.#next = this.#left === 0 ? 'trailer' : 'end of chunk'
  }
}

const malformed = (what: string, text: string): Error =>
  new Error(`the answer has ${what} that is malformed: ${JSON.stringify(text.slice(0, 80))}`)
