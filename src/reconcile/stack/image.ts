/** Names of images. Pure. */

/** `box` → `box:latest`; with a tag or digest unchanged. */
export const tagged = (image: string): string =>
  image.includes('@') || /:[^/]*$/.test(image) ? image : `${image}:latest`

/** `box:2@sha256:…` → `box:2`: the tag that was resolved to the digest. Pinned without a tag: unchanged. */
export function tagOf(image: string): string {
  const name = image.replace(/@.*$/, '')
  return image !== name && tagged(name) !== name ? image : tagged(name)
}
