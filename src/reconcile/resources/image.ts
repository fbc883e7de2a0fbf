/** The bootable guest image for this configuration. */
import { change, inSync, operation, type Resource } from './resource.ts'

export const image: Resource = (_target, { image }) => {
  if (image.state === 'present') return inSync
  const from = image.state === 'absent' ? 'not built' : image.reason
  return change([
    operation({
      kind: 'image/build',
      subject: 'guest image',
      causes: [{ path: 'guest image', from, to: 'built' }],
      after: ['packages/install'],
    }),
  ])
}
