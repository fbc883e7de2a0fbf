/**
 * Domain names (RFC 1035 sections 3.1 and 4.1.4). Text is lower case, without the final dot, with `\.`, `\\` and
 * `\DDD` for bytes that need escaping; the root is the empty string.
 */

const maxNameBytes = 255
const maxLabelBytes = 63

/** ASCII lower case per byte. Length bytes are below 64, so it can be applied to a whole wire name. */
export const lowerCase: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
)

export interface NameAt {
  text: string
  /** Offset after the name (after the pointer, if it is compressed). */
  end: number
}

/** Reads the name at `offset` and follows pointers; undefined if malformed. */
export function readName(message: Uint8Array, offset: number): NameAt | undefined {
  const end = endOfName(message, offset)
  if (end < 0) return undefined
  let text = ''
  for (let at = offset; ; ) {
    const length = message[at]!
    if (length === 0) return { text, end }
    if (length >= 0xc0) {
      at = ((length & 0x3f) << 8) | message[at + 1]!
      continue
    }
    if (text !== '') text += '.'
    for (let i = at + 1; i <= at + length; i += 1) text += escaped[message[i]!]
    at += 1 + length
  }
}

/** Offset after the name at `offset`, with pointers validated; -1 if malformed. Pointers must go backwards. */
export function endOfName(message: Uint8Array, offset: number): number {
  let end = -1
  let at = offset
  let lowest = offset
  let bytes = 1
  for (;;) {
    const length = message[at]
    if (length === undefined) return -1
    if (length === 0) return end < 0 ? at + 1 : end
    if (length >= 0xc0) {
      const low = message[at + 1]
      if (low === undefined) return -1
      if (end < 0) end = at + 2
      at = ((length & 0x3f) << 8) | low
      // Strictly backwards, so that loops are impossible.
      if (at >= lowest) return -1
      lowest = at
      continue
    }
    bytes += length + 1
    if (length > maxLabelBytes || bytes > maxNameBytes) return -1
    at += 1 + length
  }
}

/** Offset after the name at `offset`, without following pointers; -1 if malformed. */
export function skipName(message: Uint8Array, offset: number): number {
  for (let at = offset; ; ) {
    const length = message[at]
    if (length === undefined) return -1
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2 <= message.length ? at + 2 : -1
    if (length > maxLabelBytes) return -1
    at += 1 + length
  }
}

/** Wire format without compression; undefined if a label or the name is too long, or a label is empty. */
export function encodeName(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const label of labelsOf(text)) {
    const raw = bytesOf(label)
    if (raw.length === 0 || raw.length > maxLabelBytes || raw.some((byte) => byte > 255)) return undefined
    bytes.push(raw.length, ...raw)
  }
  bytes.push(0)
  return bytes.length > maxNameBytes ? undefined : Uint8Array.from(bytes)
}

/** Converts user input to canonical form. */
export function canonicalName(text: string): string {
  const lower = text.trim().toLowerCase()
  return lower.endsWith('.') && !lower.endsWith('\\.') ? lower.slice(0, -1) : lower
}

/** Labels with their escapes; includes empty labels (`a..b`). */
export function labelsOf(text: string): string[] {
  if (text === '') return []
  const labels: string[] = []
  let label = ''
  for (const [part] of text.matchAll(escapedOrNot)) {
    if (part === '.') {
      labels.push(label)
      label = ''
    } else label += part
  }
  return [...labels, label]
}

/** The name, its parent, its grandparent … down to the root. */
export function* ancestors(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    yield text.slice(at)
    const dot = dotAfter(text, at)
    at = dot < 0 ? text.length : dot + 1
  }
  yield ''
}

/** Offset of the next dot that ends a label, or -1. */
function dotAfter(text: string, start: number): number {
  let dot = text.indexOf('.', start)
  const slash = text.indexOf('\\', start)
  if (slash < 0 || dot < slash) return dot
  for (dot = slash; dot < text.length && text[dot] !== '.'; dot += 1) if (text[dot] === '\\') dot += 1
  return dot < text.length ? dot : -1
}

const escaped: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(lowerCase[byte]!)
  if (char === '.' || char === '\\') return `\\${char}`
  return byte > 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`
})

const escapedOrNot = /\\\d{3}|\\.|./gs

function bytesOf(label: string): number[] {
  return Array.from(label.matchAll(escapedOrNot), ([part]) => {
    if (part.length === 4) return Number(part.slice(1))
    return part.charCodeAt(part.length - 1)
  })
}
