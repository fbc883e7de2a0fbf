import { spawn, spawnSync } from 'node:child_process'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { hasFileHandles } from '../../../src/host/file-handles.ts'
import { identityOf } from '../../../src/host/identity.ts'
import { until } from '../../../src/host/until.ts'
import { onlyChild } from '../../../src/vm/qemu/confine.ts'
import type { Qmp } from '../../../src/vm/qemu/qmp.ts'
import type { VmDaemon, VmSpec } from '../../../src/vm/spec.ts'
import { saveBlocker, whyBlocked } from '../../../src/vm/suspend/blocker.ts'

test.each([
  [
    ['non-migratable device: 0000:00:07.0/vhost-user-fs'],
    /^its QEMU cannot save shares: set `vm.qemu: debian`$/,
  ],
  [['Migration disabled: vhost lacks VHOST_F_LOG_ALL feature.'], /^its virtiofsd cannot save/],
  [['a device of the future'], /^QEMU cannot save it: a device of the future$/],
])('%s is explained', (reasons, text) => {
  expect(whyBlocked(reasons)).toMatch(text)
})

const share: VmDaemon = { argv: [], socket: '/s', target: '/work', savesOpenFiles: true }
const machine = (
  daemons: readonly VmDaemon[],
  reply: unknown,
  servers: readonly Awaited<ReturnType<typeof identityOf>>[] = [],
) => ({
  spec: { daemons } as unknown as VmSpec,
  qmp: { execute: async () => reply } as unknown as Qmp,
  daemons: servers.filter((one) => one !== undefined),
})

test('nothing blocks a machine without shares, whatever QEMU says', async () => {
  expect(await saveBlocker(machine([], { 'blocked-reasons': ['anything'] }))).toBeUndefined()
})

test('a share blocks if QEMU says so, or its virtiofsd was started without saving', async () => {
  const blocked = { 'blocked-reasons': ['non-migratable device: 0/vhost-user-fs'] }
  expect(await saveBlocker(machine([share], blocked))).toContain('its QEMU cannot save')
  const { savesOpenFiles: _, ...old } = share
  expect(await saveBlocker(machine([old], {}))).toContain('its virtiofsd cannot save')
})

test('a share whose virtiofsd is unknown or does not serve it blocks', async () => {
  expect(await saveBlocker(machine([share], {}))).toBe('the virtiofsd of /work is not on record')
  const other = await identityOf(process.pid)
  expect(await saveBlocker(machine([share], {}, [other]))).toBe(
    '/work: virtiofsd does not run, or its root is not the share',
  )
})

const isRoot = process.getuid?.() === 0
const unshare = [...(isRoot ? [] : ['--map-root-user']), '--mount', '--pid', '--fork', '--kill-child']
const canUnshare = spawnSync('unshare', [...unshare, 'true']).status === 0

test.runIf(canUnshare)('a share that is served from a file system with file handles does not', async () => {
  const lines = `mount -t tmpfs tmpfs /mnt; cd /mnt; mkdir usr; mount --rbind /usr usr
for name in bin lib lib64; do [ ! -e "/$name" ] || ln -s "usr/$name" "$name"; done; exec chroot . /usr/bin/sleep 600`
  const server = spawn('unshare', [...unshare, 'sh', '-ec', lines], { stdio: 'ignore' })
  try {
    const pid = await until(() => onlyChild(server.pid ?? 0), { deadlineMs: 20_000 })
    const daemons = [await identityOf(pid ?? 0)]
    const blocker = () => saveBlocker(machine([share], {}, daemons))
    await until(async () => (await blocker()) === undefined, { deadlineMs: 20_000 })
  } finally {
    server.kill('SIGKILL')
  }
})

test.runIf(process.platform === 'linux')('a file system without file handles is known', async () => {
  await using usual = await open(tmpdir())
  await using without = await open('/proc')
  expect([hasFileHandles(usual.fd), hasFileHandles(without.fd)]).toEqual([true, false])
})
