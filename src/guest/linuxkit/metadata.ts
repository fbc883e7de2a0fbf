/** The LinuxKit file as the tool itself writes it into the image (`metadata: yaml` or `json`). */
import { DesktopError } from '../../errors.ts'
import type { LinuxkitFile } from './types.ts'

export function metadataText(file: LinuxkitFile, kind: string): string {
  throw new DesktopError('linuxkit/bad-value', `metadata "${kind}" is neither yaml nor json`, { cause: file })
}
