import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProgram, qemuBinary } from '../../src/host/packages.ts'
import { until } from '../../src/host/until.ts'
import { endOrphans, findOrphans } from '../../src/vm/orphans.ts'
import { findServers, serverEnvironment } from '../../src/vm/share/servers.ts'

test('what serves folders to no VM is ended with the sockets of its directory; others are left', async () => {
  const start = (socket: string) => spawn('sleep', ['60'], { env: serverEnvironment(socket) })
  const [ours, other] = [start('/run/ours/share0.sock'), start('/run/ours-too/share0.sock')]
  try {
    await until(async () => (await findServers('/run/ours-too')).length === 1, { deadlineMs: 30_000 })
    await until(async () => (await findServers('/run/ours')).length === 1, { deadlineMs: 30_000 })
    const ended = once(ours, 'exit')
    expect(await endOrphans('/run/ours/qmp.sock')).toBe(0)
    await ended
    expect(await findServers('/run/ours')).toEqual([])
    expect(other.exitCode ?? other.signalCode).toBeNull()
  } finally {
    ours.kill('SIGKILL')
    other.kill('SIGKILL')
  }
})

const qemu = await findProgram(qemuBinary())

test.skipIf(qemu === undefined)(
  'a QEMU that no supervisor knows is found by its socket and ended; others are left',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'orphan-'))
    const start = (name: string) =>
      spawn(qemu ?? '', [
        '-S',
        '-nodefaults',
        '-display',
        'none',
        '-chardev',
        `socket,id=q,path=${join(dir, name)},server=on,wait=off`,
      ])
    const [ours, other] = [start('qmp.sock'), start('other.sock')]
    try {
      const socket = join(dir, 'qmp.sock')
      await until(async () => (await findOrphans(socket)).length === 1, { deadlineMs: 30_000 })
      const ended = once(ours, 'exit')
      expect(await endOrphans(socket)).toBe(1)
      await ended
      expect(await findOrphans(socket)).toEqual([])
      expect(other.exitCode).toBeNull()
    } finally {
      other.kill('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    }
  },
)
