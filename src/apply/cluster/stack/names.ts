/** Names of services and networks that a swarm rejects. Against moby/swarmkit, manager/controlapi. */
import { swarmName } from '../../../config/normalise/stacks.ts'
import type { Place } from '../../../reconcile/plan.ts'
import type { WantedStack } from '../../../reconcile/stack/wanted.ts'
import { nearestPlace } from './stack-file.ts'

const maxServiceChars = 63

export interface NameProblem {
  message: string
  hint: string
  at: Place
}

/** The first invalid name. */
export function nameProblem(
  { name: stack, services, networks }: Pick<WantedStack, 'name' | 'services' | 'networks'>,
  places: ReadonlyMap<string, Place>,
): NameProblem | undefined {
  const at = (section: string, name: string): Place =>
    nearestPlace(places, `${section}.${name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name}`)
  for (const [section, kind, objects] of [
    ['services', 'service', services],
    ['networks', 'network', networks],
  ] as const) {
    for (const { name } of objects) {
      if (!swarmName.test(name))
        return {
          message: `a swarm rejects the ${kind} name ${name}`,
          hint: 'use letters, digits, dashes and underscores, and begin and end with a letter or digit',
          at: at(section, name),
        }
      if (kind === 'service' && name.length > maxServiceChars)
        return {
          message: `the service name ${name} has ${name.length} characters; a swarm accepts ${maxServiceChars}`,
          hint: 'shorten it, or the name of the stack',
          at: at(section, name),
        }
    }
  }
  return undefined
}
