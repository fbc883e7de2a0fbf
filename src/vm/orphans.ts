/**
 * Processes of an environment that no supervisor knows: one died in the instant between start and record. They are a QEMU,
 * and what serves folders to one.
 */
import { dirname } from 'node:path'
import { endProcess } from '../host/end-process.ts'
import { commandLineOf, findProcesses, isAlive, type ProcessIdentity } from '../host/identity.ts'
import { until } from '../host/until.ts'
import { dialQemu } from './dial-qemu.ts'
import { Qmp } from './qemu/qmp.ts'
import { endServers, findServers } from './share/servers.ts'

/** Processes that listen on this QMP socket, found by their command line; Linux only. */
export function findOrphans(qmpSocket: string): Promise<ProcessIdentity[]> {
  return findProcesses(async (pid) => {
    const argv = await commandLineOf(pid)
    // The second word, where the first is an interpreter: some systems wrap QEMU in a script.
    const isQemu = argv?.slice(0, 2).some((word) => word.includes('qemu')) === true
    return isQemu && argv.some((word) => word.includes(`path=${qmpSocket},`))
  })
}

const powerdownMs = 15_000
/** On a busy host QEMU may take this long to answer. */
const muteMs = 10_000
const graceMs = 20_000

/**
 * Asks each guest to shut down by ACPI. SIGTERM then makes QEMU write back its disks and end; one that still does
 * not is killed. Gives the number of QEMUs.
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

/** One that does not answer its QMP for a while, or whose guest does not listen yet, is left to the signal. */
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
