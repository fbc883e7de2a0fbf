/** Golden plans of changes to the VM and its disk. */
import { describe, expect, test } from 'vitest'
import type { Desired } from '../../src/config/desired.ts'
import { ipv6Settings } from '../../src/config/ipv6-network.ts'
import { absent, present, unknown } from '../../src/observation.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { planText } from '../../src/reconcile/text.ts'
import { changed, operations, planOf } from '../support/reconcile/plans.ts'
import { factsOf, inSyncWith, runningVm, stoppedAfter, suspendedFrom } from '../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../support/reconcile/world.ts'

describe('the VM', () => {
  test('memory restarts the VM, and the plan names the containers that stop', () => {
    expect(planOf(changed({ vm: { ...aDesired.vm, memoryBytes: 4 * GiB } }), aDesired)).toMatchSnapshot()
  })

  describe('a share whose server has ended', () => {
    const share = (target: string) => ({ source: `/srv${target}`, target, writable: true, events: true })
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
      expect(causes).toContainEqual({ path: 'shares', from: 'virtiofsd for /data has exited', to: undefined })
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

test("a VM that waits for room on this host's disk is neither restarted nor changed", () => {
  const target = targetOf(aDesired)
  const vm = present({ vm: { ...runningVm(target), state: 'stalled' as const }, argv: absent })
  const plan = reconcile(target, { ...inSyncWith(target), vm, engine: unknown('no answer') })
  expect(plan.operations.filter(({ kind }) => kind.startsWith('vm/'))).toEqual([])
  expect(plan.notes).toContainEqual(expect.objectContaining({ level: 'error', about: 'vm.disk' }))
})

describe('a suspended VM', () => {
  const suspended = suspendedFrom(targetOf(aDesired), inSyncWith(targetOf(aDesired)))

  test('is resumed when it matches the file, and nothing is interrupted', () => {
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
