/** `desktop image ls`: the images in the cache. */
import { cachedImages } from '../../apply/images/images.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'
import { imageDocument, imagesView } from '../views/images.ts'

export async function run(options: { json?: true }, output: Output): Promise<number> {
  const images = await cachedImages()
  if (options.json) output.write(`${JSON.stringify(images.map(imageDocument), null, 2)}\n`)
  else output.write(imagesView(images, new Date()))
  return exitCodes.done
}
