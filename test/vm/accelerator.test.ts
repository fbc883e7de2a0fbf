import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram, qemuBinary } from '../../src/host/packages.ts'
import { probeAccelerator, runsGuestCode } from '../../src/vm/probe/accelerator.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-accelerator-'))
})
afterAll(() => rm(dir, { recursive: true }))

const qemu = await findProgram(qemuBinary())

test.skipIf(qemu === undefined)('guest code runs under TCG on any host', async () => {
  expect(await runsGuestCode(qemu ?? '', 'tcg', dir)).toBeUndefined()
})

test.skipIf(qemu === undefined)(
  'an accelerator is chosen only when it ran guest code, else the reason is given',
  async () => {
    const { accelerator, reason } = await probeAccelerator(qemu ?? '', dir)
    if (accelerator === 'tcg') expect(reason).toMatch(/kvm|hvf/)
    else expect(await runsGuestCode(qemu ?? '', accelerator, dir)).toBeUndefined()
  },
)
