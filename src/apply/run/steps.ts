/** One step per kind of operation. Each can be repeated after a crash at any point. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { until } from '../../host/until.ts'
import type { OnProgress } from '../../progress.ts'
import type { MachineOperationKind } from '../../reconcile/plan.ts'
import { contextName, dockerHost } from '../../reconcile/resources/context.ts'
import { isUnpublished } from '../../reconcile/resources/publish.ts'
import type { Target } from '../../reconcile/target.ts'
import type { Effects } from './effects.ts'
import { PartialFailure, type Step, type Steps } from './execute.ts'
import { informed, stageOf } from './informed.ts'

/** Guest shutdown takes seconds; the supervisor adds the containers' grace periods (stop-with-grace.ts). */
export const stopDeadlineMs = 30_000
/** Emulated CPUs on a busy host take minutes. */
export const engineDeadlineMs = 240_000
const agentDeadlineMs = 60_000
/** Swapped-out pages may have to be read back. */
const swapDeadlineMs = 120_000

/** Repeats the network setup of udhcpc at boot and of dockerd for its bridge; skips parts that are intact. */
const networkScript = `set -e
ip link set eth0 up
ip -4 addr show dev eth0 | grep -q "inet $1 " || ip addr add "$1" dev eth0
ip link set eth0 mtu "$3"
ip route replace default via "$2" dev eth0
grep -s '^search ' /run/resolvconf/resolv.conf >/run/resolvconf/new || true
echo "nameserver $2" >>/run/resolvconf/new
cat /run/resolvconf/new >/run/resolvconf/resolv.conf
rm /run/resolvconf/new
cmp -s /run/resolvconf/resolv.conf /etc/resolv.conf || umount /etc/resolv.conf 2>/dev/null || true
cmp -s /run/resolvconf/resolv.conf /etc/resolv.conf || cat /run/resolvconf/resolv.conf >/etc/resolv.conf
[ ! -e /sys/class/net/docker0 ] || ip link set docker0 up
[ -z "$4" ] || ip -6 addr replace "$4" dev eth0
[ -z "$5" ] || ip -6 route replace default via "$5" dev eth0`

/** Unmounts file systems that hide shares. */
const uncoverScript = `for target; do
  for try in 1 2 3 4; do
    type=
    while read -r _ at kind _; do [ "$(printf %b "$at")" != "$target" ] || type=$kind; done </proc/mounts
    case $type in '' | virtiofs) break ;; esac
    umount "$target" || break
  done
done`

interface MachineSteps extends Steps {
  run: Readonly<Record<MachineOperationKind, Step>>
}

export function stepsFor(
  target: Target,
  effects: Effects,
  engineMs: number = engineDeadlineMs,
): MachineSteps {
  const { desired } = target
  const { control } = effects

  const ports: Step = async (operations) => {
    const states = new Map((await control.setPorts(desired.ports)).map((port) => [port.id, port]))
    const failures = new Map<string, unknown>()
    for (const { id, kind } of operations) {
      const state = states.get(mappingId(id))
      if (kind === 'ports/listen' && state?.state !== 'listening') {
        failures.set(id, new DesktopError('ports/not-listening', state?.error ?? 'the forwarder rejected it'))
      }
    }
    if (failures.size > 0) throw new PartialFailure(failures)
  }

  const publish = async (): Promise<void> => {
    await control.setPublish(desired.publish)
    // Only one swarm manager listens on a service port; the cluster plan checks that one does.
    const isShared = ({ owner }: { owner: string }): boolean =>
      owner === 'listed' && desired.machine?.swarm !== undefined
    const failed = (await control.facts()).ports.filter((port) => isUnpublished(port) && !isShared(port))
    if (failed.length === 0 || !desired.publish.containers) return
    throw new DesktopError('ports/not-listening', failed.map(({ error }) => error).join('; '))
  }

  const names = async (): Promise<void> => {
    await control.setNames(desired.names)
    const failed = Object.values((await control.facts()).names?.failed ?? {})
    if (failed.length > 0) throw new DesktopError('ports/not-listening', failed.join('; '))
  }

  const sysctl: Step = async (operations) => {
    const settings = operations.map(({ subject }) => `${subject}=${desired.guest.sysctl[subject]}`)
    const { exitCode, stderr } = await control.guestExec(['sysctl', '-w', ...settings])
    if (exitCode !== 0)
      throw new DesktopError('guest/sysctl', stderr.trim() || `sysctl exited with ${exitCode}`)
  }

  const swap: Step = async () => {
    const { swapBytes } = desired.vm
    const argv = ['/usr/sbin/set-swap', String(swapBytes)]
    const { exitCode, stdout, stderr } = await control.guestExec(argv, { timeoutMs: swapDeadlineMs })
    if (exitCode === 0 && Number(stdout.trim()) === swapBytes) return
    const why = exitCode === 0 ? `the guest reports ${stdout.trim()} bytes` : stderr.trim()
    throw new DesktopError('guest/swap', why || `set-swap exited with ${exitCode}`)
  }

  const mountShares: Step = async (operations) => {
    const targets = operations.map(({ subject }) => subject)
    await control.guestExec(['sh', '-c', uncoverScript, 'sh', ...targets])
    const { exitCode, stderr } = await control.guestExec(['/usr/sbin/mount-shares'])
    if (exitCode !== 0) throw new DesktopError('guest/share', stderr.trim() || `exit code ${exitCode}`)
  }

  const daemon =
    (planned: 'reload' | 'restart'): Step =>
    async ([operation], onProgress) => {
      const { text } = target.daemonJson
      const how = operation?.asFound === true ? 'as-found' : planned
      await effects.takeDaemonJson({ text, trusted: target.trusted }, how, onProgress)
      await effects.keepGoodDaemonJson(text)
    }

  /** Runs the work; if the VM does not boot, rolls back to the last good one. */
  const orReturn = async (work: () => Promise<void>, onProgress: OnProgress): Promise<void> => {
    try {
      await work()
    } catch (cause) {
      onProgress({ step: 'vm', message: 'rolling back to the last good VM' })
      const back = await effects.returnToLastGoodVm().then(
        (returned) => (returned ? 'the last good VM is running again' : undefined),
        (failure: unknown) => `the rollback failed too: ${messageOf(failure)}`,
      )
      if (back === undefined) throw cause
      throw new DesktopError('vm/rolled-back', `the VM did not boot: ${messageOf(cause)}; ${back}`, {
        cause,
      })
    }
  }

  const startVm = (onProgress: OnProgress): Promise<void> =>
    informed(
      () => effects.startVm(onProgress),
      async () => 'the VM is not up yet',
      onProgress,
    )

  const run: Record<MachineOperationKind, Step> = {
    'packages/install': ([first], onProgress) =>
      effects.installPackages((first?.subject ?? '').split(' '), onProgress),
    'supervisor/start': () => effects.startSupervisor(),
    'supervisor/replace': () => effects.replaceSupervisor(),
    'image/build': (_operations, onProgress) => effects.buildImage(onProgress),
    'disk/create': () => effects.createDisk(desired.vm.diskBytes),
    'disk/grow': () => effects.growDisk(desired.vm.diskBytes),
    'disk/recreate': () => effects.recreateDisk(desired.vm.diskBytes),
    'network/set': () => control.setNetwork(desired.network),
    'dns/set': () => control.setDns(desired.dns),
    'egress/set': () => control.setEgress(desired.egress),
    'peers/set': () => control.setPeers(target.peers ?? []),
    'ports/listen': ports,
    'ports/close': ports,
    'publish/set': publish,
    'names/set': names,
    'ssh-agent/forward': ([first]) => control.setSshAgent(first === undefined ? {} : { path: first.subject }),
    'ssh-agent/stop': () => control.setSshAgent({}),
    'socket/set': () => control.setEngineSocket(target.dockerSocket),
    'context/set': () => effects.setContext(contextName(desired.name), dockerHost(target.dockerSocket)),
    'context/remove': () => effects.removeContext(contextName(desired.name)),
    'vm/stop': () => control.stopVm({ deadlineMs: stopDeadlineMs }),
    'vm/start': (_operations, onProgress) => orReturn(() => startVm(onProgress), onProgress),
    'vm/resume': async (_operations, onProgress) => {
      const result = await effects.resumeVm(onProgress)
      if (result.resumed) return
      const message = `the suspended VM could not be resumed (${result.reason}); it boots instead, with its disk unchanged`
      onProgress({ step: 'resume', message, notice: true })
      await orReturn(() => startVm(onProgress), onProgress)
    },
    'engine/ready': async ([first], onProgress) => {
      const ready = async (): Promise<void> => {
        const wait = (): Promise<void> => control.waitEngine({ deadlineMs: engineMs })
        await informed(wait, async () => stageOf(await control.facts()), onProgress)
        await guestUp(control)
      }
      if (first?.after.includes('vm/start') !== true) return await ready()
      await orReturn(ready, onProgress)
      const message = await effects.emulation()
      if (message !== undefined) onProgress({ step: 'accelerator', message, notice: true })
      // A machine that just started already uses the target's daemon.json.
      await effects.keepGoodDaemonJson(target.daemonJson.text)
      await effects.keepLastGoodVm()
    },
    'engine/restart': (_operations, onProgress) => effects.restartEngine(onProgress),
    'guest/network': async () => {
      const { address, subnet, gateway, mtu, ipv6 } = desired.network
      const prefix = subnet.replace(/^.*\//, '')
      const four = [`${address}/${prefix}`, gateway, String(mtu)]
      const six = ipv6 === undefined ? ['', ''] : [`${ipv6.address}/64`, ipv6.gateway]
      const argv = ['sh', '-c', networkScript, 'sh', ...four, ...six]
      const { exitCode, stdout, stderr } = await control.guestExec(argv)
      if (exitCode !== 0)
        throw new DesktopError('vm/agent', `${stdout}${stderr}`.trim() || `exit code ${exitCode}`)
    },
    'guest/clock': () => control.setGuestTime(),
    'daemon/reload': daemon('reload'),
    'daemon/restart': daemon('restart'),
    'sysctl/set': sysctl,
    'swap/set': swap,
    'platforms/set': (_operations, onProgress) => effects.setPlatforms(desired.guest.platforms, onProgress),
    'shares/mount': mountShares,
    'guest/write': async (operations) => {
      for (const { subject } of operations)
        await control.guestWriteFile(subject, target.guestFiles[subject] ?? '', 0o644)
    },
  }
  return { run, batch: machineBatches }
}

/** Operations carried out in one call, by the name of the call. */
export const machineBatches: Steps['batch'] = {
  'ports/listen': 'ports',
  'ports/close': 'ports',
  'sysctl/set': 'sysctl',
  'shares/mount': 'shares',
}

/** Waits for the guest agent, which may start after the engine and is needed to read guest files. */
async function guestUp(control: Effects['control']): Promise<void> {
  const up = async (): Promise<boolean> => {
    // Tolerate single failures: the host may be busy.
    const facts = await control.facts().catch((error: unknown) => {
      if (error instanceof DesktopError && error.code === 'supervisor/unreachable') return undefined
      throw error
    })
    if (facts === undefined) return false
    const { vm } = facts
    if (vm.state === 'exited' || vm.state === 'absent')
      throw new DesktopError('vm/not-running', 'the VM exited while booting')
    return vm.state === 'running'
  }
  await until(up, { deadlineMs: agentDeadlineMs, intervalMs: 100 }).catch((cause: unknown) => {
    if (cause instanceof DesktopError && cause.code === 'vm/not-running') throw cause
    throw new DesktopError('vm/agent', 'the engine is running, but the guest agent does not respond', {
      cause,
    })
  })
}

const mappingId = (operationId: string): string => operationId.replace(/^ports\/(listen|close)\//, '')
