/** From a file to a running dockerd, and no drift after it. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ok } from '../environment.ts'
import { machine } from '../shared-vm.ts'
import { rememberIdentity } from './identity.ts'

export function firstApply(): void {
  test('a plan before the first apply says what there is to do and changes nothing', async () => {
    const plan = await machine.desktop('plan', '--exit-code')
    expect(plan.code, plan.stderr).toBe(2)
    expect(plan.stdout).toMatch(/start/i)
    await expect(readFile(machine.paths.record)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('apply gives a running docker and says where its socket is', async () => {
    const apply = await machine.desktop('apply')
    expect(apply.code, `${apply.stdout}${apply.stderr}`).toBe(0)
    expect(apply.stdout).toContain(`docker.sock is at ${machine.paths.sockets.docker}`)
    expect(await ok(machine.docker('version', '-f', '{{.Server.Version}}'))).toMatch(/^\d+\.\d+/)
    await rememberIdentity()
  })

  test('a second apply plans nothing, and drift finds none', async () => {
    const plan = await machine.desktop('plan', '--exit-code')
    expect(plan.code, plan.stdout).toBe(0)
    await ok(machine.desktop('apply'))
    const drift = await machine.desktop('drift', '--exit-code')
    expect(drift.code, drift.stdout).toBe(0)
  })
}
