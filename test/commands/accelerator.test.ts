/** Behaviour on hosts with a broken KVM, with the real command and supervisor. */
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import type { KvmKind, RunKind } from '../vm/fake/probe.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  const preload = join(import.meta.dirname, '../vm/fake/kvm-device.ts')
  Object.assign(host.env, { NODE_OPTIONS: `--import ${preload}`, DESKTOP_FAKE_KVM: 'present' })
  await host.write('vm: { cpus: 1, memory: 512MiB, disk: 1GiB }\n')
})
afterEach(() => host?.[Symbol.asyncDispose]())

const probeFinds = (kind: KvmKind): Promise<void> => writeFile(join(host.dir, 'vm/kvm'), kind)
const runFails = (kind: RunKind): Promise<void> => writeFile(join(host.dir, 'vm/kvm-run'), kind)
const vm = async (): Promise<{ state: string; accelerator: string; pid: number }> =>
  (JSON.parse(await host.ok('status', '--json')) as { vm: Awaited<ReturnType<typeof vm>> }).vm

test('a kvm that boots the guest kernel runs the VM, and the next plan does not try again', async () => {
  await host.ok('apply')
  expect((await vm()).accelerator).toBe('kvm')
  await probeFinds('hangs')
  await host.ok('plan', '--exit-code')
})

test('a kvm that cannot boot the guest kernel is never used, and plan, apply, status and doctor say why', async () => {
  await probeFinds('stops')
  const why = /kvm cannot run the guest kernel: QEMU stopped the VM by itself \(KVM internal error/
  expect(await host.ok('plan')).toMatch(why)
  expect(await host.ok('apply')).toMatch(/note: the CPU is emulated.*KVM internal error.*repair or update/)
  expect((await vm()).accelerator).toBe('tcg')
  await host.ok('plan', '--exit-code')
  expect(await host.ok('status')).toMatch(why)
  expect((await host.desktop('doctor')).stdout).toMatch(why)
})

test.each<[RunKind, RegExp]>([
  ['aborts', /kvm_init_vcpu failed/],
  ['dies', /kvm run failed Bad address/],
  ['stops', /internal error of kvm/],
  ['stops-at-resume', /internal error of kvm/],
])(
  'a VM whose kvm %s after the probe runs emulated by the end of the same apply, and stays so',
  async (kind, why) => {
    await runFails(kind)
    const said = await host.ok('apply')
    expect(said).toMatch(/note: the CPU is emulated/)
    expect(said).toMatch(why)
    expect((await vm()).accelerator).toBe('tcg')
    await host.ok('plan', '--exit-code')
    expect(await host.ok('plan')).toMatch(why)
  },
  60_000,
)

test('a running VM whose kvm breaks down is emulated at once, with its disk', async () => {
  await host.ok('apply')
  const { pid } = await vm()
  process.kill(pid, 'SIGHUP')
  const replaced = await until(
    async () => {
      const now = await vm()
      return now.accelerator === 'tcg' && now.state === 'running' && now.pid !== pid
    },
    { deadlineMs: 20_000 },
  )
  expect(replaced).toBe(true)
  await host.ok('plan', '--exit-code')
  const [first, second] = await host.boots()
  expect(second?.mark).toBe(first?.mark)
})

test('with `accelerator: kvm` a VM whose kvm breaks down is an error with the reason, and nothing is emulated', async () => {
  await host.write('vm: { cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: kvm }\n')
  await runFails('stops')
  const { code, stderr, stdout } = await host.desktop('apply')
  expect(code).toBe(4)
  expect(stdout + stderr).toMatch(/internal error of kvm/)
  expect((await vm()).state).not.toBe('running')
})

test('with `accelerator: kvm` a kvm that cannot boot the guest kernel is refused before anything changes', async () => {
  await host.write('vm: { cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: kvm }\n')
  await probeFinds('aborts')
  const { code, stderr } = await host.desktop('apply')
  expect(code).toBe(4)
  expect(stderr).toMatch(/kvm does not work on this host: .*SIGABRT.*accelerator: auto/s)
  expect(await host.processes()).toEqual([])
})

test('a /dev/kvm that has gone is noticed although it worked before', async () => {
  await host.ok('plan')
  host.env.DESKTOP_FAKE_KVM = 'absent'
  expect(await host.ok('plan')).toMatch(/\/dev\/kvm does not exist/)
  await host.ok('apply')
  expect((await vm()).accelerator).toBe('tcg')
})

test('a VM that runs well on kvm is not planned to restart because of the verdict on another one', async () => {
  await host.ok('apply')
  const dir = join(host.env.XDG_CACHE_HOME ?? '', 'desktop/accelerator')
  for (const name of await readdir(dir)) await rm(join(dir, name))
  await probeFinds('stops')
  await host.ok('plan', '--exit-code')
})
