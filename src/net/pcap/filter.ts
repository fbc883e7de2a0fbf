/**
 * Capture filters: the subset of pcap-filter(7) for hosts, networks, ports and directions; plus flows.
 *
 *   expression = term { ("and" | "&&" | "or" | "||") term }       left to right, equal precedence
 *   term       = ("not" | "!") term | "(" expression ")" | protocol | flow | { qualifier } id
 *   protocol   = "arp" | "ip" | "ip6" | "icmp" | "icmp6" | "tcp" | "udp"
 *   qualifier  = protocol, or "ether"; then "src" | "dst" | "src or dst" | "src and dst";
 *                then "host" | "net" | "port" | "portrange"
 *   id         = ADDRESS | CIDR | NUMBER | NUMBER-NUMBER | MAC, or several in parentheses; without qualifiers, those of
 *                the previous id apply, and to the first id "host" or "net"
 *   flow       = ("tcp" | "udp") END [["→" | "←"] END ["+"N]]     both directions; END = ADDRESS:PORT | "*",
 *                                                                 as in the output of `desktop flows`
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import { endTest, isEnd, isId, isProtocol, protocolTest, type Qualifiers, qualified } from './filter-terms.ts'
import { type FrameFields, frameFields } from './frame-fields.ts'

export type FrameFilter = (frame: Uint8Array) => boolean

type Test = (fields: FrameFields) => boolean

/** Throws `net/capture-filter` with the invalid word. An empty text matches all frames. */
export function parseFilter(text: string): FrameFilter {
  const words = text.match(/&&|\|\||[()!]|[^\s()!&|]+|[&|]/g) ?? []
  if (words.length === 0) return () => true
  const parser = new Parser(words)
  const test = parser.expression()
  parser.end()
  return (frame) => test(frameFields(frame))
}

const arrows: ReadonlySet<string | undefined> = new Set(['→', '←', '->', '<-'])

class Parser {
  readonly #words: readonly string[]
  #at = 0
  /** Qualifiers for the next id without its own. */
  #before: Qualifiers = {}

  constructor(words: readonly string[]) {
    this.#words = words
  }

  end(): void {
    if (this.#at < this.#words.length) throw this.#unexpected()
  }

  expression(): Test {
    let whole = this.#term()
    for (;;) {
      const left = whole
      if (this.#takes('and', '&&')) {
        const right = this.#term()
        whole = (fields) => left(fields) && right(fields)
      } else if (this.#takes('or', '||')) {
        const right = this.#term()
        whole = (fields) => left(fields) || right(fields)
      } else return whole
    }
  }

  #term(): Test {
    if (this.#takes('not', '!')) {
      const test = this.#term()
      return (fields) => !test(fields)
    }
    return this.#takes('(') ? this.#inParentheses() : this.#primitive()
  }

  #inParentheses(): Test {
    const test = this.expression()
    if (!this.#takes(')')) throw this.#unexpected()
    return test
  }

  #primitive(): Test {
    const qualifiers = this.#qualifiers()
    const { protocol, direction, kind } = qualifiers
    const isAlone = direction === undefined && kind === undefined
    if (isAlone && protocol !== undefined && protocol !== 'ether') {
      if ((protocol === 'tcp' || protocol === 'udp') && isEnd(this.#peek())) return this.#flow(protocol)
      return protocolTest(protocol)
    }
    if (!isAlone || protocol !== undefined) this.#before = qualifiers
    if (this.#takes('(')) return this.#inParentheses()
    const test = isId(this.#peek()) ? qualified(this.#before, this.#peek()!) : undefined
    if (test === undefined) throw this.#unexpected()
    this.#at += 1
    return test
  }

  #qualifiers(): Qualifiers {
    const word = this.#peek()
    const protocol = isProtocol(word) ? word : undefined
    if (protocol !== undefined) this.#at += 1
    const direction = this.#direction()
    const kind = (['host', 'net', 'portrange', 'port'] as const).find((one) => this.#takes(one))
    return { protocol, direction, kind }
  }

  #direction(): Qualifiers['direction'] {
    if (this.#takes('dst')) return 'dst'
    if (!this.#takes('src')) return undefined
    for (const word of ['or', 'and'] as const) {
      if (this.#peek() !== word || this.#words[this.#at + 1] !== 'dst') continue
      this.#at += 2
      return word === 'or' ? 'either' : 'both'
    }
    return 'src'
  }

  #flow(protocol: 'tcp' | 'udp'): Test {
    const isOfProtocol = protocolTest(protocol)
    const [one, other] = [this.#flowEnd(), this.#otherEnd()]
    return (fields) =>
      isOfProtocol(fields) && ((one(fields, 0) && other(fields, 1)) || (one(fields, 1) && other(fields, 0)))
  }

  #otherEnd(): ReturnType<typeof endTest> {
    if (arrows.has(this.#peek())) this.#at += 1
    else if (!isEnd(this.#peek())) return endTest('*')
    const end = this.#flowEnd()
    if (!/^\+\d+$/.test(this.#peek() ?? '')) return end
    // "+N" in the output of `desktop flows`: other remote endpoints of a UDP socket.
    this.#at += 1
    return endTest('*')
  }

  #flowEnd(): ReturnType<typeof endTest> {
    const word = this.#peek()
    if (!isEnd(word)) throw this.#unexpected()
    this.#at += 1
    return endTest(word)
  }

  #peek(): string | undefined {
    return this.#words[this.#at]
  }

  /** Consumes the next word if it is one of these. */
  #takes(...words: readonly string[]): boolean {
    const isNext = words.includes(this.#peek() ?? '')
    if (isNext) this.#at += 1
    return isNext
  }

  #unexpected(): DesktopError {
    const word = this.#peek()
    const what = word === undefined ? 'unexpected end' : `unexpected "${word}"`
    return new DesktopError('net/capture-filter', `capture filter: ${what}`)
  }
}
