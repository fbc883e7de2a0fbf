/** Outcome of an apply: the final lines of output, and the exit code. */
import type { Outcome } from '../../apply/history/outcome.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'

export function outcomeView(name: string, outcome: Outcome, output: Pick<Output, 'style'>): string {
  const notices = outcome.notices.map((notice) => `${output.style('yellow', 'note')}: ${notice}\n`)
  return notices.join('') + verdict(name, outcome, output)
}

/** The outcome for several machines, each with its own docker.sock. */
export function machinesOutcomeView(
  name: string,
  machines: readonly string[],
  outcome: Outcome,
  { style }: Pick<Output, 'style'>,
): string {
  const [first] = machines
  const notices = outcome.notices.map((notice) => `${style('yellow', 'note')}: ${notice}\n`)
  const last = verdict(name, outcome, { style }).split(' docker.sock is at')[0] ?? ''
  const isWhole = outcome.result === 'applied' || outcome.result === 'in-sync'
  const next = isWhole ? `eval "$(desktop env ${first})" points docker at ${first}\n` : ''
  return `${notices.join('')}${last.trimEnd()}\n${next}`
}

function verdict(name: string, outcome: Outcome, { style }: Pick<Output, 'style'>): string {
  const { counts, dockerHost } = outcome
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`)
    .join(', ')
  switch (outcome.result) {
    case 'in-sync':
      if (outcome.notices.length > 0)
        return `${style('yellow', `${name}: nothing for apply to change.`)} ${whereabouts(dockerHost)}`
      return `${style('green', `${name} matches the file.`)} ${whereabouts(dockerHost)}`
    case 'applied':
      return `${style('green', `${name}: ${counted}.`)} ${whereabouts(dockerHost)}`
    case 'incomplete':
      return `${style('red', `${name}: ${counted || 'nothing was changed'}.`)} \`desktop apply\` again continues from here.\n`
    case 'interrupted':
      return `${style('yellow', `${name}: interrupted; ${counted}.`)} \`desktop apply\` again continues from here.\n`
  }
}

const whereabouts = (dockerHost: string): string =>
  `docker.sock is at ${dockerHost.replace('unix://', '')}\nexport DOCKER_HOST=${dockerHost}\n`

export function outcomeCode({ result }: Pick<Outcome, 'result'>): number {
  switch (result) {
    case 'in-sync':
    case 'applied':
      return exitCodes.done
    case 'incomplete':
      return exitCodes.applyIncomplete
    case 'interrupted':
      return exitCodes.interrupted
  }
}
