/** `--offline`: rejects operations that need the network before anything changes. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { cachePaths } from '../../host/paths.ts'
import type { Assessment } from './assess.ts'
import { guestInputs } from './target.ts'

export async function refuseOnline({
  plan,
  resources,
}: Pick<Assessment, 'plan' | 'resources'>): Promise<void> {
  const install = plan.operations.find(({ kind }) => kind === 'packages/install')
  if (install !== undefined)
    throw new DesktopError('guest/offline', `missing on this host: ${install.subject}`, {
      hint: 'install them with the package manager of this host, then run the command again',
    })
  if (!plan.operations.some(({ kind }) => kind === 'image/build')) return
  const { requireLocal } = await import('../../guest/build.ts')
  await requireLocal(guestInputs(resources.rendered, resources.lock), cachePaths())
}
