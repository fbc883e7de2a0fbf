/** One step for each kind of operation. Each may run again after a crash at any instant. */
import { DesktopError, messageOf } from '../errors.ts'
import { until } from '../host/until.ts'
import type { OnProgress } from '../progress.ts'
import type { OperationKind } from '../reconcile/plan.ts'
import { contextName, dockerHost } from '../reconcile/resources/context.ts'
import type { Target } from '../reconcile/target.ts'
import { PartialFailure, type Step, type Steps } from './execute.ts'
import type { Machinery } from './machinery.ts'

/** A guest shuts down in seconds; containers get the time that docker gives them (10 s) and some more. */
export const stopDeadlineMs = 30_000
/** Emulated CPUs on a busy host take minutes. */
export const engineDeadlineMs = 240_000
const agentDeadlineMs = 60_000
/** What is swapped out may have to come back. */
const swapDeadlineMs = 120_000

export function stepsFor(target: Target, machinery: Machinery, engineMs: number = engineDeadlineMs): Steps {
  const { desired } = target
  const { control } = machinery

  const ports: Step = async (operations) => {
    const states = new Map((await control.setPorts(desired.ports)).map((port) => [port.id, port]))
    const failures = new Map<string, unknown>()
    for (const { id, kind } of operations) {
      const state = states.get(mappingId(id))
      if (kind === 'ports/listen' && state?.state !== 'listening') {
        failures.set(
          id,
          new DesktopError('ports/not-listening', state?.error ?? 'the forwarder did not take it'),
        )
      }
    }
    if (failures.size > 0) throw new PartialFailure(failures)
  }

  const sysctl: Step = async (operations) => {
    const settings = operations.map(({ subject }) => `${subject}=${desired.guest.sysctl[subject]}`)
    const { exitCode, stderr } = await control.guestExec(['sysctl', '-w', ...settings])
    if (exitCode !== 0)
      throw new DesktopError('guest/sysctl', stderr.trim() || `sysctl ended with ${exitCode}`)
  }

  const swap: Step = async () => {
    const { swapBytes } = desired.vm
    const argv = ['/usr/sbin/set-swap', String(swapBytes)]
    const { exitCode, stdout, stderr } = await control.guestExec(argv, { timeoutMs: swapDeadlineMs })
    if (exitCode === 0 && Number(stdout.trim()) === swapBytes) return
    const why = exitCode === 0 ? `the guest has ${stdout.trim()} bytes of it` : stderr.trim()
    throw new DesktopError('guest/swap', why || `set-swap ended with ${exitCode}`)
  }

  const mountShares: Step = async () => {
    const { exitCode, stderr } = await control.guestExec(['/usr/sbin/mount-shares'])
    if (exitCode !== 0) throw new DesktopError('guest/share', stderr.trim() || `it ended with ${exitCode}`)
  }

  const daemon: Step = async (_operations, onProgress) => {
    await machinery.takeDaemonJson(target.daemonJson.text, target.trusted, onProgress)
    await machinery.keepGoodDaemonJson(target.daemonJson.text)
  }

  /** A VM that does not come up as the target says is no reason to be without one. */
  const orReturn = async (work: () => Promise<void>, onProgress: OnProgress): Promise<void> => {
    try {
      await work()
    } catch (cause) {
      onProgress({ step: 'vm', message: 'starting the VM as it was before' })
      const back = await machinery.returnToGoodVm().then(
        (returned) => (returned ? 'it runs again as it was before' : undefined),
        (failure: unknown) => `starting it as it was before failed too: ${messageOf(failure)}`,
      )
      if (back === undefined) throw cause
      throw new DesktopError('vm/not-taken', `the VM did not come up: ${messageOf(cause)}; ${back}`, {
        cause,
      })
    }
  }

  const run: Record<OperationKind, Step> = {
    'packages/install': ([first], onProgress) =>
      machinery.installPackages((first?.subject ?? '').split(' '), onProgress),
    'supervisor/start': () => machinery.startSupervisor(),
    'supervisor/replace': () => machinery.replaceSupervisor(),
    'image/build': (_operations, onProgress) => machinery.buildImage(onProgress),
    'disk/create': () => machinery.createDisk(desired.vm.diskBytes),
    'disk/grow': () => machinery.growDisk(desired.vm.diskBytes),
    'disk/recreate': () => machinery.recreateDisk(desired.vm.diskBytes),
    'network/set': () => control.setNetwork(desired.network),
    'dns/set': () => control.setDns(desired.dns),
    'egress/set': () => control.setEgress(desired.egress),
    'ports/listen': ports,
    'ports/close': ports,
    'publish/set': () => control.setPublish(desired.publish),
    'socket/set': () => control.setEngineSocket(target.dockerSocket),
    'context/set': () => machinery.setContext(contextName(desired.name), dockerHost(target.dockerSocket)),
    'context/remove': () => machinery.removeContext(contextName(desired.name)),
    'vm/stop': () => control.stopVm({ deadlineMs: stopDeadlineMs }),
    'vm/start': (_operations, onProgress) => orReturn(() => machinery.startVm(onProgress), onProgress),
    'vm/resume': async (_operations, onProgress) => {
      const result = await machinery.resumeVm(onProgress)
      if (result.resumed) return
      const message = `the suspended VM could not be resumed (${result.reason}); it boots instead, with its disk as it was`
      onProgress({ step: 'resume', message, notice: true })
      await orReturn(() => machinery.startVm(onProgress), onProgress)
    },
    'engine/ready': async ([first], onProgress) => {
      const ready = async (): Promise<void> => {
        await control.waitEngine({ deadlineMs: engineMs })
        await guestUp(control)
      }
      if (first?.after.includes('vm/start') !== true) return await ready()
      await orReturn(ready, onProgress)
      // A machine that just started did so with the daemon.json of the target.
      await machinery.keepGoodDaemonJson(target.daemonJson.text)
      await machinery.keepGoodVm()
    },
    'daemon/reload': daemon,
    'daemon/restart': daemon,
    'sysctl/set': sysctl,
    'swap/set': swap,
    'shares/mount': mountShares,
    'guest/write': async (operations) => {
      for (const { subject } of operations)
        await control.guestWriteFile(subject, target.guestFiles[subject] ?? '', 0o644)
    },
  }
  return {
    run,
    batch: {
      'ports/listen': 'ports',
      'ports/close': 'ports',
      'sysctl/set': 'sysctl',
      'shares/mount': 'shares',
    },
  }
}

/** The guest agent may come up after the engine; until then the guest's files cannot be looked at. */
async function guestUp(control: Machinery['control']): Promise<void> {
  const up = async (): Promise<boolean> => {
    const { vm } = await control.facts()
    if (vm.state === 'exited' || vm.state === 'absent')
      throw new DesktopError('vm/not-running', 'the VM ended while it came up')
    return vm.state === 'running'
  }
  await until(up, { deadlineMs: agentDeadlineMs, intervalMs: 100 }).catch((cause: unknown) => {
    if (cause instanceof DesktopError && cause.code === 'vm/not-running') throw cause
    throw new DesktopError('vm/agent', 'the engine runs, but the guest agent does not come up', { cause })
  })
}

const mappingId = (operationId: string): string => operationId.replace(/^ports\/(listen|close)\//, '')
