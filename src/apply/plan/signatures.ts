/** Signatures that desktop.yaml and the site require for images and saved plans. */
import { readSiteFile } from '../../config/policy/site.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { signedImage } from '../../guest/kept-signature.ts'
import { cachePaths, sitePolicyFile } from '../../host/paths.ts'
import { requireSignatures, type SignatureRules } from '../../signatures/required.ts'
import type { Environment } from '../environment/environment.ts'
import type { Installed } from './target.ts'

/** @param file rules of desktop.yaml, if available. */
export async function signatureRules(file?: SignatureRules): Promise<readonly SignatureRules[]> {
  const site = (await readSiteFile(sitePolicyFile))?.signatures
  return [site, file].filter((rules) => rules !== undefined)
}

export const requiresSignedImage = (rules: readonly SignatureRules[]): boolean =>
  rules.some((one) => one.require.includes('image'))

const hint = 'import the signed image or bundle: desktop image import FILE, with FILE.minisig beside it'

/** Throws `signature/…`. A missing image would be built on this host, where nobody signs it. */
export async function requireSignedImage(
  { signatures }: Pick<Environment, 'signatures'>,
  { image, imageDigest }: Pick<Installed, 'image' | 'imageDigest'>,
): Promise<void> {
  const rules = await signatureRules(signatures)
  if (!requiresSignedImage(rules)) return
  if (image !== undefined) {
    requireSignatures(rules, 'image', await signedImage(cachePaths(), image))
    return
  }
  const name = imageDigest === undefined ? 'the guest image' : `the image ${imageDigest}`
  throw new DesktopError('signature/missing', `${name} must be signed, and is not in the cache`, { hint })
}
