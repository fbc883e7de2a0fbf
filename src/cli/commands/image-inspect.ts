/** `desktop image inspect DIGEST`: shows the contents of an image. */
import { cachedImages } from '../../apply/images/images.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'
import { imageDetails, imageView } from '../views/images.ts'

export async function run(options: { json?: true }, output: Output, given: string): Promise<number> {
  const wanted = given.replace(/^sha256:/, '')
  const images = await cachedImages()
  const found = images.filter(({ digest }) => digest.startsWith(`sha256:${wanted}`))
  const [image] = found
  if (image === undefined || found.length > 1) {
    const how = found.length > 1 ? `${found.length} images begin with` : 'no image begins with'
    throw new DesktopError('cli/usage', `${how} ${given}`, { hint: '`desktop image ls` lists them' })
  }
  output.write(
    options.json ? `${JSON.stringify(imageDetails(image), null, 2)}\n` : imageView(image, new Date()),
  )
  return exitCodes.done
}
