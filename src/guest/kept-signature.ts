/** The signature of an imported image, stored with it and verified on every use. */
import { join } from 'node:path'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { CachePaths } from '../host/paths.ts'
import type { Artefact } from '../signatures/required.ts'
import type { Statement } from '../signatures/statement.ts'
import { imageDir } from './built.ts'
import type { GuestImage } from './image.ts'

const fileName = 'signature.json'

export async function keepSignature(
  dir: string,
  statement: Statement,
  signature: string | undefined,
): Promise<void> {
  if (signature === undefined) return
  await writeAtomic(join(dir, fileName), `${JSON.stringify({ statement, signature })}\n`)
}

/** The image as a signed artefact. */
export async function signedImage(
  cache: CachePaths,
  { digest, content }: Pick<GuestImage, 'digest' | 'content'>,
): Promise<Artefact> {
  const name = `the image ${digest} of the cache`
  const own: Statement = { kind: 'image', image: content }
  const text = await readIfExists(join(imageDir(cache, digest), fileName))
  const { signature, statement } = parsed(text)
  if (signature === undefined) return { name, statement: own, signature }
  const bundle = statement?.kind === 'bundle' ? statement.bundle : undefined
  // The content is read from the cache: if other content was signed, the signature does not match.
  return bundle === undefined || !/^sha256:[0-9a-f]{64}$/.test(bundle)
    ? { name, statement: own, signature }
    : { name, statement: { kind: 'bundle', image: content, bundle }, signature }
}

function parsed(text: string | undefined): { statement?: Statement; signature: string | undefined } {
  try {
    const { statement, signature } = JSON.parse(text ?? '{}') as {
      statement?: Statement
      signature?: unknown
    }
    if (typeof signature !== 'string') return { signature: undefined }
    return { signature, ...(statement === undefined ? {} : { statement }) }
  } catch {
    return { signature: undefined }
  }
}
