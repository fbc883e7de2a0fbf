/** Golden plans of changes that need no restart of the VM. */
import { describe, expect, test } from 'vitest'
import type { Desired } from '../../src/config/desired.ts'
import { present } from '../../src/observation.ts'
import { changed, operations, planOf } from '../support/reconcile/plans.ts'
import { factsOf, listening, runningVm } from '../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../support/reconcile/world.ts'

describe('live', () => {
  test('a new port mapping opens one listener and touches nothing else', () => {
    expect(planOf(changed({ ports: [mapping('web', 8080, 80)] }), aDesired)).toMatchSnapshot()
  })

  test('a port mapping that left the file is closed', () => {
    expect(planOf(aDesired, changed({ ports: [mapping('web', 8080, 80)] }))).toMatchSnapshot()
  })

  test('a mapping that the file does not know, made by hand, is closed', () => {
    const facts = factsOf(targetOf(aDesired), runningVm(targetOf(aDesired)))
    const supervisor = present({ ...facts, ports: [listening(mapping('stray', 1234))] })
    expect(operations(planOf(aDesired, aDesired, { supervisor }))).toHaveLength(1)
  })

  test('published container ports and docker.sock are not drift', () => {
    const facts = factsOf(targetOf(aDesired), runningVm(targetOf(aDesired)))
    const ports = (['publish', 'engine'] as const).map((owner, i) => ({
      ...listening(mapping(owner, 1000 + i)),
      owner,
    }))
    expect(operations(planOf(aDesired, aDesired, { supervisor: present({ ...facts, ports }) }))).toEqual([])
  })

  test('a container port that the host does not listen on is drift, with the reason', () => {
    const facts = factsOf(targetOf(aDesired), runningVm(targetOf(aDesired)))
    const port = { ...listening(mapping('tcp/127.0.0.1:8080', 8080)), owner: 'publish' as const }
    const ports = [{ ...port, state: 'failed' as const, error: 'in use by python3' }]
    expect(operations(planOf(aDesired, aDesired, { supervisor: present({ ...facts, ports }) }))).toEqual([
      expect.stringMatching(/^publish\/set live .*failed: in use by python3/),
    ])
  })

  test('a DNS host and an upstream are set without any restart', () => {
    const dns = { ...aDesired.dns, upstreams: ['10.0.0.53'], hosts: { 'new.test': '192.168.65.254' } }
    expect(planOf(changed({ dns }), aDesired)).toMatchSnapshot()
  })

  test('a preset of egress is set live, and one that was taken away by hand is set back', () => {
    const egress = { preset: 'lockdown' as const, default: 'deny' as const, rules: [] }
    const wanted = changed({ egress })
    const facts = factsOf(targetOf(wanted), runningVm(targetOf(wanted)))
    const supervisor = present({ ...facts, egress: { default: 'deny' as const, rules: [] } })
    expect(operations(planOf(wanted, wanted, { supervisor }))).toEqual([
      expect.stringMatching(/^egress\/set live \(network\.egress\.preset: .*lockdown/),
    ])
  })

  test('egress rules are set without any restart, and a rule changed by hand is set back', () => {
    const egress = { default: 'deny' as const, rules: ['allow *.example.com:443'] }
    expect(planOf(changed({ egress }), aDesired)).toMatchSnapshot()
    const facts = factsOf(targetOf(aDesired), runningVm(targetOf(aDesired)))
    const supervisor = present({ ...facts, egress })
    expect(operations(planOf(aDesired, aDesired, { supervisor }))).toEqual([
      expect.stringMatching(/^egress\/set live \(network\.egress\.default: deny → allow/),
    ])
  })

  test('a kernel parameter is set in the running guest', () => {
    expect(
      planOf(changed({ guest: { ...aDesired.guest, sysctl: { 'vm.swappiness': '10' } } }), aDesired),
    ).toMatchSnapshot()
  })

  test('a larger disk grows in place', () => {
    expect(planOf(changed({ vm: { ...aDesired.vm, diskBytes: 40 * GiB } }), aDesired)).toMatchSnapshot()
  })

  test('a docker context is made when asked for and removed when not', () => {
    const wanted = changed({ engine: { ...aDesired.engine, context: true } })
    expect(planOf(wanted, aDesired)).toMatchSnapshot()
    expect(planOf(aDesired, wanted)).toMatchSnapshot()
  })
})

describe('daemon.json', () => {
  const engine = (daemon: Desired['engine']['daemon']): Desired =>
    changed({ engine: { ...aDesired.engine, daemon } })

  test('what dockerd takes by SIGHUP is reloaded and no container stops', () => {
    expect(planOf(engine({ debug: false, labels: ['a=b'] }), engine({ debug: true }))).toMatchSnapshot()
  })

  test('a key that dockerd cannot reload restarts the engine, and the plan names the containers that stop', () => {
    expect(planOf(engine({ 'data-root': '/var/lib/other' }), engine({}))).toMatchSnapshot()
  })

  test('with live-restore an engine restart stops no container', () => {
    const before = engine({ 'live-restore': true })
    const after = engine({ 'live-restore': true, 'default-shm-size': '128M' })
    expect(planOf(after, before)).not.toContain('stops')
  })

  test('live-restore that goes with the change saves no container, since the engine starts without it', () => {
    expect(planOf(engine({ 'default-shm-size': '128M' }), engine({ 'live-restore': true }))).toContain(
      'stops web, db',
    )
  })

  test('with live-restore and another network or storage nobody knows what stops before it is done', () => {
    const after = engine({ 'live-restore': true, bip: '172.20.0.1/16' })
    expect(planOf(after, engine({ 'live-restore': true }))).toContain('stops unknown')
  })

  test('a file edited by hand in the guest is drift', () => {
    const guest = present({ daemonJson: present('{"debug": false}'), sysctl: {} })
    expect(
      operations(planOf(changed({ guest: { ...aDesired.guest, sysctl: {} } }), aDesired, { guest })),
    ).toMatchSnapshot()
  })

  test('a file that is no longer JSON is written again', () => {
    const guest = present({ daemonJson: present('{"debug": '), sysctl: {} })
    expect(
      operations(planOf(changed({ guest: { ...aDesired.guest, sysctl: {} } }), aDesired, { guest })),
    ).toMatchSnapshot()
  })

  test('the same values in another order are not a change', () => {
    expect(operations(planOf(engine({ a: 1, b: 2 }), engine({ b: 2, a: 1 })))).toEqual([])
  })
})
