/**
 * Opens folders of a share from its open root, without following a symbolic link: the VM can replace a folder of a
 * writable share by a link to anything on the host, also a folder that is the source of another share.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** Path of an open folder, or of an entry, in the bytes that the file system uses. */
export const pathOf = ({ fd }: FileHandle, name = ''): Buffer =>
  Buffer.from(`/proc/self/fd/${fd}${name === '' ? '' : `/${name}`}`, 'latin1')

/** @param names of the folders from the share down, latin1. Rejects if one is missing or a link. */
export async function openFolder(root: FileHandle, names: readonly string[]): Promise<FileHandle> {
  let folder = await open(pathOf(root, '.'), O_RDONLY | O_DIRECTORY)
  for (const name of names) {
    try {
      const next = await open(pathOf(folder, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      await folder.close()
      folder = next
    } catch (error) {
      await folder.close()
      throw error
    }
  }
  return folder
}
