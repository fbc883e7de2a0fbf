/** Names and versions of Debian packages: Debian Policy 5.6.1 and 5.6.12; ordering: deb-version(7). */

export const isPackageName = (text: string): boolean => /^[a-z0-9][a-z0-9+.-]+$/.test(text)

export const isVersion = (text: string): boolean => /^(\d+:)?\d[A-Za-z0-9.+:~-]*$/.test(text)

interface Version {
  epoch: number
  upstream: string
  revision: string
}

function parse(text: string): Version {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon < 0 ? 0 : Number(text.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}

/** Compares digit strings of any length: dates and hashes in versions exceed the range of numbers. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return x.length - y.length || (x < y ? -1 : Number(x > y))
}

function compareParts(a: string, b: string): number {
  // Alternating runs of non-digits and digits; the first run is non-digits and may be empty.
  const runs = (text: string): string[] => text.match(/[^0-9]+|[0-9]+/g) ?? []
  const left = runs(a)
  const right = runs(b)
  if (/^[0-9]/.test(a)) left.unshift('')
  if (/^[0-9]/.test(b)) right.unshift('')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i] ?? ''
    const y = right[i] ?? ''
    if (i % 2 === 1) {
      const difference = compareDigits(x, y)
      if (difference !== 0) return difference
      continue
    }
    for (let j = 0; j < Math.max(x.length, y.length); j++) {
      const difference = weight(x[j]) - weight(y[j])
      if (difference !== 0) return difference
    }
  }
  return 0
}

/** Negative if `a` is older than `b`, positive if newer, 0 if dpkg treats them as equal. */
export function compareVersions(a: string, b: string): number {
  const left = parse(a)
  const right = parse(b)
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  )
}

/** Suite and architecture, e.g. `trixie/amd64`. */
export const isSourceName = (text: string): boolean => /^[a-z0-9-]{1,32}\/[a-z0-9]{1,16}$/.test(text)
