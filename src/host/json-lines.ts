/** JSON values, one per line, over a byte stream: QMP, the guest agent and our own event streams. */

interface Options {
  /** Text that is not JSON; it is skipped. */
  onGarbage?: (text: string) => void
  /** Current limit on characters per line. */
  maxChars?: () => number
  /** Called for a line beyond the limit, which is dropped: the peer does not speak JSON lines. */
  onOverlong?: () => void
}

const defaultMaxChars = 32 * 1024 * 1024

/** Cuts chunks of text into parsed values. */
export function jsonLines(
  onValue: (value: unknown) => void,
  { onGarbage = () => {}, maxChars = () => defaultMaxChars, onOverlong = () => {} }: Options = {},
): (chunk: string) => void {
  /** Parts of a line that has not ended, joined once it has. */
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
