/** `--offline`: rejects operations that need the network before anything changes. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { hypervisorPackages } from '../../guest/debian/hypervisor.ts'
import { cachePaths } from '../../host/paths.ts'
import type { Assessment } from './assess.ts'
import { guestInputs } from './target.ts'

export async function refuseOnline({
  plan,
  resources,
}: Pick<Assessment, 'plan' | 'resources'>): Promise<void> {
  const install = plan.operations.find(({ kind }) => kind === 'packages/install')
  if (install !== undefined) {
    const hint = install.subject.split(' ').every((name) => hypervisorPackages.includes(name))
      ? 'run the command once without --offline'
      : 'install them with the package manager of this host, then run the command again'
    throw new DesktopError('guest/offline', `missing on this host: ${install.subject}`, { hint })
  }
  if (!plan.operations.some(({ kind }) => kind === 'image/build')) return
  const { requireLocal } = await import('../../guest/build.ts')
  await requireLocal(guestInputs(resources.rendered, resources.lock), cachePaths())
}
