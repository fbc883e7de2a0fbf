/** Golden plans: one line for each operation, so that a change of planning shows in review. */
import { describe, expect, test } from 'vitest'
import type { Desired } from '../../src/config/desired.ts'
import { ipv6Settings } from '../../src/config/ipv6-network.ts'
import { absent, present, unknown } from '../../src/observation.ts'
import type { Observed } from '../../src/observe/observed.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { planText } from '../../src/reconcile/text.ts'
import {
  aDesired,
  bareHost,
  factsOf,
  GiB,
  inSyncWith,
  listening,
  mapping,
  runningVm,
  stoppedAfter,
  suspendedFrom,
  targetOf,
} from '../support/reconcile/world.ts'

/** The plan that leads from the reality of `before` to what `after` says. */
function planOf(after: Desired, before: Desired, reality: Partial<Observed> = {}): string {
  return planText(reconcile(targetOf(after), { ...inSyncWith(targetOf(before)), ...reality }))
}

/** The lines of operations only. */
const operations = (plan: string): string[] =>
  plan.split('\n').filter((line) => line !== '' && !/^(note|unchanged)/.test(line))

const changed = (change: Partial<Desired>): Desired => ({ ...aDesired, ...change })

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

  test('what it does not take restarts the engine, and the plan names the containers that stop', () => {
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

describe('the VM', () => {
  test('memory restarts the VM, and the plan names the containers that stop', () => {
    expect(planOf(changed({ vm: { ...aDesired.vm, memoryBytes: 4 * GiB } }), aDesired)).toMatchSnapshot()
  })

  describe('a share whose server has ended', () => {
    const share = (target: string) => ({ source: `/srv${target}`, target, writable: true })
    const shared = changed({ shares: [share('/work'), share('/data')] })
    const ofTarget = runningVm(targetOf(shared))
    const reality = (ended: readonly string[], state: 'running' | 'starting' = 'running') => {
      const shares = shared.shares.map(({ target }) => ({ target, served: !ended.includes(target) }))
      return {
        vm: present({ vm: { ...ofTarget, state, shares }, argv: present(targetOf(shared).argv ?? []) }),
      }
    }
    const causesOf = (after: Desired, ended: readonly string[], state?: 'running' | 'starting') =>
      reconcile(targetOf(after), {
        ...inSyncWith(targetOf(shared)),
        ...reality(ended, state),
      }).operations.find(({ kind }) => kind === 'vm/stop')?.causes

    test('restarts the VM, and the plan names the share and the containers that stop', () => {
      expect(planOf(shared, shared, reality(['/data']))).toMatchSnapshot()
    })

    test.each([
      ['none', [], []],
      ['the first', ['/work'], ['shares[0]']],
      ['the second', ['/data'], ['shares[1]']],
      ['both', ['/work', '/data'], ['shares[0]', 'shares[1]']],
    ])('%s, in a VM that runs and in one that starts', (_what, ended, paths) => {
      for (const state of ['running', 'starting'] as const)
        expect((causesOf(shared, ended, state) ?? []).map(({ path }) => path)).toEqual(paths)
    })

    test('that left the file is not wanted back', () => {
      const causes = causesOf(changed({ shares: [share('/work')] }), ['/data'])
      expect(causes).toContainEqual({ path: 'shares', from: 'the server of /data has ended', to: undefined })
    })

    test('of a VM that an earlier version started is not guessed at', () => {
      const { shares: _, ...untold } = ofTarget
      const argv = present(targetOf(shared).argv ?? [])
      expect(operations(planOf(shared, shared, { vm: present({ vm: untold, argv }) }))).toEqual([])
    })
  })

  test('a VM that ended by itself is started, with what it said last', () => {
    const vm = present({
      vm: { state: 'exited', code: null, signal: 'SIGKILL', lastOutput: 'qemu: killed\n' } as const,
      argv: absent,
    })
    expect(planOf(aDesired, aDesired, { vm, guest: absent, engine: absent })).toMatchSnapshot()
  })

  test('another image is built before the VM that runs is stopped', () => {
    const target = targetOf(aDesired)
    const plan = reconcile(
      { ...target, hashes: { ...target.hashes, image: undefined, argv: undefined }, argv: undefined },
      { ...inSyncWith(target), image: absent },
    )
    const ids = plan.operations.map(({ id }) => id)
    expect(ids.indexOf('image/build')).toBeLessThan(ids.indexOf('vm/stop'))
    expect(planText(plan)).toMatchSnapshot()
  })

  test('another subnet reaches the forwarder while the VM is off', () => {
    const network = { ...aDesired.network, subnet: '10.9.0.0/24', gateway: '10.9.0.1' }
    expect(planOf(changed({ network }), aDesired)).toMatchSnapshot()
  })

  test('IPv6 is reported under the keys of the file, and restarts the VM', () => {
    const network = { ...aDesired.network, ipv6: ipv6Settings('fd12:3456:789a::/64') }
    const plan = planOf(changed({ network }), aDesired)
    expect(plan).toContain('network.ipv6: false → true')
    expect(plan).toContain('network.subnet6: ∅ → fd12:3456:789a::/64')
    expect(plan).toContain('vm/stop')
    expect(planOf(aDesired, changed({ network }))).toContain('network.ipv6: true → false')
    expect(planOf(changed({ network }), changed({ network }))).not.toContain('network')
  })

  test('a dead supervisor is started again and gets all requests; the VM keeps running', () => {
    const plan = planOf(aDesired, aDesired, { supervisor: absent })
    expect(plan).toMatchSnapshot()
    expect(plan).not.toContain('vm/st')
  })

  test('a mapping that left the file while no supervisor ran does not come back with the next one', () => {
    const recordedPorts = [mapping('old', 9001)]
    const plan = planOf(aDesired, aDesired, { supervisor: absent, recordedPorts })
    expect(plan).toContain('ports/close/old live')
  })

  test('a supervisor of another version is replaced and the VM keeps running', () => {
    const target = targetOf(aDesired)
    const supervisor = present({ ...factsOf(target, runningVm(target)), toolVersion: '0.0.9' })
    expect(planOf(aDesired, aDesired, { supervisor })).toMatchSnapshot()
  })

  test('an engine that does not answer is waited for, not restarted', () => {
    const plan = planOf(aDesired, aDesired, { engine: unknown('no answer in 2000 ms') })
    expect(plan).toContain('engine/ready live')
    expect(plan).not.toContain('restart')
  })

  test('a guest that cannot be read has its files written again by steps that look first', () => {
    expect(planOf(aDesired, aDesired, { guest: unknown('the agent is not up') })).toMatchSnapshot()
  })
})

describe('the data disk', () => {
  const smaller = changed({ vm: { ...aDesired.vm, diskBytes: 10 * GiB } })

  test('a smaller disk is a new disk, and that needs consent by name', () => {
    expect(planOf(smaller, aDesired)).toMatchSnapshot()
  })

  test('a disk that cannot be read is an error and is never replaced', () => {
    const plan = reconcile(targetOf(aDesired), {
      ...stoppedAfter(targetOf(aDesired)),
      disk: unknown('not a qcow2 image'),
    })
    expect(plan.operations.map(({ kind }) => kind).filter((kind) => kind.startsWith('disk/'))).toEqual([])
    expect(plan.notes).toContainEqual(expect.objectContaining({ level: 'error', about: 'vm.disk' }))
  })

  test('a disk deleted under a running VM is not replaced without consent', () => {
    const plan = reconcile(targetOf(aDesired), { ...inSyncWith(targetOf(aDesired)), disk: absent })
    expect(plan.operations.find(({ kind }) => kind === 'disk/recreate')?.consent).toBe('recreate:disk')
  })
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

test("a VM that waits for room on this host's disk is neither restarted nor changed", () => {
  const target = targetOf(aDesired)
  const vm = present({ vm: { ...runningVm(target), state: 'stalled' as const }, argv: absent })
  const plan = reconcile(target, { ...inSyncWith(target), vm, engine: unknown('no answer') })
  expect(plan.operations.filter(({ kind }) => kind.startsWith('vm/'))).toEqual([])
  expect(plan.notes).toContainEqual(expect.objectContaining({ level: 'error', about: 'vm.disk' }))
})

describe('a suspended VM', () => {
  const suspended = suspendedFrom(targetOf(aDesired), inSyncWith(targetOf(aDesired)))

  test('is resumed when it is as the file says, and nothing is interrupted', () => {
    expect(planText(reconcile(targetOf(aDesired), suspended))).toMatchSnapshot()
  })

  test('boots when another sizing is asked for, and the plan names the containers that stop', () => {
    const larger = targetOf(changed({ vm: { ...aDesired.vm, memoryBytes: 4 * GiB } }))
    expect(planText(reconcile(larger, suspended))).toMatchSnapshot()
  })

  test('boots on another network, which it would not notice by itself', () => {
    const moved = targetOf(changed({ network: { ...aDesired.network, gateway: '192.168.65.9' } }))
    expect(reconcile(moved, suspended).operations.map(({ kind }) => kind)).toContain('vm/start')
  })

  test('grows its disk after it resumes, since another disk is not the one it was saved with', () => {
    const plan = reconcile(targetOf(changed({ vm: { ...aDesired.vm, diskBytes: 40 * GiB } })), suspended)
    const ids = plan.operations.map(({ id }) => id)
    expect(ids.indexOf('vm/resume')).toBeGreaterThanOrEqual(0)
    expect(ids.indexOf('disk/grow')).toBeGreaterThan(ids.indexOf('vm/resume'))
  })

  test('takes what changed in daemon.json and sysctl meanwhile as a running one does', () => {
    const plan = reconcile(
      targetOf(
        changed({
          engine: { ...aDesired.engine, daemon: { debug: false } },
          guest: { ...aDesired.guest, sysctl: { 'vm.max_map_count': '1' } },
        }),
      ),
      suspended,
    )
    const kinds = plan.operations.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['vm/resume', 'daemon/reload', 'sysctl/set']))
    expect(kinds.indexOf('daemon/reload')).toBeGreaterThan(kinds.indexOf('engine/ready'))
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
