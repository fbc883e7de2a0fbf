/**
 * Capture filters, in the part of tcpdump's language that names a flow:
 *
 *   expression = term { ("and" | "or") term }        left to right, "and" before "or"
 *   term       = "not" term | "(" expression ")" | primitive
 *   primitive  = "arp" | "ip" | "ip6" | "icmp" | "icmp6" | "tcp" | "udp" | "host" ADDRESS | "net" CIDR | "port" NUMBER
 */
import ipaddr from 'ipaddr.js'
import { DesktopError } from '../../errors.ts'
import { type FrameFields, frameFields } from './frame-fields.ts'

export type FrameFilter = (frame: Uint8Array) => boolean

type Test = (fields: FrameFields) => boolean

/** Throws `net/capture-filter` with the word that makes no sense. An empty text lets everything through. */
export function parseFilter(text: string): FrameFilter {
  const words = text.match(/[()]|[^\s()]+/g) ?? []
  if (words.length === 0) return () => true
  const tokens = new Tokens(words)
  const test = either(tokens)
  if (tokens.peek() !== undefined) throw unexpected(tokens.peek())
  return (frame) => test(frameFields(frame))
}

class Tokens {
  readonly #words: readonly string[]
  #at = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  peek(): string | undefined {
    return this.#words[this.#at]
  }

  next(): string | undefined {
    this.#at += 1
    return this.#words[this.#at - 1]
  }

  /** Takes the word if it is the next one. */
  takes(word: string): boolean {
    const isNext = this.peek() === word
    if (isNext) this.#at += 1
    return isNext
  }
}

function either(tokens: Tokens): Test {
  const tests = [both(tokens)]
  while (tokens.takes('or')) tests.push(both(tokens))
  return (fields) => tests.some((test) => test(fields))
}

function both(tokens: Tokens): Test {
  const tests = [term(tokens)]
  while (tokens.takes('and')) tests.push(term(tokens))
  return (fields) => tests.every((test) => test(fields))
}

function term(tokens: Tokens): Test {
  if (tokens.takes('not')) {
    const test = term(tokens)
    return (fields) => !test(fields)
  }
  if (tokens.takes('(')) {
    const test = either(tokens)
    if (!tokens.takes(')')) throw unexpected(tokens.peek())
    return test
  }
  return primitive(tokens)
}

function primitive(tokens: Tokens): Test {
  const word = tokens.next()
  switch (word) {
    case 'arp':
      return ({ etherType }) => etherType === 0x0806
    case 'ip':
      return ({ etherType }) => etherType === 0x0800
    case 'ip6':
      return ({ etherType }) => etherType === 0x86dd
    case 'icmp':
      return ({ protocol }) => protocol === 1
    case 'icmp6':
      return ({ protocol }) => protocol === 58
    case 'tcp':
      return ({ protocol }) => protocol === 6
    case 'udp':
      return ({ protocol }) => protocol === 17
    case 'host':
      return within(`${tokens.peek()}/${tokens.peek()?.includes(':') ? 128 : 32}`, tokens.next())
    case 'net':
      return within(tokens.peek() ?? '', tokens.next())
    case 'port':
      return port(tokens.next())
    default:
      throw unexpected(word)
  }
}

function within(cidr: string, word: string | undefined): Test {
  if (!ipaddr.isValidCIDR(cidr)) throw unexpected(word)
  const [network, prefix] = ipaddr.parseCIDR(cidr)
  const bytes = network.toByteArray()
  return ({ addresses }) => addresses.some((address) => startsWith(address, bytes, prefix))
}

function startsWith(address: Uint8Array, network: readonly number[], prefix: number): boolean {
  if (address.length !== network.length) return false
  return network.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8))
    return ((byte ^ address[index]!) & (0xff00 >> bits) & 0xff) === 0
  })
}

function port(word: string | undefined): Test {
  const wanted = Number(word)
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) throw unexpected(word)
  return ({ ports }) => ports.includes(wanted)
}

function unexpected(word: string | undefined): DesktopError {
  const what = word === undefined ? 'it ends too early' : `"${word}" is not understood there`
  return new DesktopError('net/capture-filter', `capture filter: ${what}`)
}
