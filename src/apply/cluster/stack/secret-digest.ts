/**
 * The engine does not return the content of a secret, so a salted digest is kept in a label. Secrets without the label,
 * created by docker, are not compared.
 */
import { createHash, randomBytes } from 'node:crypto'
import { observedValue } from '../../../observation.ts'
import type { LiveObjects, ObservedStacks } from '../../../observe/stacks.ts'
import { contentLabel } from '../../../reconcile/stack/immutable.ts'
import type { WantedObject } from '../../../reconcile/stack/wanted.ts'
import type { Stacks } from './stacks.ts'

export function withSecretDigests(stacks: Stacks, observed: ObservedStacks): Stacks {
  const live = observedValue(observed)?.secrets ?? []
  return {
    ...stacks,
    stacks: stacks.stacks.map((one) =>
      'refused' in one
        ? one
        : {
            ...one,
            stack: { ...one.stack, secrets: one.stack.secrets.map((secret) => withDigest(secret, live)) },
          },
    ),
  }
}

function withDigest(secret: WantedObject, live: LiveObjects['secrets']): WantedObject {
  const { Labels, Data } = secret.spec
  const there = live.find(({ name }) => name === secret.name)
  const old = there?.labels[contentLabel]
  if (there !== undefined && old === undefined) return secret
  const [salt = ''] = (old ?? randomBytes(16).toString('hex')).split(':')
  const digest = createHash('sha256')
    .update(salt)
    .update(String(Data ?? ''))
    .digest('hex')
  const labels = { ...(Labels as Record<string, string> | null), [contentLabel]: `${salt}:${digest}` }
  return { ...secret, spec: { ...secret.spec, Labels: labels } }
}
