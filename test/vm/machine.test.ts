import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { metadataFile, metadataIso } from '../../src/guest/metadata/tree.ts'
import { run } from '../../src/host/run.ts'
import { qemuArgv } from '../../src/vm/qemu/argv.ts'
import { adoptMachine, startMachine } from '../../src/vm/qemu/start.ts'
import type { VmSpec } from '../../src/vm/spec.ts'
import type { RunKind } from './fake/probe.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dm-'))
  process.env.DESKTOP_FAKE_VM = dir
})
afterEach(async () => {
  delete process.env.DESKTOP_FAKE_VM
  await rm(dir, { recursive: true, force: true })
})

const at = (name: string): string => join(dir, name)
const options = { onLink: () => {}, onChannel: () => {}, onReset: () => {}, qemuLog: '' }

/** A machine of the fake QEMU, which parks rather than booting all of a guest. */
async function specOf(kind: RunKind): Promise<VmSpec> {
  const fake = (name: string): string => JSON.stringify(join(import.meta.dirname, 'fake', name))
  const script = `#!${process.execPath}\nimport(${fake('qemu.ts')})\n`
  await writeFile(at('qemu'), script, { mode: 0o755 })
  await writeFile(at('kvm-run'), kind)
  await run([
    process.execPath,
    join(import.meta.dirname, 'fake/qemu-img.ts'),
    'create',
    '-q',
    '-f',
    'qcow2',
    at('data'),
    '1073741824',
  ])
  await writeFile(at('config'), metadataIso({ golden: metadataFile('') }))
  const sockets = {
    link: at('link'),
    channel: at('channel'),
    qmp: at('qmp'),
    agent: at('agent'),
    console: at('console'),
  }
  const argv = qemuArgv({
    command: [at('qemu')],
    tcgThread: 'multi',
    name: 'test',
    cpus: 1,
    memoryBytes: 2 ** 28,
    accelerator: 'kvm',
    image: { kernel: 'k', initrd: 'i', root: 'r', cmdline: 'quiet' },
    dataDisk: at('data'),
    metadataIso: at('config'),
    consoleLog: at('console.log'),
    sockets,
  })
  const hashes = { image: 'sha256:i', metadata: 'sha256:m', argv: 'sha256:a' }
  return { argv, accelerator: 'kvm', hashes, sockets, consoleLog: at('console.log') }
}

test('a guest that never comes up on its accelerator is given up after its time', async () => {
  const machine = await startMachine(await specOf('hangs'), { ...options, qemuLog: at('log'), agentMs: 300 })
  await using _machine = machine
  expect(await machine.failure).toBe('kvm cannot run the VM: no guest agent within 0.3 s')
  await expect(machine.orFailed(new Promise(() => {}))).rejects.toMatchObject({ code: 'vm/accelerator' })
  await machine.quit()
})

test('a machine that was stopped on purpose has not failed', async () => {
  const machine = await startMachine(await specOf('never'), { ...options, qemuLog: at('log') })
  await using _machine = machine
  let failed = false
  void machine.failure.then(() => {
    failed = true
  })
  await machine.qmp.execute('stop')
  await machine.qmp.execute('cont')
  await machine.quit()
  expect(failed).toBe(false)
})

test('a guest that begins again in the same QEMU is noticed', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const machine = await startMachine(await specOf('hangs'), {
    ...options,
    qemuLog: at('log'),
    onReset: resolve,
  })
  await using _machine = machine
  await machine.qmp.execute('system_reset')
  await promise
  await machine.quit()
})

test('a machine that had failed before it was adopted is recognised', async () => {
  const first = await startMachine(await specOf('stops'), { ...options, qemuLog: at('log') })
  await first.failure
  await first[Symbol.asyncDispose]()
  const second = await adoptMachine(first, { ...options, qemuLog: at('log') })
  expect(await second?.failure).toMatch(/internal error of kvm/)
  await second?.quit()
  await second?.[Symbol.asyncDispose]()
})
