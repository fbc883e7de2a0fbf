/** JSON values, one per line, over a byte stream: QMP, the guest agent and our own event streams. */

/** Longest line that is kept; a peer that sends more without a newline is not speaking JSON lines. */
const maxLineChars = 32 * 1024 * 1024

/** Cuts chunks of text into parsed values; text that is not JSON goes to `onGarbage` and is skipped. */
export function jsonLines(
  onValue: (value: unknown) => void,
  onGarbage: (text: string) => void = () => {},
): (chunk: string) => void {
  let pending = ''
  return (chunk) => {
    pending += chunk
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end).trim()
      pending = pending.slice(end + 1)
      if (line === '') continue
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch {
        onGarbage(line)
        continue
      }
      onValue(value)
    }
    if (pending.length > maxLineChars) {
      onGarbage(pending.slice(0, 100))
      pending = ''
    }
  }
}
