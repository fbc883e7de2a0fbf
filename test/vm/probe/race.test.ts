import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BootOutcome, ProbeMachine } from '../../../src/vm/probe/boot-once.ts'
import { race } from '../../../src/vm/probe/race.ts'
import type { KvmKind } from '../fake/probe.ts'

let dir: string
let machine: ProbeMachine
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-race-'))
  process.env.DESKTOP_FAKE_VM = dir
  const binary = join(dir, 'qemu')
  const fake = join(import.meta.dirname, '../fake/qemu.ts')
  await writeFile(binary, `#!${process.execPath}\nimport(${JSON.stringify(fake)})\n`, { mode: 0o755 })
  machine = { command: [binary], kernel: 'kernel', initrd: 'initrd', disk: 'disk', cmdline: () => 'quiet' }
})
afterEach(async () => {
  delete process.env.DESKTOP_FAKE_VM
  await rm(dir, { recursive: true })
})

const kvmIs = (kind: KvmKind): Promise<void> => writeFile(join(dir, 'kvm'), kind)

test('an accelerator that boots the guest kernel works', async () => {
  await kvmIs('works')
  expect(await race(machine, 'kvm', { startMs: 20_000 })).toMatchObject({ works: true })
})

const broken: readonly (readonly [KvmKind, RegExp])[] = [
  ['aborts', /SIGABRT \(failed to set MSR/],
  ['stops', /stopped the VM by itself \(KVM internal error\. Suberror: 1\)/],
  ['panics', /panics: Attempted to kill/],
  ['miscounts', /the second CPU does not start/],
]
test.each(broken)('a kvm that %s is recognised without waiting for emulation', async (kind, reason) => {
  await kvmIs(kind)
  const verdict = await race(machine, 'kvm', { startMs: 60_000 })
  expect(verdict).toMatchObject({ works: false, reason: expect.stringMatching(reason) })
})

test.each<KvmKind>(['hangs', 'slow'])(
  'a kvm that %s is given up once emulation has booted the same kernel',
  async (kind) => {
    await kvmIs(kind)
    const verdict = await race(machine, 'kvm', { startMs: 100 })
    expect(verdict).toMatchObject({ works: false, reason: expect.stringMatching(/emulation booted it/) })
  },
)

/** A race of machines whose outcomes come when the test says so. */
function staged(): {
  boot: Parameters<typeof race>[2] & object
  end: (who: string, how: BootOutcome) => void
} {
  const ends = new Map<string, (how: BootOutcome) => void>()
  return {
    boot: {
      startMs: 0,
      boot: (_machine, accelerator, signal) =>
        new Promise((resolve) => {
          ends.set(accelerator, resolve)
          signal.addEventListener('abort', () => resolve({ state: 'silent' }))
        }),
    },
    end: (who, how) => ends.get(who)?.(how),
  }
}
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

test('an emulation that fails does not decide against the accelerator', async () => {
  const { boot, end } = staged()
  const verdict = race(machine, 'kvm', boot)
  await turns()
  end('tcg', { state: 'failed', reason: 'no memory' })
  await turns()
  end('kvm', { state: 'booted', milliseconds: 3000 })
  expect(await verdict).toEqual({ works: true, milliseconds: 3000 })
})

test('an accelerator that is slower than its head start and faster than emulation works', async () => {
  const { boot, end } = staged()
  const verdict = race(machine, 'kvm', boot)
  await turns()
  end('kvm', { state: 'booted', milliseconds: 2000 })
  expect(await verdict).toEqual({ works: true, milliseconds: 2000 })
})

test('nothing is decided when neither machine boots', async () => {
  const { boot } = staged()
  expect(await race(machine, 'kvm', { ...boot, endMs: 30 })).toMatchObject({ works: 'undecided' })
})
