/** Why a stack, or an object of it, is not deployed. Pure. */
import type { LiveObjects } from '../../observe/stacks.ts'
import type { Note, Place } from '../plan.ts'
import type { WantedStack } from './wanted.ts'

export type Support = 'network' | 'config' | 'secret'
export const supports: readonly Support[] = ['network', 'config', 'secret']
export const about = 'swarm.stack'

/** Objects that someone else creates; without them, docker deploys nothing either. */
export function missingExternal(
  { name: stack, external }: WantedStack,
  live: LiveObjects,
  machine: string,
): Note[] {
  return supports.flatMap((type) =>
    external[`${type}s`]
      .filter((name) => !live[`${type}s`].some((one) => one.name === name))
      .map((name): Note => {
        const options = {
          network: `--driver overlay ${name}`,
          config: `${name} FILE`,
          secret: `${name} FILE`,
        }
        return {
          level: 'warning',
          about,
          message: `the stack ${stack} waits for the external ${type} ${name}, which does not exist`,
          hint: `create it with \`desktop docker ${machine} -- ${type} create ${options[type]}\`, then apply`,
          drift: true,
        }
      }),
  )
}

export function foreign(
  name: string,
  { stack, machine, at }: { stack: string; machine: string; at: Place | undefined },
): Note {
  return {
    level: 'error',
    about,
    message: `the service ${name} exists and is not part of the stack ${stack}`,
    hint: `rename one of the two, or remove it with \`desktop docker ${machine} -- service rm ${name}\``,
    ...(at === undefined ? {} : { at }),
  }
}

export function immutable(type: Support, name: string, what: string, at: Place | undefined): Note {
  return {
    level: 'error',
    about,
    message: `the ${type} ${name} has ${what === 'content' ? 'different content' : `a different ${what} value`} in the swarm, and cannot be changed`,
    hint: `give it another name, e.g. name: ${name}-2; the old one is then removed`,
    ...(at === undefined ? {} : { at }),
  }
}
