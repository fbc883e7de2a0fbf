/** Registries of the host: mirrors, a private certificate authority, a proxy. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ok } from '../environment.ts'
import { filesWith } from '../registry.ts'
import { machine } from '../shared-vm.ts'
import { hostName, login, plain, proxy, secure, write } from './contents.ts'

const quiet = { swap: '0MiB' }

export function registries(): void {
  test('images go to a registry of this host by host.docker.internal, and come back through a mirror', async () => {
    const name = `${hostName}:${plain.port}/library/tiny:1`
    await ok(machine.docker('tag', 'box', name))
    await ok(machine.docker('push', '-q', name))
    expect(await plain.repositories()).toEqual(['library/tiny'])
    await ok(machine.docker('rmi', name))
    await ok(machine.docker('pull', '-q', 'tiny:1'))
    expect(await ok(machine.docker('run', '--rm', 'tiny:1', 'echo', 'mirrored'))).toBe('mirrored\n')
  })

  test('a registry with a private authority is refused until its certificate is trusted', async () => {
    const name = `${hostName}:${secure.port}/app:1`
    await ok(machine.docker('tag', 'box', name))
    const refused = await machine.docker('push', '-q', name)
    expect(refused.stderr).toMatch(/certificate signed by unknown authority|failed to verify certificate/)
    const proxies = `http: { fromEnv: TEST_PROXY }, https: { fromFile: ./proxy-url }, noProxy: "${hostName}"`
    const engine = `trustedCertificates: [./ca/authority.pem]\n  proxies: { ${proxies} }`
    machine.env.TEST_PROXY = `http://${login}@${hostName}:${proxy.port}`
    await writeFile(join(machine.dir, 'proxy-url'), `${machine.env.TEST_PROXY}\n`, { mode: 0o600 })
    await write({ ...quiet, engine })
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toMatch(/restart-engine {2,}restart the engine/)
    expect(plan).toContain('engine.trustedCertificates: (none) → 1 certificate')
    expect(plan).not.toContain('s3cr3t')
    await ok(machine.desktop('apply'))
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
    await ok(machine.docker('push', '-q', name))
    expect(await secure.repositories()).toEqual(['app'])
  })

  test('the engine reaches what only the proxy reaches, with a password that is nowhere else', async () => {
    await ok(machine.docker('pull', '-q', `far.test:${plain.port}/library/tiny:1`))
    expect(proxy.asked).toContain(`far.test:${plain.port}`)
    expect(proxy.refused).toBe(0)
    const shown = await Promise.all([
      machine.desktop('config', 'show', '--origin'),
      machine.desktop('status', '--json'),
      machine.desktop('history', '--format', 'json'),
      machine.desktop('drift', '--format', 'json'),
      machine.docker('info'),
    ])
    for (const { stdout, stderr } of shown) expect(`${stdout}${stderr}`).not.toContain('s3cr3t')
    await ok(machine.desktop('render', '-o', join(machine.dir, 'rendered')))
    expect(await filesWith(join(machine.dir, 'rendered'), 's3cr3t')).toEqual([])
    expect(await filesWith(machine.paths.stateDir, 's3cr3t')).toEqual([])
  })
}
