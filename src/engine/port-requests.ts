/**
 * The guest's requests for published ports, one per line (templates/guest/socat/usr/bin/port-session).
 * dockerd starts a proxy process for each port and continues when that process replies. Root in the guest may
 * write anything here.
 */
import { isIP } from 'node:net'
import type { AskedPort } from './published.ts'

export type PortRequest =
  /**
   * The proxy with this id waits for a reply; `port` is undefined if the host cannot listen on the protocol.
   */
  | { kind: 'open'; id: number; asked: AskedPort }
  | { kind: 'close'; id: number }
  /** All ports that were open when the connection was made have been announced. */
  | { kind: 'synced' }
  /** Whether dockerd requests ports at all; with `userland-proxy: false` it does not. */
  | { kind: 'asks'; asks: boolean }

/** The guest's scripts write at most about 150 characters. */
export const maxLineBytes = 512

/** Undefined for a line that violates the protocol. */
export function parsePortRequest(line: string): PortRequest | undefined {
  const [kind = '', ...words] = line.split(' ')
  switch (kind) {
    case 'open':
      return parseOpen(words)
    case 'close': {
      const id = number(words[0], 2 ** 22)
      return id === undefined || words.length !== 1 ? undefined : { kind, id }
    }
    case 'synced':
      return words.length === 0 ? { kind } : undefined
    case 'asks':
      return words.length === 1 && /^(yes|no)$/.test(words[0]!)
        ? { kind, asks: words[0] === 'yes' }
        : undefined
    default:
      return undefined
  }
}

function parseOpen(words: readonly string[]): PortRequest | undefined {
  if (words.length !== 7) return undefined
  const [idText, protocol, address = '', portText, containerAddress = '', containerPortText, where] = words
  const id = number(idText, 2 ** 22)
  const port = number(portText, 65_535)
  const containerPort = number(containerPortText, 65_535)
  if (id === undefined || port === undefined || containerPort === undefined) return undefined
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return undefined
  if (isIP(address) === 0 || isIP(containerAddress) === 0) return undefined
  if (where !== 'here' && where !== 'elsewhere') return undefined
  const container = { address: containerAddress, port: containerPort }
  return {
    kind: 'open',
    id,
    asked: { protocol, address, port, container, isOfHost: where === 'elsewhere' },
  }
}

/** Parses a positive number. */
function number(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,6}$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}
