/** Shares whose virtiofsd was killed, and the shutdown of a VM with shares. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import type { SupervisorState } from '../../../src/supervisor/process/recorded-requests.ts'
import { findServers } from '../../../src/vm/share/servers.ts'
import { ok } from '../environment.ts'
import { filesWith } from '../registry.ts'
import { inside, machine } from '../shared-vm.ts'

export function sharesEnd(): void {
  test('a share whose server was killed is named by status and drift, and the VM serves the other one on', async () => {
    const reader = 'while :; do cat /d/fixed >/dev/null; sleep 0.2; done'
    await ok(machine.docker('run', '-d', '--name', 'stuck', '-v', '/srv/data:/d', 'box', 'sh', '-c', reader))
    const { vm } = JSON.parse(await readFile(machine.paths.supervisorState, 'utf8')) as SupervisorState
    const [, victim] = vm?.daemons ?? []
    if (victim === undefined) throw new Error('no server is on record')
    process.kill(victim.pid, 'SIGKILL')
    const isTold = async () =>
      (await ok(machine.desktop('status'))).includes('virtiofsd for /srv/data has exited')
    await until(isTold, { deadlineMs: 60_000, intervalMs: 500 })
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toMatch(/restart-vm {2,}stop the VM/)
    expect(plan).toContain('stuck')
    expect(plan).toMatch(/shares\[1\]: virtiofsd for \/srv\/data has exited → served/)
    expect(await inside('cat /work/note')).toBe('from the host\n')
  })

  test('a VM with shares is shut down by stop, which says so, after its containers had their time', async () => {
    const farewell = "trap 'echo bye >/w/bye; exit' TERM; while :; do sleep 0.2; done"
    await ok(machine.docker('run', '-d', '--name', 'polite', '-v', '/work:/w', 'box', 'sh', '-c', farewell))
    const stop = await machine.desktop('stop')
    expect(stop.code, stop.stderr).toBe(0)
    expect(stop.stderr).toMatch(/is shut down \(.*(QEMU cannot save shares|virtiofsd).*\)/)
    expect(await readFile(join(machine.dir, 'work/bye'), 'utf8')).toBe('bye\n')
    expect(await filesWith(machine.paths.stateDir, 's3cr3t')).toEqual([])
    // Programs wait for the share whose server is gone, and so would a sync of everything.
    const console = await readFile(machine.paths.consoleLog, 'utf8')
    expect(console).toMatch(/data disk released[\s\S]*a share does not answer: powering off without it/)
    expect(await findServers(machine.paths.stateDir)).toEqual([])
  })
}
