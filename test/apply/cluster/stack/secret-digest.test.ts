/** Contents of secrets are compared by a salted digest in a label. */
import { expect, test } from 'vitest'
import { withSecretDigests } from '../../../../src/apply/cluster/stack/secret-digest.ts'
import type { Stacks } from '../../../../src/apply/cluster/stack/stacks.ts'
import { absent, present } from '../../../../src/observation.ts'
import { contentLabel } from '../../../../src/reconcile/stack/immutable.ts'
import { contentSpec, deployed, stackOf, wantedObject } from '../../../support/reconcile/stack.ts'

const stacks = (data: string): Stacks => ({
  stacks: [
    {
      stack: stackOf([], { secrets: [wantedObject(contentSpec('lab_word', data))] }),
      notes: [],
      auth: new Map(),
      variables: [],
    },
  ],
  credentials: async () => new Map(),
})

const stackIn = ({ stacks: [one] }: Stacks) => {
  if (one === undefined || 'refused' in one) throw new Error('no stack')
  return one.stack
}
const digestIn = (given: Stacks): string | undefined =>
  (stackIn(given).secrets[0]?.spec.Labels as Record<string, string> | undefined)?.[contentLabel]

test('a new secret gets a digest, each time with another salt', () => {
  const digests = [1, 2].map(() => digestIn(withSecretDigests(stacks('aGk='), absent)))
  expect(digests[0]).toMatch(/^[0-9a-f]{32}:[0-9a-f]{64}$/)
  expect(digests[0]).not.toBe(digests[1])
})

test('the same content has the digest that the engine has, and another content has another', () => {
  const first = withSecretDigests(stacks('aGk='), absent)
  const live = present(deployed(stackIn(first)))
  expect(digestIn(withSecretDigests(stacks('aGk='), live))).toBe(digestIn(first))
  expect(digestIn(withSecretDigests(stacks('bmV3'), live))).not.toBe(digestIn(first))
})

test('a secret that docker created has no digest to compare with', () => {
  const live = present(deployed(stackIn(stacks('aGk='))))
  expect(digestIn(withSecretDigests(stacks('bmV3'), live))).toBeUndefined()
})
