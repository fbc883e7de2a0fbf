/** Effects on the guest image: build it, and rebuild it if the cached one is damaged. */
import { DesktopError } from '../../../errors/desktop-error.ts'
import { findIntactImage } from '../../../guest/built.ts'
import { cachePaths } from '../../../host/paths.ts'
import type { OnProgress } from '../../../progress.ts'
import type { Assessment } from '../../plan/assess.ts'
import { requiresSignedImage, signatureRules } from '../../plan/signatures.ts'
import { guestInputs } from '../../plan/target.ts'
import type { Effects } from '../effects.ts'

export interface ImageOptions {
  /** Aborted to end programs started by a step. */
  kill: AbortSignal
  /** Disables downloads. */
  offline: boolean
}

interface ImageEffects extends Pick<Effects, 'buildImage'> {
  /** Checks every byte of the image before it boots; plans check only its size. */
  requireIntact(onProgress: OnProgress): Promise<void>
}

export function imageEffects(
  { resources, environment }: Pick<Assessment, 'resources' | 'environment'>,
  { kill, offline }: ImageOptions,
): ImageEffects {
  const buildImage: Effects['buildImage'] = async (onProgress) => {
    // Loaded on demand, because most applies build nothing.
    const { buildGuest } = await import('../../../guest/build.ts')
    await buildGuest(guestInputs(resources.rendered, resources.lock), {
      cache: cachePaths(),
      offline,
      onProgress,
      signal: kill,
    })
  }
  return {
    buildImage,
    requireIntact: async (onProgress) => {
      const { image } = resources
      if (image === undefined || (await findIntactImage(cachePaths(), image.digest)) !== undefined) return
      if (requiresSignedImage(await signatureRules(environment.signatures))) {
        throw new DesktopError('guest/image-corrupt', 'the signed guest image in the cache is damaged', {
          hint: 'import it again: desktop image import FILE',
        })
      }
      onProgress({ step: 'image', message: 'the guest image is damaged; building it again' })
      await buildImage(onProgress)
    },
  }
}
