/** Every transcript of the README, on a separate VM. */

import { testDocument } from './document.ts'
import { ok } from './environment.ts'

await testDocument({
  page: 'README.md',
  // Without a registry, the image in the README is loaded as if it had been pulled.
  afterApply: async (machine, docker) => {
    await ok(machine.docker('import', docker.rootfs, 'busybox'))
  },
})
