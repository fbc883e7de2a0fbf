/** Why a machine with shares cannot be saved. Asked of its QEMU and virtiofsd, not inferred from this host's packages. */
import { messageOf } from '../../errors/system.ts'
import { hasFileHandles } from '../../host/file-handles.ts'
import type { ProcessIdentity } from '../../host/identity.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { openServedFolder } from '../share/servers.ts'
import type { VmSpec } from '../spec.ts'

interface Sharing {
  readonly spec: VmSpec
  readonly qmp: Qmp
  readonly daemons: readonly ProcessIdentity[] | undefined
}

/** undefined: it can be saved. */
export async function saveBlocker({ spec, qmp, daemons = [] }: Sharing): Promise<string | undefined> {
  const shares = spec.daemons ?? []
  if (shares.length === 0) return undefined
  const { 'blocked-reasons': reasons } = (await qmp.execute('query-migrate')) as {
    'blocked-reasons'?: unknown
  }
  if (Array.isArray(reasons) && reasons.length > 0) return whyBlocked(reasons.map(String))
  for (const [index, { target = '', savesOpenFiles }] of shares.entries()) {
    if (savesOpenFiles !== true) return oldVirtiofsd
    const server = daemons[index]
    if (server === undefined) return `the virtiofsd of ${target} is not on record`
    const problem = await folderProblem(server)
    if (problem !== undefined) return `${target}: ${problem}`
  }
  return undefined
}

const fix = 'set `vm.qemu: debian`'
const oldVirtiofsd = `its virtiofsd cannot save which files of shares are open: ${fix}`

/** @param reasons of QEMU (`blocked-reasons` of query-migrate) */
export function whyBlocked(reasons: readonly string[]): string {
  const text = reasons.join('; ')
  // QEMU before 8.2 saves no share; later ones need a virtiofsd that logs its writes to the guest's memory.
  if (/non-migratable device.*vhost-user-fs/.test(text)) return `its QEMU cannot save shares: ${fix}`
  return text.includes('VHOST_F_LOG_ALL') ? oldVirtiofsd : `QEMU cannot save it: ${text}`
}

/** Without file handles, a file that was replaced meanwhile would take the place of the one that was open. */
async function folderProblem(server: ProcessIdentity): Promise<string | undefined> {
  try {
    await using folder = await openServedFolder(server)
    return hasFileHandles(folder.fd)
      ? undefined
      : 'its file system has no file handles (name_to_handle_at(2))'
  } catch (error) {
    return messageOf(error)
  }
}
