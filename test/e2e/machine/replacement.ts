/** The end of an environment, and a fresh one that shares nothing with it. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { identityOf, isAlive } from '../../../src/host/identity.ts'
import { ok } from '../environment.ts'
import { machine } from '../shared-vm.ts'
import { identity, rememberedIdentity } from './identity.ts'
import { base, status } from './life.ts'

export function replacement(): void {
  test('destroy needs consent, and then leaves no process and no file', async () => {
    const refused = await machine.desktop('destroy')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('--yes')
    const { vm } = await status()
    const qemu = await identityOf(vm.pid ?? 0)
    const supervisor = await identityOf(Number(await readFile(machine.paths.supervisorPid, 'utf8')))
    await ok(machine.desktop('destroy', '--yes'))
    for (const process of [qemu, supervisor])
      expect(process !== undefined && (await isAlive(process))).toBe(false)
    await expect(readFile(machine.paths.dataDisk)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a fresh environment starts from the golden snapshot of the first, and is another in every respect', async () => {
    await machine.write(
      `${base.replace('5GiB', '4GiB')}engine: { config: { labels: [a=b] } }\nguest: { sysctl: { vm.swappiness: "7" } }\n`,
    )
    const apply = await ok(machine.desktop('apply'))
    expect(apply).not.toContain('golden snapshot')
    const own = await identity()
    for (const [name, value] of rememberedIdentity()) expect(own.get(name), name).not.toBe(value)
    expect(
      await ok(machine.desktop('exec', '--', 'sh', '-c', 'dmesg | grep -c "virtual machine fork"')),
    ).toBe('1\n')
    expect(await ok(machine.docker('info', '-f', '{{.Name}} {{.Labels}} {{.Images}}'))).toBe('e2e [a=b] 0\n')
    expect(await ok(machine.desktop('exec', '--', 'sysctl', '-n', 'vm.swappiness'))).toBe('7\n')
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
    await ok(machine.desktop('destroy', '--yes'))
  })
}
