/** Egress rules and IPv6 addresses. */
import { describe, expect, test } from 'vitest'
import { AddressTable } from '../../../src/net/core/address-table.ts'
import type { Egress } from '../../../src/net/egress/egress.ts'
import { parseIpv6 } from '../../../src/net/wire/addresses.ts'
import { protocol } from '../../../src/net/wire/ipv4.ts'
import { clientQuery, responseTo } from '../../support/net/dns-resolver.ts'
import { egress, tcp } from '../../support/net/egress-rules.ts'

describe('IPv6', () => {
  // A handle of core/address-table.ts.
  const far = 7
  const reach = (policy: Egress, handle: number) => policy.allows(protocol.tcp, handle, 443, 0)
  const named = (...rules: string[]): Egress => {
    const policy = egress(rules, 'deny')
    policy.table6 = { text: (handle) => `2001:db8::${handle}`, isWithin: () => false }
    return policy
  }

  test('the default and wildcard rules apply to IPv6, rules for IPv4 networks never do', () => {
    expect(reach(egress([], 'deny'), far)).toBe(false)
    expect(reach(egress(['deny *:443']), far)).toBe(false)
    // A handle is a small number, like the IPv4 addresses of this network.
    expect(reach(egress(['allow 0.0.0.0/8'], 'deny'), far)).toBe(false)
  })

  test.each([
    ['deny [2001:db8::/32]', '2001:db8:1::9', false],
    ['deny [2001:db8::/32]', '2001:db9::9', true],
    ['deny [2001:db8::9]', '2001:db8::9', false],
    ['deny [2001:db8::9]', '2001:db8::a', true],
    ['deny [2001:db8:8000::/33]', '2001:db8:7fff::', true],
    ['deny [2001:db8:8000::/33]', '2001:db8:8000::1', false],
    ['deny [::/0]', '2001:db8::1', false],
    ['deny [2001:db8::/32]:22', '2001:db8::1', true],
    ['deny [2001:db8::/32]/icmp', '2001:db8::1', true],
  ])('%s lets %s through: %s', (rule, address, isAllowed) => {
    const policy = egress([rule])
    const table = new AddressTable(5)
    policy.table6 = table
    expect(reach(policy, table.internBytes(parseIpv6(address)))).toBe(isAllowed)
    expect(tcp(policy, '1.2.3.4', 443)).toBe(true)
  })

  test('an address of an allowed name is matched by its value, even after its handle was reused', () => {
    const policy = named('allow a.test')
    const answers = [{ type: 'AAAA', name: 'a.test', ttl: 60, data: '2001:db8::7' } as const]
    policy.learn(responseTo(clientQuery('a.test', 'AAAA'), { answers }), 0, 0)
    expect(reach(policy, 7)).toBe(true)
    expect(reach(policy, 8)).toBe(false)
    policy.table6 = { text: () => '2001:db8::bad', isWithin: () => false }
    expect(reach(policy, 7)).toBe(false)
  })
})
