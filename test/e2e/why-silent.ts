/** Diagnoses an unresponsive published port: both ends, and each hop between them. */
import type { RunResult } from '../../src/host/run.ts'
import type { TestEnvironment } from './environment.ts'

/** Processes, clock, and network state and counters of the VM. */
const looks = [
  'date; uptime; cat /sys/devices/system/clocksource/clocksource0/current_clocksource',
  'ps -o pid,stat,time,args',
  'ip addr; ip route; ip neigh; cat /proc/net/dev',
  'cat /run/published/*.port; cat /proc/net/nf_conntrack; iptables-save 2>/dev/null || iptables -S',
  'dmesg | tail -n 30; grep -E "timer|TLB|Function" /proc/interrupts',
]

export async function whySilent(machine: TestEnvironment, container: string): Promise<string> {
  const inside = 'cat /www/index.html; date +%s; ps; netstat -tn; cat /proc/net/dev'
  const asked: Readonly<Record<string, Promise<RunResult>>> = {
    status: machine.desktop('status'),
    flows: machine.desktop('flows'),
    drops: machine.desktop('metrics', '--once'),
    containers: machine.docker('ps', '-a'),
    container: machine.docker('exec', container, 'sh', '-c', inside),
    ...Object.fromEntries(looks.map((look) => [look, machine.desktop('exec', '--', 'sh', '-c', look)])),
  }
  const parts = Object.entries(asked).map(async ([what, result]) => {
    const { stdout, stderr } = await result.catch((error: unknown) => ({ stdout: '', stderr: String(error) }))
    return `--- ${what}\n${stdout}${stderr}`
  })
  return (await Promise.all(parts)).join('\n')
}
