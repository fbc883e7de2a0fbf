/** File handles (name_to_handle_at(2)): identify a file on its file system even after it was replaced or moved. */
import { libcFunction } from './libc.ts'

const AT_EMPTY_PATH = 0x1000
/** struct file_handle: size of the handle, its type, and at most MAX_HANDLE_SZ bytes. */
const headerBytes = 8
const maxHandleBytes = 128

/** Whether the file system of this open folder has them; most do, some overlays and FUSE file systems do not. */
export function hasFileHandles(fd: number): boolean {
  const nameToHandle = libcFunction('int name_to_handle_at(int, const char *, void *, void *, int)')
  const handle = Buffer.alloc(headerBytes + maxHandleBytes)
  handle.writeUInt32LE(maxHandleBytes, 0)
  return Number(nameToHandle(fd, '', handle, Buffer.alloc(8), AT_EMPTY_PATH)) === 0
}
