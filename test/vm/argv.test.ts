import { expect, test } from 'vitest'
import {
  hashArgv,
  memoryArgs,
  type QemuInputs,
  qemuArgv,
  waitForState,
  withoutState,
} from '../../src/vm/qemu/argv.ts'

const inputs: QemuInputs = {
  command: ['/usr/bin/qemu-system-x86_64'],
  name: 'dev',
  cpus: 2,
  memoryBytes: 2 ** 31,
  accelerator: 'tcg',
  tcgThread: 'multi',
  image: {
    kernel: '/c/kernel',
    initrd: '/c/initrd',
    root: '/c/root.squashfs',
    cmdline: 'console=ttyS0 quiet',
  },
  dataDisk: '/s/data.qcow2',
  metadataIso: '/s/metadata.iso',
  consoleLog: '/s/console.log',
  sockets: {
    link: '/r/link',
    channel: '/r/channel',
    qmp: '/r/qmp',
    agent: '/r/agent',
    console: '/r/console',
  },
}

test('equal sizing gives an equal line, and each change another hash', () => {
  const hash = (change: Partial<QemuInputs>): string => hashArgv(qemuArgv({ ...inputs, ...change }))
  expect(hash({})).toBe(hash({}))
  const changed = [
    {},
    { cpus: 3 },
    { memoryBytes: 2 ** 30 },
    { accelerator: 'kvm' as const },
    { dataDisk: '/x' },
  ].map(hash)
  expect(new Set(changed).size).toBe(changed.length)
})

test('a comma in a path does not start another option', () => {
  const argv = qemuArgv({ ...inputs, dataDisk: '/s/a,readonly=on.qcow2' })
  expect(argv).toContainEqual(expect.stringContaining('file=/s/a,,readonly=on.qcow2,format=qcow2'))
})

test('QEMU listens on every socket, so that a new supervisor can dial in', () => {
  for (const socket of Object.values(inputs.sockets)) {
    const option = qemuArgv(inputs).find((argument) => argument.includes(`path=${socket}`))
    expect(option).toContain('server=on')
  }
})

test('where it is Linux QEMU refuses to start programs, gain privileges or change limits', () => {
  const argv = qemuArgv({ ...inputs, isSandboxed: true })
  expect(argv[argv.indexOf('-sandbox') + 1]).toContain(
    'elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  )
  expect(qemuArgv(inputs)).not.toContain('-sandbox')
})

test('a machine that loaded a saved state, with shared memory or without, has the command line of one that booted', () => {
  const booted = qemuArgv(inputs)
  for (const memory of [[], memoryArgs(inputs.memoryBytes, 'private')])
    expect(withoutState([...booted, ...memory, ...waitForState])).toEqual(booted)
  expect(withoutState(booted)).toEqual(booted)
})
