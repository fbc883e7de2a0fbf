/** Detects a kernel panic in the console output, across chunk boundaries. */

const panic = /Kernel panic - not syncing: ([^\r\n]*)\r?\n/
/** Maximum length of an incomplete line kept for the next chunk. */
const keptChars = 512

export function panicFinder(onPanic: (why: string) => void): (chunk: Buffer) => void {
  let text = ''
  return (chunk) => {
    text += chunk.toString('latin1')
    const found = panic.exec(text)
    if (found === null) text = text.slice(-keptChars)
    else {
      text = ''
      onPanic(found[1] ?? '')
    }
  }
}
