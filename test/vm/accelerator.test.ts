import { expect, test } from 'vitest'
import { findProgram, qemuBinary } from '../../src/host/packages.ts'
import { probeAccelerator, runsGuestCode } from '../../src/vm/probe/accelerator.ts'

const qemu = await findProgram(qemuBinary())

test.skipIf(qemu === undefined)('guest code runs under TCG on any host', async () => {
  expect(await runsGuestCode(qemu ?? '', 'tcg')).toBeUndefined()
})

test.skipIf(qemu === undefined)(
  'an accelerator is chosen only when it ran guest code, else the reason is given',
  async () => {
    const { accelerator, reason } = await probeAccelerator(qemu ?? '')
    if (accelerator === 'tcg') expect(reason).toMatch(/kvm|hvf/)
    else expect(await runsGuestCode(qemu ?? '', accelerator)).toBeUndefined()
  },
)
