/** Changes that leave a running container untouched, and drift from manual changes. */
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { controlClient } from '../../../src/supervisor/api/client.ts'
import { ok } from '../environment.ts'
import { runningBuild } from '../running-build.ts'
import { docker, httpGet, machine } from '../shared-vm.ts'
import { base, late, mapped, port, startedAt, vmPart } from './life.ts'

export function liveChanges(): void {
  test('a port mapping is added and removed live, with a running container untouched', async () => {
    const before = await startedAt('long')
    await ok(
      machine.docker(
        'run',
        '-d',
        '--name',
        'late',
        '--network',
        'host',
        'box',
        ...docker.httpServer('mapped', 8088),
      ),
    )
    await machine.write(`${base}ports: ["${port(late)}:8088"]\n`)
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toContain(String(port(late)))
    expect(plan).not.toContain('restart')
    await ok(machine.desktop('apply'))
    expect(await until(() => httpGet(`http://127.0.0.1:${port(late)}/`), { deadlineMs: 10_000 })).toBe(
      'mapped',
    )
    await machine.write(base)
    await ok(machine.desktop('apply'))
    expect(await httpGet(`http://127.0.0.1:${port(late)}/`)).toBeUndefined()
    await ok(machine.docker('rm', '-f', 'late'))
    expect(await startedAt('long')).toBe(before)
  })

  test('a DNS host and an upstream are changed live', async () => {
    const before = await startedAt('long')
    await machine.write(
      `${vmPart}network: { ipv6: true, dns: { upstreams: [127.0.0.1], hosts: { registry.test: 192.168.65.254 } } }\n`,
    )
    const plan = await ok(machine.desktop('plan'))
    expect(plan).not.toContain('restart')
    await ok(machine.desktop('apply'))
    expect(await ok(machine.docker('exec', 'long', 'nslookup', 'registry.test'))).toContain('192.168.65.254')
    expect(await startedAt('long')).toBe(before)
  })

  test('egress rules are changed live, and cut neither DNS nor docker.sock', async () => {
    const before = await startedAt('long')
    const egress = '{ default: deny, rules: [{ deny: "*.bad.test" }, { allow: registry.test }] }'
    const hosts = '{ registry.test: 192.168.65.254, www.bad.test: 192.168.65.254 }'
    await machine.write(`${vmPart}network: { ipv6: true, dns: { hosts: ${hosts} }, egress: ${egress} }\n`)
    expect(await ok(machine.desktop('plan'))).not.toContain('restart')
    await ok(machine.desktop('apply'))
    const lookup = (name: string) => machine.docker('exec', 'long', 'nslookup', name)
    expect(await ok(lookup('registry.test'))).toContain('192.168.65.254')
    expect((await lookup('www.bad.test')).code).not.toBe(0)
    expect((await machine.docker('exec', 'long', 'ping', '-c1', '-W2', '198.51.100.1')).stdout).toContain(
      '0 packets',
    )
    const flows = await ok(machine.desktop('flows'))
    expect(flows).toMatch(/deny \*\.bad\.test +0 +[1-9]/)
    expect(flows).toMatch(/default deny +[1-9]/)

    // Names come from the VM's conntrack table, which is read after the denials: attempts repeat until then.
    const attempts = [
      ['ping', '-c1', '-W1', '198.51.100.1'],
      ['nslookup', 'www.bad.test'],
      ['wget', '-T1', '-q', '-O-', 'http://198.51.100.2/'],
    ]
    const sendersOf = async (sender: string): Promise<string[]> => {
      const { denials } = JSON.parse(await ok(machine.desktop('flows', '--json'))) as {
        denials: { protocol: string; senders: string[] }[]
      }
      return denials.filter(({ senders }) => senders.includes(sender)).map(({ protocol }) => protocol)
    }
    const named = async (sender: string, protocols: readonly string[], tried?: string[][]): Promise<void> => {
      const isNamed = async (): Promise<boolean> => {
        for (const attempt of tried ?? []) await machine.docker('exec', sender, ...attempt)
        const found = await sendersOf(sender)
        return protocols.every((protocol) => found.includes(protocol))
      }
      expect(await until(isNamed, { deadlineMs: 40_000, intervalMs: 500 })).toBe(true)
    }
    await named('long', ['icmp', 'dns', 'tcp'], attempts)
    {
      await using _build = await runningBuild(
        machine,
        'while true; do wget -T1 -q -O- http://198.51.100.3/; sleep 1; done',
      )
      await named('docker build', ['tcp'])
    }

    await using control = controlClient(machine.paths)
    await control.setEgress({ default: 'allow', rules: [] })
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
    await machine.write(base)
    await ok(machine.desktop('apply'))
    expect(await startedAt('long')).toBe(before)
  })

  test('debug, labels and registry mirrors are taken by SIGHUP, with a running container untouched', async () => {
    const before = await startedAt('long')
    await machine.write(
      `${base}engine: { config: { debug: true, labels: [a=b] }, registryMirrors: ["http://host.docker.internal:5000"] }\n`,
    )
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toMatch(/reload/)
    expect(plan).not.toMatch(/restart/)
    await ok(machine.desktop('apply'))
    const info = (format: string): Promise<string> => ok(machine.docker('info', '-f', format))
    expect(await info('{{.Debug}} {{.Labels}}')).toBe('true [a=b]\n')
    expect(await info('{{.RegistryConfig.Mirrors}}')).toContain('host.docker.internal:5000')
    await machine.write(base)
    await ok(machine.desktop('apply'))
    expect(await info('{{.Debug}} {{.Labels}} {{.RegistryConfig.Mirrors}}')).toBe('false [] []\n')
    expect(await startedAt('long')).toBe(before)
  })

  test('changes made by hand are drift, looking at them writes nothing, and --repair undoes them', async () => {
    await machine.write(`${base}ports: ["${port(mapped)}:80"]\n`)
    await ok(machine.desktop('apply'))
    await using control = controlClient(machine.paths)
    const { ports: told, dns } = await control.facts()
    const own = told.filter(({ owner }) => owner === 'config')
    const extra = own.flatMap((mapping) =>
      mapping.listen.kind === 'inet'
        ? [{ ...mapping, id: 'by-hand', listen: { ...mapping.listen, port: port(late) } }]
        : [],
    )
    await control.setPorts([...own, ...extra])
    if (dns !== undefined) await control.setDns({ ...dns, hosts: { ...dns.hosts, 'hand.test': '10.1.2.3' } })
    const daemonJson = JSON.parse(await control.guestReadFile('/run/config/docker/daemon.json'))
    const byHand = { ...daemonJson, debug: true, labels: ['by=hand'] }
    await control.guestWriteFile('/run/config/docker/daemon.json', JSON.stringify(byHand))
    await control.guestWriteFile('/run/config/network/host', '10.9.9.9\n')
    await ok(machine.docker('network', 'create', '--subnet', '192.168.65.192/28', 'clash'))

    const state = async (): Promise<string[]> => {
      const { record, journal, generationsDir, lastGoodDaemonJson, lastGoodVm } = machine.paths
      const texts = [record, journal, lastGoodDaemonJson, lastGoodVm].map((path) => readFile(path, 'utf8'))
      return [...(await Promise.all(texts)), ...(await readdir(generationsDir))]
    }
    const before = await state()
    const drift = await machine.desktop('drift', '--exit-code', '--format', 'json')
    expect(drift.code, drift.stdout).toBe(2)
    const seen = JSON.parse(drift.stdout) as {
      differences: { path: string }[]
      notes: { drift?: true; message: string }[]
    }
    const paths = seen.differences.map(({ path }) => path).join('\n')
    for (const part of ['by-hand', 'hand.test', 'engine.config.labels', '/run/config/network/host'])
      expect(paths).toContain(part)
    expect(seen.notes.filter((note) => note.drift).map(({ message }) => message)).toEqual([
      expect.stringContaining('clash (192.168.65.192/28)'),
    ])
    const annotations = await machine.desktop('drift', '--format', 'github')
    expect(annotations.stdout).toMatch(/^::warning file=desktop\.yaml/m)
    expect(await state()).toEqual(before)

    await ok(machine.docker('network', 'rm', 'clash'))
    await ok(machine.desktop('drift', '--repair'))
    const after = await machine.desktop('drift', '--exit-code')
    expect(after.code, after.stdout).toBe(0)
    await machine.write(base)
    await ok(machine.desktop('apply'))
  })

  test('a daemon.json that dockerd refuses is refused, and the one before stays in force', async () => {
    const before = await startedAt('long')
    // A path in the guest: only dockerd knows that it leads nowhere.
    await machine.write(`${base}engine: { config: { labels: [a=b], userland-proxy-path: /nonsense } }\n`)
    const apply = await machine.desktop('apply')
    expect(apply.code).toBe(4)
    expect(`${apply.stdout}${apply.stderr}`).toContain('nonsense')
    await machine.write(base)
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
    expect(await startedAt('long')).toBe(before)
  })

  test('a change of memory is planned as a restart of the VM, which names the containers that stop', async () => {
    await machine.write(base.replace('1GiB', '1536MiB'))
    const plan = await machine.desktop('plan', '--exit-code')
    expect(plan.code).toBe(2)
    expect(plan.stdout).toContain('restart-vm')
    expect(plan.stdout).toContain('vm.memory')
    expect(plan.stdout).toContain('long')
    await machine.write(base)
  })
}
