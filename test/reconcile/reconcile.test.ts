/** Golden plans: one line per operation, so that changes in planning show in review. */
import { describe, expect, test } from 'vitest'
import type { Desired } from '../../src/config/desired.ts'
import { absent, present } from '../../src/observation.ts'
import type { Observed } from '../../src/observe/observed.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { planText } from '../../src/reconcile/text.ts'
import { changed, operations, planOf } from '../support/reconcile/plans.ts'
import { bareHost, inSyncWith, runningVm, stoppedAfter } from '../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../support/reconcile/world.ts'

describe('the whole', () => {
  test('apply after apply plans nothing', () => {
    expect(operations(planOf(aDesired, aDesired))).toEqual([])
  })

  test('a bare host: packages and image first, then disk, VM, engine', () => {
    const target = { ...targetOf(changed({ ports: [mapping('web', 8080, 80)] })), argv: undefined }
    const hashes = { ...target.hashes, image: undefined, argv: undefined }
    expect(planText(reconcile({ ...target, hashes }, bareHost))).toMatchSnapshot()
  })

  test('a stopped environment only starts', () => {
    const target = targetOf(aDesired)
    expect(planText(reconcile(target, stoppedAfter(target)))).toMatchSnapshot()
  })
})

test('a stop names the time that its containers get: the longest --stop-timeout, or shutdown-timeout', () => {
  const graceWith = (stopSeconds: number, daemon: Desired['engine']['daemon']): unknown => {
    const before = changed({ engine: { ...aDesired.engine, daemon } })
    const reality = inSyncWith(targetOf(before))
    const engine = reality.engine.state === 'present' ? reality.engine.value : undefined
    const text = present(JSON.stringify(daemon, undefined, 2))
    const guest = reality.guest.state === 'present' ? { ...reality.guest.value, daemonJson: text } : undefined
    if (engine === undefined || guest === undefined) throw new Error('the engine runs')
    const bigger = { ...before, vm: { ...before.vm, memoryBytes: 3 * GiB } }
    const seen = { ...reality, guest: present(guest), engine: present({ ...engine, stopSeconds }) }
    return reconcile(targetOf(bigger), seen).operations.find(({ kind }) => kind === 'vm/stop')?.interruption
  }
  expect(graceWith(60, {})).toMatchObject({ graceSeconds: 65 })
  expect(graceWith(10, { 'shutdown-timeout': 90 })).toMatchObject({ graceSeconds: 90 })
  expect(graceWith(-1, {})).toMatchObject({ graceSeconds: 3600 })
})

test('live-restore is an error while the engine is in a swarm, with which it would not start again', () => {
  const reality = inSyncWith(targetOf(aDesired))
  const engine = reality.engine.state === 'present' ? reality.engine.value : undefined
  if (engine === undefined) throw new Error('the engine runs')
  const daemon = { ...aDesired.engine.daemon, 'live-restore': true }
  const target = targetOf(changed({ engine: { ...aDesired.engine, daemon } }))
  const errorsIn = (isInSwarm: object): unknown =>
    reconcile(target, { ...reality, engine: present({ ...engine, ...isInSwarm }) })
      .notes.filter(({ level }) => level === 'error')
      .map(({ about }) => about)
  expect(errorsIn({ isInSwarm: true })).toEqual(['engine.config.live-restore'])
  expect(errorsIn({})).toEqual([])
})

describe('preflight', () => {
  const web = changed({ ports: [mapping('web', 8080, 80)] })
  const taken = (address: string): Partial<Observed> => ({
    host: {
      ...inSyncWith(targetOf(web)).host,
      listeners: present([{ protocol: 'tcp', address, port: 8080 }]),
    },
  })

  test.each(['127.0.0.1', '0.0.0.0', '::'])('a port that a process holds at %s is an error', (address) => {
    expect(planOf(web, aDesired, taken(address))).toContain(
      'note error ports.web: 127.0.0.1:8080/tcp is in use',
    )
  })

  test('a port that is held on another address only is free', () => {
    expect(planOf(web, aDesired, taken('127.0.0.2'))).not.toContain('note error')
  })

  test('our own listener does not clash when a mapping is renamed', () => {
    const renamed = changed({ ports: [mapping('site', 8080, 80)] })
    expect(planOf(renamed, web, taken('127.0.0.1'))).not.toContain('note error')
  })

  test('the plan says why the CPU is emulated', () => {
    expect(planOf(aDesired, aDesired)).toContain('/dev/kvm does not exist')
  })

  test('an accelerator that is asked for and does not work is an error', () => {
    const kvm = changed({ vm: { ...aDesired.vm, accelerator: 'kvm' } })
    expect(planOf(kvm, aDesired)).toContain('note error vm.accelerator: kvm does not work on this host')
  })
})

describe('manual changes', () => {
  const target = targetOf(aDesired)
  const world = inSyncWith(target)

  test('QEMU that was started with another argument restarts as written, whatever its supervisor recorded', () => {
    const argv = present([...(target.argv ?? []), '-device', 'vmgenid'])
    const plan = planOf(aDesired, aDesired, { vm: present({ vm: runningVm(target), argv }) })
    expect(operations(plan)[0]).toBe('vm/stop restart-vm (qemu -device: vmgenid → ∅) stops web, db')
  })

  test('an interpreter before QEMU, or a resume, is no other argument', () => {
    const [binary = '', ...rest] = target.argv ?? []
    const argv = present(['/usr/bin/node', binary, ...rest, '-S', '-incoming', 'defer'])
    const plan = planOf(aDesired, aDesired, { vm: present({ vm: runningVm(target), argv }) })
    expect(operations(plan)).toEqual([])
  })

  test('a rendered file that was edited or removed in the guest is written again, live', () => {
    const path = '/run/config/network/gateway'
    for (const [reading, from] of [
      [present('10.0.0.1\n'), 'edited'],
      [absent, '∅'],
    ] as const) {
      const guest = present({
        daemonJson: present(target.daemonJson.text),
        sysctl: world.guest.state === 'present' ? world.guest.value.sysctl : {},
        files: { [path]: reading },
      })
      expect(operations(planOf(aDesired, aDesired, { guest }))).toEqual([
        `guest/write${path} live (guest file ${path}: ${from} → as rendered)`,
      ])
    }
  })

  test('a container network that overlaps the subnet is reported with a solution, and counts as drift', () => {
    const containerNetworks = present([
      { name: 'bridge', subnets: ['172.17.0.0/16'] },
      { name: 'clash', subnets: ['fd00::/64', '192.168.0.0/16'] },
    ])
    const { operations, notes } = reconcile(target, { ...world, containerNetworks })
    expect(operations).toEqual([])
    expect(notes.filter(({ drift }) => drift)).toMatchObject([
      { about: 'network.subnet', message: expect.stringContaining('clash (192.168.0.0/16)') },
    ])
  })

  test('another data disk in place of the applied one is reported and left alone', () => {
    const disk = present({ virtualBytes: aDesired.vm.diskBytes, allocatedBytes: 0, uuid: 'disk-2' })
    const { operations, notes } = reconcile(target, { ...world, disk })
    expect(operations).toEqual([])
    expect(notes.filter(({ drift }) => drift)).toMatchObject([
      { about: 'vm.disk', message: expect.stringMatching(/disk-2.*disk-1/) },
    ])
    expect(reconcile({ ...target, diskUuid: undefined }, { ...world, disk }).notes.some((n) => n.drift)).toBe(
      false,
    )
  })
})
