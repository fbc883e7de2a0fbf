/** Data disk space: returned to the host, exhausted, and grown live. */
import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { ok, type TestEnvironment } from '../environment.ts'
import { machine } from '../shared-vm.ts'
import { base, growDisk, startedAt, status } from './life.ts'

/** Usage of the data disk image on this host. */
const takenBytes = async (): Promise<number> => (await stat(machine.paths.dataDisk)).blocks * 512
const volume = (command: string): ReturnType<TestEnvironment['docker']> =>
  machine.docker('run', '--rm', '-v', 'big:/big', 'box', 'sh', '-c', command)
const disk = async (): Promise<{ total: number; available: number }> => {
  const { inside } = JSON.parse(await ok(machine.desktop('status', '--json'))) as {
    inside: { value: { totalBytes: number; availableBytes: number } }
  }
  return { total: inside.value.totalBytes, available: inside.value.availableBytes }
}

export function dataDisk(): void {
  test('space freed in the VM is returned to the host by itself, and compact returns the rest', async () => {
    const before = await takenBytes()
    const bytes = 150 * 2 ** 20
    await ok(volume('dd if=/dev/urandom of=/big/one bs=1M count=150 && sync'))
    expect((await takenBytes()) - before).toBeGreaterThan(0.9 * bytes)
    await ok(volume('rm /big/one && sync'))
    await until(async () => (await takenBytes()) - before < 0.3 * bytes, { deadlineMs: 60_000 })
    const compacted = await ok(machine.desktop('disk', 'compact'))
    expect(compacted).toMatch(/reclaimed \d+ MB/)
    expect((await takenBytes()) - before).toBeLessThan(0.2 * bytes)
  })

  test('a disk that is full fails what writes to it and nothing else, says so, and grows live', async () => {
    const running = await startedAt('long')
    const { total, available } = await disk()
    // Zeros take nothing on this host.
    const fill = `fallocate -l ${available - 2 ** 26} /big/most; dd if=/dev/zero of=/big/rest bs=1M`
    const full = await volume(fill)
    expect(full.code).not.toBe(0)
    expect(full.stderr).toContain('No space left on device')
    expect(await ok(machine.desktop('status'))).toContain('the data disk is full')
    expect((await status()).vm.state).toBe('running')
    expect(await startedAt('long')).toBe(running)
    growDisk()
    await machine.write(base)
    expect(await ok(machine.desktop('apply'))).toContain('grow')
    const grown = await disk()
    expect(grown.total - total).toBeGreaterThan(0.9 * 2 ** 30)
    expect(grown.available).toBeGreaterThan(0.8 * 2 ** 30)
    expect(await ok(volume('echo there is room >/big/more && cat /big/more'))).toBe('there is room\n')
    expect(await ok(machine.desktop('status'))).not.toContain('the data disk is full')
    await ok(machine.docker('volume', 'rm', 'big'))
    expect(await startedAt('long')).toBe(running)
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
  })
}
