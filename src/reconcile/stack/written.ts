/** Causes without values of environment variables: the plan shows the text of the compose file instead. Pure. */
import type { Cause } from '../plan.ts'
import { show } from '../values.ts'
import type { WantedStack } from './wanted.ts'

export const notShown = '(not shown)'

/** Keys of a service whose earlier values are shown: names, numbers, durations and enumerations. */
const harmless =
  /^(image|ports|user|hostname|working_dir|isolation|stop_signal|stop_grace_period|cap_add|cap_drop|dns|dns_search|dns_opt|extra_hosts|ulimits|init|tty|stdin_open|read_only|oom_score_adj|secrets|configs|networks\..+|logging\.driver|deploy\.(?!labels\.).+|healthcheck\.(?!test$).+)$/

/** Whether a value of the swarm may have come from a variable that the file no longer has. */
export const mayHoldSecrets = (key: string): boolean => !harmless.test(key)

/** @param keys of the compose file that the value comes from, the most exact one first */
export function asWritten(cause: Cause, keys: readonly string[], written: WantedStack['written']): Cause {
  const tops = [...written.keys()].map(withoutItems)
  if (!keys.some((key) => tops.some((top) => isWithin(key, top) || isWithin(top, key)))) return cause
  const text = keys[0] === undefined ? undefined : written.get(keys[0])
  return {
    ...cause,
    from: cause.from === undefined ? undefined : notShown,
    to: cause.to === undefined ? undefined : show(text ?? notShown),
  }
}

const isWithin = (key: string, above: string): boolean => key === above || key.startsWith(`${above}.`)

/** `services.web.labels.0` → `services.web.labels`: the engine has a list of `NAME=value` as a map. */
function withoutItems(key: string): string {
  const parts = key.split('.')
  const item = parts.findIndex((part, index) => index > 1 && /^\d+$/.test(part))
  return item < 0 ? key : parts.slice(0, item).join('.')
}

/** Keys that the key of a service comes from. */
export function sourcesOf(service: string, key: string): string[] {
  const own = `services.${service}.${key}`
  // Mounts have the options of their volume; networks have their name in the swarm.
  if (key === 'volumes') return [own, 'volumes']
  return key.startsWith('networks.') ? [own, `services.${service}.networks`] : [own]
}
