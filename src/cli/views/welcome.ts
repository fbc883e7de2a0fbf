/** Output of `desktop` without arguments: a description and the everyday commands; `--help` lists all. */
import type { Output } from '../output.ts'

const everyday: readonly (readonly [command: string, what: string])[] = [
  ['desktop init', 'write a starter desktop.yaml'],
  ['desktop plan', 'preview the changes and what they interrupt'],
  ['desktop apply', 'apply desktop.yaml; the first run creates the VM'],
  ['desktop docker run …', 'run docker in it; no local docker needed'],
  ['eval "$(desktop env)"', 'point docker and compose at it, in the current shell'],
  ['desktop status', 'show the state of every component'],
  ['desktop drift', 'show drift between the VM and desktop.yaml'],
  ['desktop stop, start', 'suspend the VM with its containers; resume it'],
  ['desktop doctor', 'check this host and suggest fixes for problems'],
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
