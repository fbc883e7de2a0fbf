/** Swap space and the clock. */
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { ok } from '../environment.ts'
import { inside, machine } from '../shared-vm.ts'
import { write } from './contents.ts'

export function resources(): void {
  test('swap is grown, shrunk and removed while the VM runs, and a change by hand is drift', async () => {
    const swap = () => inside("awk '/swap/ { print $3 }' /proc/swaps")
    const kib = (mib: number): string => `${mib * 1024 - 4}\n`
    expect(await swap()).toBe(kib(64))
    for (const mib of [160, 96]) {
      await write({ swap: `${mib}MiB` })
      const plan = await ok(machine.desktop('plan'))
      expect(plan).toMatch(new RegExp(`live +set the swap space to ${mib}MiB`))
      expect(plan).not.toContain('restart')
      await ok(machine.desktop('apply'))
      expect(await swap()).toBe(kib(mib))
    }
    await inside('swapoff /var/lib/swap/*')
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
    await ok(machine.desktop('drift', '--repair'))
    expect(await swap()).toBe(kib(96))
    await write({ swap: '0MiB' })
    await ok(machine.desktop('apply'))
    expect(await swap()).toBe('')
    expect(await inside('ls /var/lib/swap')).toBe('')
  })

  test('a clock of the VM that goes wrong is set right by the host', async () => {
    await inside('date -s @1000000000')
    const difference = async (): Promise<number> =>
      Math.abs(Number(await inside('date +%s')) - Date.now() / 1000)
    await until(async () => (await difference()) < 5, { deadlineMs: 150_000, intervalMs: 3_000 })
  })
}
