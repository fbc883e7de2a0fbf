/** `m.2` as the first word of a command selects a machine of `vms`. */

interface Given<Options> {
  options: Options
  words: readonly string[]
}

const machineName = /^[a-z][a-z0-9-]*\.\d+$/

/** For commands that take no other words, or whose words are never machine names. */
export function leadingMachine<Options extends object>(
  options: Options,
  words: readonly string[],
): Given<Options> {
  const [machine] = words
  if (machine === undefined || !machineName.test(machine)) return { options, words }
  return { options: { ...options, machine }, words: words.slice(1) }
}

/** For commands that run another command: `m.2 -- COMMAND`. */
export function machineBefore<Options extends object>(
  options: Options,
  words: readonly string[],
): Given<Options> {
  if (words[1] !== '--') return { options, words }
  const found = leadingMachine(options, words)
  return found.words === words ? found : { ...found, words: found.words.slice(1) }
}
