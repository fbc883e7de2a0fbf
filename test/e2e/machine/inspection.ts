/** Access to the VM: exec, shell, console, captures, flows. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import { desktopCommand, ok } from '../environment.ts'
import { machine } from '../shared-vm.ts'
import { hostWeb, port } from './life.ts'

export function inspection(): void {
  test('exec runs a command in the VM or in a service, with its output, errors and code apart', async () => {
    const result = await machine.desktop('exec', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3')
    expect(result).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' })
    const inside = [
      '-s',
      'docker',
      '-w',
      '/usr/sbin',
      '-e',
      'A=b c',
      '--',
      'sh',
      '-c',
      'echo "$A"; ls dockerd',
    ]
    expect(await ok(machine.desktop('exec', ...inside))).toBe('b c\ndockerd\n')
  })

  test('shell gives a terminal of the VM, and its exit code', async () => {
    const { code, stdout } = await machine.desktopAtTerminal('echo $((6 * 7)) $(hostname); exit 7\n', 'shell')
    expect(stdout).toMatch(/^42 e2e\r*$/m)
    expect(code).toBe(7)
  })

  test('the console shows every viewer its scrollback, follows the window size, and is a path for screen', async () => {
    const { consoleTty } = machine.paths
    expect(await ok(machine.desktop('status'))).toContain(`screen ${consoleTty}`)
    // As `screen` does: a terminal of the host, opened by its name.
    const viewer = spawn('sh', ['-c', 'exec <>"$0"; printf "\\r" >&0; exec cat', consoleTty])
    let seen = ''
    viewer.stdout.on('data', (chunk: Buffer) => {
      seen += chunk
    })
    try {
      await until(async () => seen.includes('services started'), { deadlineMs: 30_000 })
      const command = `stty rows 33 cols 101; ${desktopCommand} console`
      const argv: [string, ...string[]] = ['script', '-qec', command, '/dev/null']
      const typed = 'echo from-$((40 + 2))\n\x1d'
      const { stdout } = await run(argv, { cwd: machine.dir, env: machine.env, stdin: typed })
      expect(stdout).toContain('services started')
      expect(stdout).toContain('left the console')
      await until(async () => seen.includes('from-42'), { deadlineMs: 30_000 })
      const size = (): Promise<string> =>
        ok(machine.desktop('exec', '--', 'stty', '-F', '/dev/ttyS0', 'size'))
      await until(async () => (await size()) === '33 101\n', { deadlineMs: 30_000 })
    } finally {
      viewer.kill('SIGKILL')
    }
  })

  test('pcap gives a file that tcpdump reads, with the frames of the filter and no others', async () => {
    const file = join(machine.dir, 'link.pcap')
    const capture = machine.desktop('pcap', '--write', file, '--count', '4', 'icmp')
    await until(async () => (await readFile(file).catch(() => '')).length > 0, { deadlineMs: 20_000 })
    await ok(machine.docker('run', '--rm', 'box', 'ping', '-c', '3', '192.168.65.1'))
    expect((await capture).stderr).toContain('4 frames captured')
    const lines = (await ok(run(['tcpdump', '-n', '-r', file]))).trim().split('\n')
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(line).toMatch(/192\.168\.65\.\d > 192\.168\.65\.\d: ICMP echo re/)
  })

  test('status and metrics show the memory of the VM and of QEMU', async () => {
    const shown = await ok(machine.desktop('status'))
    expect(shown).toMatch(/^ +memory +\d+ MB of \d+ MB used \(\d+ %\).*; QEMU \d+ MB on the host$/m)
    const metrics = await ok(machine.desktop('metrics', '--once'))
    expect(metrics).toMatch(/^desktop_vm_memory_used_bytes [1-9]\d+$/m)
    expect(metrics).toMatch(/^desktop_qemu_resident_bytes [1-9]\d+$/m)
  })

  test('flows and metrics show the connection of a container with the host', async () => {
    const script = `(echo GET / HTTP/1.0; sleep 5) | nc host.docker.internal ${port(hostWeb)}`
    const held = machine.docker('run', '--rm', 'box', 'sh', '-c', script)
    const there = await until(
      async () => {
        const { flows } = JSON.parse(await ok(machine.desktop('flows', '--json')))
        return flows.find(({ remote }: { remote: string }) => remote === `192.168.65.254:${port(hostWeb)}`)
      },
      { deadlineMs: 30_000 },
    )
    expect(there).toMatchObject({ protocol: 'tcp', from: 'guest' })
    const metrics = await ok(
      run(['curl', '-s', '--unix-socket', machine.paths.sockets.control, 'http://desktop/metrics']),
    )
    expect(metrics).toMatch(/^desktop_net_tcp_flows [1-9]/m)
    await held
  })
}
