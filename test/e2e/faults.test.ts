/**
 * Faults that root in the VM can cause, on a real kernel and dockerd: the counterpart of test/faults, whose
 * guest is a fake. One boot for all rows.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ok } from './environment.ts'
import { inside, machine, shareVm } from './shared-vm.ts'

shareVm(async () => {
  await mkdir(join(machine.dir, 'work'))
  await machine.write(
    'vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\nnetwork: { ipv6: true }\nshares: [{ source: ./work, target: /mnt/work }]\n',
  )
  await ok(machine.desktop('apply'))
})

test.each([
  ['ip route del default', 'guest default route: (none)', 'ip route | grep -q ^default'],
  [
    'ip addr del 192.168.65.3/24 dev eth0',
    'guest address: (none)',
    'ip addr show eth0 | grep -q 192.168.65.3/24',
  ],
  [
    'ip -6 addr flush dev eth0 scope global',
    'guest IPv6 address: (none)',
    'ip -6 addr show dev eth0 | grep -q "inet6 fd.*::3/64"',
  ],
  ['ip -6 route del default', 'guest IPv6 default route: (none)', 'ip -6 route | grep -q "^default.*eth0"'],
  ['ip link set eth0 mtu 1280', 'guest MTU: 1280', '! ip link show eth0 | grep -q "mtu 1280"'],
  ['ip link set docker0 down', 'guest interface docker0: down', 'ip link show docker0 | grep -q "[<,]UP"'],
  [
    'echo nameserver 9.9.9.9 >/run/resolvconf/resolv.conf',
    'guest resolver: 9.9.9.9',
    'grep -q 192.168.65.1 /etc/resolv.conf',
  ],
  [
    'rm /etc/resolv.conf; echo nameserver 9.9.9.9 >/etc/resolv.conf',
    'guest resolver: 9.9.9.9',
    'grep -q 192.168.65.1 /etc/resolv.conf',
  ],
  [
    'mount -t tmpfs none /mnt/work',
    '/mnt/work is not mounted',
    'grep " /mnt/work " /proc/mounts | tail -n 1 | grep -q virtiofs',
  ],
  ['date -s 2020-01-01 >/dev/null', 'guest clock: ', '[ "$(date +%Y)" -gt 2020 ]'],
  [
    'rm /run/config/docker/daemon.json',
    'engine.config.debug: (none)',
    'grep -q debug /run/config/docker/daemon.json',
  ],
  ['iptables -F', 'engine filter rules: (none)', 'iptables -S FORWARD | grep -q ctstate'],
  ['iptables -t nat -F', 'engine NAT rules: (none)', 'iptables -t nat -S | grep -q MASQUERADE'],
])('drift shows it and apply repairs it: %s', async (fault, seen, repaired) => {
  await inside(fault)
  const drift = await machine.desktop('drift', '--exit-code')
  expect(drift.stdout).toContain(seen)
  expect(drift.code).toBe(2)
  await ok(machine.desktop('apply'))
  await inside(repaired)
  const after = await machine.desktop('drift', '--exit-code')
  expect(after.code, after.stdout).toBe(0)
})

test('text and bytes of every kind pass exec unharmed', async () => {
  expect(await ok(machine.desktop('exec', '-e', 'X=ü€😀', '--', 'sh', '-c', 'echo "$X ü"'))).toBe('ü€😀 ü\n')
})

test('a guest kernel that panics ends the command that waits for it, and apply brings the VM back', async () => {
  const broken = await machine.desktop('exec', '--', 'sh', '-c', 'echo c >/proc/sysrq-trigger')
  expect(broken.code, broken.stderr).toBe(8)
  await ok(machine.desktop('apply'))
  const after = await machine.desktop('drift', '--exit-code')
  expect(after.code, after.stdout).toBe(0)
}, 180_000)
