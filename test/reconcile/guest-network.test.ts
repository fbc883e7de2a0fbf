import { expect, test } from 'vitest'
import { ipv6Settings } from '../../src/config/ipv6-network.ts'
import { absent, type Observation, observedValue, present } from '../../src/observation.ts'
import { guestNetwork as observed } from '../../src/observe/guest-network.ts'
import type { ObservedGuest } from '../../src/observe/observed.ts'
import { guestNetwork } from '../../src/reconcile/resources/guest-network.ts'
import { vmAction } from '../../src/reconcile/resources/vm-action.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../support/reconcile/world.ts'

const route = (gateway: string): string =>
  `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t${gateway}\t0003\t0\t0\t0\t00000000\n`
/** As the kernel of a guest that is as it should be has them. */
const files: Record<string, string> = {
  '/proc/1/net/route': route('0141A8C0'),
  '/proc/1/net/fib_trie': 'Main:\n  |-- 192.168.65.3\n     /32 host LOCAL\n',
  '/sys/class/net/eth0/mtu': `${aDesired.network.mtu}\n`,
  '/etc/resolv.conf': 'search example.test\nnameserver 192.168.65.1\n',
  '/sys/class/net/docker0/flags': '0x1003\n',
  '/sys/module/xt_MASQUERADE/refcnt': '1\n',
  '/sys/module/xt_conntrack/refcnt': '2\n',
}

/** What is planned for a guest in which these files are others, or not there. */
function planned(
  changes: Record<string, string | undefined>,
  rest: Partial<ObservedGuest> = {},
  desired = aDesired,
): string[] {
  const target = targetOf(desired)
  const reality = inSyncWith(target)
  const all: Record<string, string | undefined> = { ...files, ...changes }
  const read = (path: string): Observation<string> => {
    const text = all[path]
    return text === undefined ? absent : present(text)
  }
  const guest = observedValue(reality.guest)
  if (guest === undefined) throw new Error('there is a guest')
  const seen = {
    ...reality,
    guest: present({ ...guest, network: observed(read, desired.network.ipv6 !== undefined), ...rest }),
  }
  return guestNetwork(target, seen, vmAction(target, seen)).operations.flatMap(({ kind, effect, causes }) =>
    causes.map(({ path, from, to }) => `${kind} ${effect} ${path}: ${from} -> ${to}`),
  )
}

test('a guest as it should be has nothing to repair', () => {
  expect(planned({})).toEqual([])
  expect(planned({}, { clockOffsetMs: present(1_000) })).toEqual([])
})

test.each([
  [{ '/proc/1/net/route': route('FE41A8C0') }, 'guest default route: 192.168.65.254 -> 192.168.65.1'],
  [{ '/proc/1/net/route': 'Iface\n' }, 'guest default route: undefined -> 192.168.65.1'],
  [{ '/proc/1/net/fib_trie': 'Main:\n' }, 'guest address: undefined -> 192.168.65.3'],
  [{ '/sys/class/net/eth0/mtu': '1280\n' }, `guest MTU: 1280 -> ${aDesired.network.mtu}`],
  [{ '/etc/resolv.conf': 'nameserver 9.9.9.9\n' }, 'guest resolver: 9.9.9.9 -> 192.168.65.1'],
  [{ '/etc/resolv.conf': undefined }, 'guest resolver: undefined -> 192.168.65.1'],
  [{ '/sys/class/net/docker0/flags': '0x1002\n' }, 'guest interface docker0: down -> up'],
])('what DHCP or dockerd set and someone changed is repaired live: %j', (change, cause) => {
  expect(planned(change as Record<string, string | undefined>)).toEqual([`guest/network live ${cause}`])
})

const hex = 'fd123456789a00000000000000000003'
const zeros = '0'.repeat(32)
const [loopback, ours] = [`${'0'.repeat(31)}1 01 80 10 80       lo\n`, `${hex} 02 40 00 80     eth0\n`]
const route6 = (name: string): string =>
  `${zeros} 00 ${zeros} 00 fe80${'0'.repeat(27)}1 00000400 00000001 00000000 00000003     ${name}\n`
const six = { '/proc/1/net/if_inet6': `${loopback}${ours}`, '/proc/1/net/ipv6_route': route6('eth0') }

test.each([
  [{}, []],
  [{ '/proc/1/net/if_inet6': loopback }, ['guest IPv6 address: undefined -> fd12:3456:789a::3']],
  // Where nothing leads, the kernel has a route of its own.
  [{ '/proc/1/net/ipv6_route': route6('lo') }, ['guest IPv6 default route: undefined -> fd12:3456:789a::1']],
])('IPv6 of the guest is repaired where the file asks for it: %j', (change, causes) => {
  const files = { ...six, ...change }
  const desired = { ...aDesired, network: { ...aDesired.network, ipv6: ipv6Settings('fd12:3456:789a::/64') } }
  expect(planned(files, {}, desired)).toEqual(causes.map((cause) => `guest/network live ${cause}`))
  expect(planned(files)).toEqual([])
})

test('filter rules that are gone are made again by a restart of the engine, masquerading or not', () => {
  const gone = { '/sys/module/xt_conntrack/refcnt': '0\n' }
  const restart = ['engine/restart restart-engine engine filter rules: undefined -> as dockerd creates them']
  expect(planned(gone)).toEqual(restart)
  expect(planned(gone, { daemonJson: present('{"ip-masq":false}') })).toEqual(restart)
  expect(planned(gone, { daemonJson: present('{"iptables":false}') })).toEqual([])
  expect(planned({ '/sys/module/xt_conntrack/refcnt': undefined })).toEqual([])
})

test('rules of NAT that are gone are made again by a restart of the engine, and only where there were any', () => {
  expect(planned({ '/sys/module/xt_MASQUERADE/refcnt': '0\n' })).toEqual([
    'engine/restart restart-engine engine NAT rules: undefined -> as dockerd creates them',
  ])
  expect(planned({ '/sys/module/xt_MASQUERADE/refcnt': undefined })).toEqual([])
  // dockerd restarts for its daemon.json anyway, and makes them then.
  const daemonJson = present('{"ip-masq":false}')
  expect(planned({ '/sys/module/xt_MASQUERADE/refcnt': '0\n' }, { daemonJson })).toEqual([])
})

test('a clock that is seconds off is set, whichever way it is off', () => {
  expect(planned({}, { clockOffsetMs: present(-90_000) })).toEqual([
    "guest/clock live guest clock: 90 s behind -> the host's time",
  ])
  expect(planned({}, { clockOffsetMs: present(6_000) })).toHaveLength(1)
})
