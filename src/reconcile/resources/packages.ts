/** Host packages required to start a VM: QEMU and the image build tools. */
import { change, inSync, missing, operation, type Resource } from './resource.ts'

export const packages: Resource = (_target, { host }) => {
  if (host.missingPackages.length === 0) return inSync
  return change([
    operation({
      kind: 'packages/install',
      subject: host.missingPackages.join(' '),
      causes: host.missingPackages.map((name) => missing(`host package ${name}`, 'installed')),
    }),
  ])
}
