/** After the first apply: three commands to run next, ready to paste. */
import type { Output } from '../output.ts'

/** @param files as given with `-f`; repeated in the commands unless they are the default. */
export function nextSteps(
  desktop: string,
  files: readonly string[],
  { style }: Pick<Output, 'style'>,
): string {
  const named = files.filter((file) => files.length > 1 || !/^(\.\/)?desktop\.yaml$/.test(file))
  const flags = named.map((file) => ` -f ${file}`).join('')
  const steps: readonly (readonly [command: string, what: string])[] = [
    [`eval "$(${desktop} env${flags})"`, 'point docker and compose at it, in the current shell'],
    [`${desktop} docker${flags} run --rm hello-world`, 'run a container; no local docker needed'],
    [`${desktop} status${flags}`, `show every component; \`${desktop} stop${flags}\` suspends the VM`],
  ]
  const width = Math.max(...steps.map(([command]) => command.length))
  return `Next:\n${steps.map(([command, what]) => `  ${style('bold', command.padEnd(width))}  ${what}\n`).join('')}`
}
