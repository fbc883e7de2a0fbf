/** `desktop` alone: what it is and the commands of a day; `--help` has all of them. */
import type { Output } from '../output.ts'

const everyday: readonly (readonly [command: string, what: string])[] = [
  ['desktop init', 'write a first desktop.yaml'],
  ['desktop plan', 'show what would change, and what the change interrupts'],
  ['desktop apply', 'make the environment match; the first run creates the VM'],
  ['desktop docker run …', 'run docker in it; no local docker is needed'],
  ['eval "$(desktop env)"', 'point docker and compose of this shell at it'],
  ['desktop status', 'show every part with its state'],
  ['desktop drift', 'show where reality differs from the file'],
  ['desktop stop, start', 'suspend the VM with its containers, resume it'],
  ['desktop doctor', 'check this host and list problems with their fixes'],
]

export function welcome({ style }: Pick<Output, 'style'>): string {
  const width = Math.max(...everyday.map(([command]) => command.length))
  const lines = everyday.map(([command, what]) => `  ${style('bold', command.padEnd(width))}  ${what}`)
  return [
    'A Linux VM that runs Docker, described by one file.',
    '',
    ...lines,
    '',
    'desktop --help lists every command, desktop COMMAND --help its options.',
    '',
  ].join('\n')
}
