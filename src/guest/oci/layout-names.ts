/** Names in an image layout: read from its index, changed under its lock. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Blobs } from './blobs.ts'
import { changeIndex, named, nameOf, readIndex } from './layout-index.ts'
import { digestOf, parseReference, referenceText, storedName } from './reference.ts'
import type { Descriptor } from './types.ts'

export class LayoutNames {
  readonly #dir: string
  readonly #blobs: Blobs

  constructor(dir: string, blobs: Blobs) {
    this.#dir = dir
    this.#blobs = blobs
  }

  /** Under the lock: checks that all blobs exist (a prune may have run since they were written), then adds the names. */
  async publish(descriptors: readonly Descriptor[], blobs: readonly Descriptor[]): Promise<void> {
    const names = new Set(descriptors.map(nameOf))
    await changeIndex(this.#dir, async (manifests) => {
      for (const blob of blobs) {
        if (!(await this.#blobs.touch(blob))) {
          throw new DesktopError('oci/corrupt', `blob ${blob.digest} is missing or truncated`)
        }
      }
      return [...manifests.filter((one) => !names.has(nameOf(one))), ...descriptors]
    })
  }

  async lookUp(name: string): Promise<Descriptor | undefined> {
    const reference = parseReference(name)
    if (reference === undefined) return undefined
    const { manifests } = await readIndex(this.#dir)
    const digest = digestOf(reference)
    return manifests.find((one) =>
      digest === undefined ? nameOf(one) === storedName(reference) : one.digest === digest,
    )
  }

  async present(name: string): Promise<Descriptor> {
    const found = await this.lookUp(name)
    if (found === undefined)
      throw new DesktopError('oci/image-missing', `image "${name}" is not in the image store`)
    return found
  }

  async renamed(name: string): Promise<Descriptor> {
    const reference = parseReference(name)
    const found = await this.present(name)
    return reference === undefined ? found : named(found, referenceText(reference))
  }

  /** Returns false if the name does not exist. */
  async remove(name: string): Promise<boolean> {
    const found = await this.lookUp(name)
    if (found === undefined) return false
    await changeIndex(this.#dir, (manifests) => manifests.filter((one) => nameOf(one) !== nameOf(found)))
    return true
  }
}
