/** Effects on the guest image: built, and built again when the one in the cache is damaged. */
import { DesktopError } from '../../../errors/desktop-error.ts'
import { findIntactImage } from '../../../guest/built.ts'
import { cachePaths } from '../../../host/paths.ts'
import type { OnProgress } from '../../../progress.ts'
import type { Assessment } from '../../plan/assess.ts'
import { requiresSignedImage, signatureRules } from '../../plan/signatures.ts'
import { guestInputs } from '../../plan/target.ts'
import type { Effects } from '../effects.ts'

export interface ImageOptions {
  /** Ends programs that run for a step. */
  kill: AbortSignal
  /** Nothing is downloaded. */
  offline: boolean
}

interface ImageEffects extends Pick<Effects, 'buildImage'> {
  /** Plans look at sizes only; before it boots every byte of the image is checked. */
  requireIntact(onProgress: OnProgress): Promise<void>
}

export function imageEffects(
  { resources, environment }: Pick<Assessment, 'resources' | 'environment'>,
  { kill, offline }: ImageOptions,
): ImageEffects {
  const buildImage: Effects['buildImage'] = async (onProgress) => {
    // Most applies build nothing; the builder is loaded by those that do.
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
