/** Raw terminal input → key names. */
const sequences: Readonly<Record<string, string>> = {
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  '\u001b[5~': 'pageup',
  '\u001b[6~': 'pagedown',
  '\u001b[H': 'home',
  '\u001bOH': 'home',
  '\u001b[1~': 'home',
  '\u001b[F': 'end',
  '\u001bOF': 'end',
  '\u001b[4~': 'end',
  '\u001bOR': 'F3',
  '\u001b[13~': 'F3',
  '\u001bOS': 'F4',
  '\u001b[14~': 'F4',
  '\u001b[17~': 'F6',
  '\u001b[21~': 'F10',
  '\u001b': 'escape',
  '\r': 'return',
  '\n': 'return',
  '\u007f': 'backspace',
  '\b': 'backspace',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences of keys.
const one = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu

/** Keys of one chunk; ignores unknown sequences and control characters other than Ctrl-C. */
export const keysOf = (chunk: string): string[] =>
  [...chunk.matchAll(one)].flatMap(([found]) => {
    const name = sequences[found]
    if (name !== undefined) return [name]
    return found === '\u0003' || (found.length <= 2 && found >= ' ' && found !== '\u007f') ? [found] : []
  })
