/** Newline-delimited JSON over a byte stream: QMP, the guest agent and our event streams. */

interface Options {
  /** Called for invalid JSON, which is skipped. */
  onGarbage?: (text: string) => void
  /** Current limit on characters per line. */
  maxChars?: () => number
  /** Called for a line beyond the limit, which is dropped: the peer does not speak JSON lines. */
  onOverlong?: () => void
}

const defaultMaxChars = 32 * 1024 * 1024

/** Splits chunks of text into parsed values. */
export function jsonLines(
  onValue: (value: unknown) => void,
  { onGarbage = () => {}, maxChars = () => defaultMaxChars, onOverlong = () => {} }: Options = {},
): (chunk: string) => void {
  /** Parts of an incomplete line, joined at its end. */
  let parts: string[] = []
  let length = 0
  let dropping = false
  const keep = (part: string): void => {
    if (dropping) return
    length += part.length
    if (length <= maxChars()) {
      parts.push(part)
      return
    }
    parts = []
    dropping = true
    onOverlong()
  }
  const end = (): void => {
    const line = dropping ? '' : parts.join('').trim()
    parts = []
    length = 0
    dropping = false
    if (line === '') return
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      onGarbage(line)
      return
    }
    onValue(value)
  }
  return (chunk) => {
    let from = 0
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      keep(chunk.slice(from, at))
      end()
      from = at + 1
    }
    if (from < chunk.length) keep(chunk.slice(from))
  }
}
