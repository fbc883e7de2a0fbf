/** Options of networks, contents of configs and secrets: what the engine cannot change is found. */
import { expect, test } from 'vitest'
import { contentChange, networkChange } from '../../../src/reconcile/stack/immutable.ts'
import type { Spec } from '../../../src/reconcile/stack/wanted.ts'
import { contentSpec, deployed, networkSpec, stackOf, wantedObject } from '../../support/reconcile/stack.ts'

const live = (spec: Spec): Spec => {
  const [network] = deployed(stackOf([], { networks: [wantedObject(spec)] })).networks
  if (network === undefined) throw new Error('no network')
  return network.spec
}
const plain = networkSpec('lab_default')

test.each<[string, Spec]>([
  ['driver', { Driver: 'macvlan' }],
  ['internal', { Internal: true }],
  ['attachable', { Attachable: true }],
  ['enable_ipv6', { EnableIPv6: true }],
  ['driver_opts', { Options: { encrypted: '' } }],
  ['labels', { Labels: { 'com.docker.stack.namespace': 'lab', a: '' } }],
  ['ipam', { IPAM: { Options: { a: '' } } }],
])('a network with another %s differs, whether it was added or removed', (what, more) => {
  const other = networkSpec('lab_default', more)
  expect(networkChange(live(plain), other)).toEqual({ kind: 'other', what })
  expect(networkChange(live(other), plain)).toEqual({ kind: 'other', what })
  expect(networkChange(live(other), other)).toEqual({ kind: 'same' })
})

test('subnets are compared if the file has some, without the gateway of the engine', () => {
  const subnets = (...list: string[]): Spec =>
    networkSpec('lab_default', { IPAM: { Config: list.map((Subnet) => ({ Subnet })) } })
  const has = networkSpec('lab_default', {
    IPAM: { Config: [{ Subnet: '10.1.0.0/24', Gateway: '10.1.0.1' }] },
  })
  expect(networkChange(has, subnets('10.1.0.0/24')).kind).toBe('same')
  expect(networkChange(has, plain).kind).toBe('same')
  expect(networkChange(has, subnets('10.2.0.0/24')).kind).toBe('other')
  expect(networkChange(has, subnets('10.1.0.0/24', '10.2.0.0/24')).kind).toBe('other')
})

test.each<[string, Spec]>([
  ['driver', { Driver: { Name: 'vault', Options: { path: 'a' } } }],
  ['template_driver', { Templating: { Name: 'golang' } }],
])('a secret with another %s differs, whether it was added, changed or removed', (what, more) => {
  const plainSecret = contentSpec('lab_word', 'aGk=')
  const other: Spec = { ...plainSecret, ...more }
  const change = (has: Spec, wanted: Spec) => {
    const [secret] = deployed(stackOf([], { secrets: [wantedObject(has)] })).secrets
    if (secret === undefined) throw new Error('no secret')
    return contentChange(secret, wanted, 'secret')
  }
  expect(change(plainSecret, other)).toEqual({ kind: 'other', what })
  expect(change(other, plainSecret)).toEqual({ kind: 'other', what })
  expect(change({ ...plainSecret, Driver: { Name: 'a' }, Templating: { Name: 'a' } }, other).kind).toBe(
    'other',
  )
  expect(change(other, other)).toEqual({ kind: 'same' })
})
