/**
 * Processes of an environment without a supervisor record, because one crashed between start and record: QEMU and its
 * virtiofsd servers.
 */
import { dirname } from 'node:path'
import { endProcess } from '../host/end-process.ts'
import { commandLineOf, findProcesses, isAlive, type ProcessIdentity } from '../host/identity.ts'
import { until } from '../host/until.ts'
import { dialQemu } from './qemu/dial-qemu.ts'
import { Qmp } from './qemu/qmp.ts'
import { endServers, findServers } from './share/servers.ts'

/** QEMU processes with this QMP socket on their command line; Linux only. */
export function findOrphans(qmpSocket: string): Promise<ProcessIdentity[]> {
  return findProcesses(async (pid) => {
    const argv = await commandLineOf(pid)
    // Later words if the first is an interpreter (some distributions wrap QEMU in a script) or a loader.
    const isQemu = argv?.slice(0, 4).some((word) => word.includes('qemu')) === true
    return isQemu && argv.some((word) => word.includes(`path=${qmpSocket},`))
  })
}

const powerdownMs = 15_000
/** On a busy host, QEMU may take this long to respond. */
const muteMs = 10_000
const graceMs = 20_000

/**
 * Requests an ACPI shutdown of each guest. SIGTERM then makes QEMU flush its disks and exit; SIGKILL follows at the
 * deadline. Returns the number of QEMUs.
 */
export async function endOrphans(qmpSocket: string): Promise<number> {
  const orphans = await findOrphans(qmpSocket)
  for (const orphan of orphans) await endQemu(qmpSocket, orphan)
  await endServers(await findServers(dirname(qmpSocket)))
  return orphans.length
}

export async function endQemu(qmpSocket: string, qemu: ProcessIdentity): Promise<void> {
  await powerDown(qmpSocket, qemu)
  await endProcess(qemu, graceMs)
}

/** If QMP does not respond, or the guest does not handle ACPI yet, the signal ends QEMU. */
async function powerDown(qmpSocket: string, qemu: ProcessIdentity): Promise<void> {
  try {
    await using qmp = await Qmp.open(
      await dialQemu(qmpSocket, qemu, { deadlineMs: muteMs }),
      () => {},
      muteMs,
    )
    await qmp.execute('system_powerdown')
    await until(async () => !(await isAlive(qemu)), { deadlineMs: powerdownMs })
  } catch {
    return
  }
}
