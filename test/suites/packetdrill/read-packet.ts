/** The packets of a packetdrill script: `S. 0:0(0) ack 1 win 65535 <mss 1460>`, or an ICMP error with what it quotes. */
import type { Option, ScriptPacket } from './script.ts'

const segmentPattern =
  /^(?:[([]([^)\]]*)[)\]]\s*)?([FSRPUEW.]+)\s+(?:(\d+):(\d+)|\.\.\.)\((\d+)\)(!?)\s*(?:ack\s+(\d+))?\s*(?:win\s+(\d+))?\s*(?:urg\s+(\d+))?\s*(?:<([^>]*)>)?\s*(\/\w+\(.*\))?$/
const icmpPattern =
  /^icmp\s+(\w+)(?:\s+(?!mtu\b)(\w+))?(?:\s+mtu\s+(\d+))?\s*\[(\d+):(\d+)\((\d+)\)([^\]]*)\]$/

export function readPacket(text: string): ScriptPacket {
  const icmp = icmpPattern.exec(text)
  if (icmp !== null) {
    const [, type, code, mtu, sequence] = icmp
    return {
      protocol: 'icmp',
      type: type!,
      code,
      mtu: mtu === undefined ? undefined : Number(mtu),
      quotedSequence: Number(sequence),
    }
  }
  const segment = segmentPattern.exec(text)
  if (segment === null) throw new Error(`no packet: ${text}`)
  const [, before, flags, from, to, length, mark, ack, window, urgent, options, behind] = segment
  const bytes = Number(length)
  if (from !== undefined && (Number(to) - Number(from)) >>> 0 !== bytes)
    throw new Error(`${from}:${to} are not ${bytes} bytes`)
  return {
    protocol: 'tcp',
    flags: flags!.replace('.', 'A'),
    sequence: from === undefined ? undefined : Number(from),
    isAbsolute: mark === '!',
    length: bytes,
    ack: ack === undefined ? undefined : Number(ack),
    window: window === undefined ? undefined : Number(window),
    urgent: urgent === undefined ? undefined : Number(urgent),
    options: readOptions(options),
    extras: [before, behind].filter((extra) => extra !== undefined),
  }
}

function readOptions(text: string | undefined): Option[] | undefined {
  if (text === '...') return undefined
  if (text === undefined || text.trim() === '') return []
  return text.split(',').map((option) => readOption(option.trim()))
}

function readOption(text: string): Option {
  const [kind = '', ...rest] = text.split(/\s+/)
  const numbers = rest.map(Number)
  if (kind === 'mss') return { kind, value: rest[0] === 'any' ? 'any' : numbers[0]! }
  if (kind === 'wscale') return { kind, value: numbers[0]! }
  if (kind === 'nop' || kind === 'eol' || kind === 'sackOK') return { kind }
  if (kind === 'TS') return { kind, value: numbers[1]!, echo: numbers[3]! }
  if (kind === 'raw') return { kind, bytes: rest.map((byte) => Number.parseInt(byte, 16)) }
  if (kind === 'sack') {
    const blocks = rest.map((block) => {
      const [from, to] = block.split(':').map(Number)
      return [from!, to!] as const
    })
    return { kind, blocks }
  }
  return { kind: 'other', text }
}
