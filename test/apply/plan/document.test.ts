import { expect, test } from 'vitest'
import { observedHash } from '../../../src/apply/plan/document.ts'
import { absent, observedValue, present, unknown } from '../../../src/observation.ts'
import type { GuestNetwork } from '../../../src/observe/guest-network.ts'
import type { Observed, ObservedGuest } from '../../../src/observe/observed.ts'
import { inSyncWith } from '../../support/reconcile/reality.ts'
import { aDesired, GiB, targetOf } from '../../support/reconcile/world.ts'

const ownAddress = aDesired.network.address
const network: GuestNetwork = {
  gateway: present('192.168.65.1'),
  addresses: present([ownAddress, '172.17.0.1']),
  mtu: present(65520),
  nameservers: present(['192.168.65.1']),
  bridgeUp: present(true),
  masquerades: present(1),
  forwards: present(1),
}

const reality = inSyncWith(targetOf(aDesired))

function withGuest(changes: Partial<ObservedGuest>): Observed {
  const guest = observedValue(reality.guest)
  if (guest === undefined) throw new Error('there is a guest')
  return { ...reality, guest: present({ ...guest, network, clockOffsetMs: present(3), ...changes }) }
}

function withFacts(changes: { rssBytes: number }): Observed {
  const facts = observedValue(reality.supervisor)
  if (facts === undefined) throw new Error('there is a supervisor')
  return { ...withGuest({}), supervisor: present({ ...facts, ...changes }) }
}

const planned = observedHash(withGuest({}))

test.each<[string, Observed]>([
  ['the clock was measured again', withGuest({ clockOffsetMs: present(-11) })],
  ['the clock could not be asked', withGuest({ clockOffsetMs: unknown('busy') })],
  [
    'containers got a network',
    withGuest({
      network: {
        ...network,
        addresses: present(['172.17.0.1', '172.18.0.1', ownAddress]),
        masquerades: present(2),
        forwards: present(2),
      },
    }),
  ],
  ['no rule of NAT was ever made', withGuest({ network: { ...network, masquerades: absent } })],
  ['the supervisor took memory', withFacts({ rssBytes: 90e6 })],
  ['the disk of the host fills', { ...withGuest({}), host: { ...reality.host, freeBytes: GiB } }],
])('a saved plan fits although %s', (_, now) => {
  expect(observedHash(now)).toBe(planned)
})

test.each<[string, Partial<ObservedGuest>]>([
  ['the clock is wrong', { clockOffsetMs: present(-3_600_000) }],
  ['the address of the VM is gone', { network: { ...network, addresses: present(['172.17.0.1']) } }],
  ['the filter rules are gone', { network: { ...network, forwards: present(0) } }],
  ['the rules of NAT are gone', { network: { ...network, masquerades: present(0) } }],
  ['the MTU is another one', { network: { ...network, mtu: present(1280) } }],
  ['daemon.json is gone', { daemonJson: absent }],
])('a saved plan does not fit any more when %s', (_, changes) => {
  expect(observedHash(withGuest(changes))).not.toBe(planned)
})
