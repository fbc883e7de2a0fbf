/** A volume that holds an image as an OCI layout. */
import { DesktopError } from '../../errors.ts'
import type { Entry } from '../archive/entry.ts'
import type { Store } from '../oci/store.ts'
import type { Volume } from './types.ts'

export async function layoutFiles(volume: Volume, store: Store): Promise<Entry[]> {
  throw new DesktopError('linuxkit/bad-value', `volume "${volume.name}": ${store.dir}`)
}
