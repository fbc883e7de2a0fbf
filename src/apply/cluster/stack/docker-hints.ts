/** Instructions for messages of `docker stack deploy`, which has none. It reads version 3 of the compose file format. */

const form = 'docker stack deploy reads version 3 of the compose file format'

const hints: readonly (readonly [pattern: RegExp, hint: (name: string) => string])[] = [
  [/^extends: /, () => 'write the keys out, or share them with a YAML anchor'],
  [
    /^\(root\) Additional property include /,
    () => 'put all services in one file, or give each file a name under swarm.stack',
  ],
  [/^\(root\) Additional property name /, () => 'remove it; the name of the stack is in desktop.yaml'],
  [/Additional property profiles /, () => 'remove it; put optional services in a separate stack'],
  [/Additional property (\S+) /, (name) => `remove ${name}; ${form}`],
  [/\bno image specified/, () => 'build the image and push it to a registry, then write image: NAME'],
  [/\b(no such file|is a directory|permission denied)/, () => 'use the path of a file, relative to this one'],
  [/\bmust be an? (\w+)/, (type) => `use a value of type ${type}; ${form}`],
  [/^unsupported Compose file version/, () => 'remove version'],
  [/\bundefined (network|volume|config|secret)\b/, (kind) => `add it under ${kind}s`],
]

export function dockerHint(message: string): string {
  for (const [pattern, hint] of hints) {
    const found = pattern.exec(message)
    if (found !== null) return hint(found[1] ?? '')
  }
  return form
}
