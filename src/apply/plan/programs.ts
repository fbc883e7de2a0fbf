/** Programs that run the VM: of this host, or of Debian (`vm.qemu`). */
import type { Desired } from '../../config/desired.ts'
import { findHypervisor, type Hypervisor } from '../../guest/debian/hypervisor.ts'
import { findProgram, qemuBinary } from '../../host/packages.ts'
import type { CachePaths } from '../../host/paths.ts'
import { hostProgram, type Program } from '../../host/program.ts'
import { findVirtiofsd, savesOpenFiles, type Virtiofsd } from '../../vm/share/virtiofs.ts'

/** Each is undefined until installed. */
interface Programs {
  qemu: Program | undefined
  /** Located only if there are shares. */
  virtiofsd: Virtiofsd | undefined
}

export async function findPrograms({ vm, shares }: Desired, cache: CachePaths): Promise<Programs> {
  const found = vm.qemu === 'debian' ? await findHypervisor(cache) : await hypervisorOfHost()
  const server = shares.length === 0 ? undefined : found?.virtiofsd
  const virtiofsd = server && { ...server, savesOpenFiles: await savesOpenFiles(server.command) }
  return { qemu: found?.qemu, virtiofsd }
}

async function hypervisorOfHost(): Promise<Partial<Hypervisor>> {
  const [qemu, virtiofsd] = await Promise.all([findProgram(qemuBinary()), findVirtiofsd()])
  return {
    ...(qemu === undefined ? {} : { qemu: hostProgram(qemu) }),
    ...(virtiofsd === undefined ? {} : { virtiofsd: hostProgram(virtiofsd) }),
  }
}
