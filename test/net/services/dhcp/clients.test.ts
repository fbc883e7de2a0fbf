/** Real DHCP clients on a veth link between two network namespaces; skipped if namespaces cannot be created. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const run = promisify(execFile)
const works = (file: string, ...args: string[]) =>
  run(file, args).then(
    () => true,
    () => false,
  )
const suffix = process.pid.toString(36)
const [ours, theirs] = [`gw-${suffix}`, `vm-${suffix}`]
const canMakeNamespaces =
  (await works('ip', 'netns', 'add', ours)) && (await works('ip', 'netns', 'add', theirs))
const hasUdhcpc = await works('which', 'udhcpc')
const hasDhclient = await works('which', 'dhclient')

const setUp = `
link add gw0 netns ${ours} type veth peer name eth0 netns ${theirs} address 02:50:00:00:00:01
-n ${ours} addr add 192.168.65.1/24 dev gw0
-n ${ours} link set gw0 up
-n ${theirs} link set eth0 up
-n ${ours} route add default dev gw0`

let dir: string
let gateway: ChildProcess | undefined

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dhcp-'))
  if (!canMakeNamespaces) return
  for (const line of setUp.trim().split('\n')) await run('ip', line.split(' '))
  const script = join(import.meta.dirname, 'netns-gateway.ts')
  gateway = spawn('ip', ['netns', 'exec', ours, process.execPath, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  gateway.stdout!.on('data', (chunk) => {
    said += chunk
  })
  await vi.waitFor(() => expect(said).toContain('port 67'), { timeout: 10_000 })
  await writeFile(
    join(dir, 'event.sh'),
    `#!/bin/sh\n{ echo "event=\${reason:-$1}"; env; } >> ${dir}/events\n`,
  )
  await chmod(join(dir, 'event.sh'), 0o755)
})

afterAll(async () => {
  gateway?.stdin?.end()
  for (const name of [ours, theirs]) await works('ip', 'netns', 'del', name)
  await rm(dir, { recursive: true })
})

/** Runs a client to its end; returns the values that its script received. */
async function client(file: string, ...args: string[]): Promise<string> {
  await writeFile(join(dir, 'events'), '')
  await run('ip', ['netns', 'exec', theirs, file, ...args], { timeout: 15_000, cwd: dir })
  return readFile(join(dir, 'events'), 'utf8')
}

describe.runIf(canMakeNamespaces)('in a network namespace', () => {
  test.runIf(hasUdhcpc)('udhcpc gets address, resolver, MTU and search list', async () => {
    const wanted = ['mtu', 'search', 'domain', 'ntpsrv'].flatMap((name) => ['-O', name])
    const told = await client(
      'udhcpc',
      '-i',
      'eth0',
      '-n',
      '-q',
      '-f',
      '-t',
      '5',
      '-T',
      '1',
      ...wanted,
      '-s',
      './event.sh',
    )
    for (const line of [
      'event=bound',
      'ip=192.168.65.3',
      'dns=192.168.65.1',
      'router=192.168.65.1',
      'mtu=65520',
    ]) {
      expect(told.split('\n')).toContain(line)
    }
    expect(told).toContain('search=corp.example dev.corp.example')
    expect(told).toContain('ntpsrv=192.168.65.1')
  })

  test.runIf(hasDhclient)('dhclient gets them too, and the same address after a release', async () => {
    const files = ['-sf', join(dir, 'event.sh'), '-lf', join(dir, 'leases'), '-pf', join(dir, 'pid')]
    const told = await client('dhclient', '-1', '-v', ...files, 'eth0')
    for (const line of [
      'event=BOUND',
      'new_ip_address=192.168.65.3',
      'new_domain_name_servers=192.168.65.1',
    ]) {
      expect(told.split('\n')).toContain(line)
    }
    expect(await client('dhclient', '-r', ...files, 'eth0')).toContain('old_ip_address=192.168.65.3')
    expect(await client('dhclient', '-1', ...files, 'eth0')).toContain('new_ip_address=192.168.65.3')
    await client('dhclient', '-x', ...files, 'eth0')
  })
})
