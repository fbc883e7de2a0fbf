/** A cpio archive in the "newc" form: what the kernel unpacks as initramfs (Documentation/driver-api/early-userspace/buffer-format.rst). */

export interface CpioEntry {
  path: string
  /** Type and permission bits, as in st_mode. */
  mode: number
  content: Uint8Array
}

const pad = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4)

function header(index: number, mode: number, contentLength: number, nameLength: number): string {
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [index, mode, 0, 0, 1, 0, contentLength, 0, 0, 0, 0, nameLength, 0]
  return `070701${fields.map((field) => field.toString(16).padStart(8, '0').toUpperCase()).join('')}`
}

/** Entries in the order given; a directory must come before what it holds. */
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const end: CpioEntry = { path: 'TRAILER!!!', mode: 0, content: new Uint8Array() }
  return Buffer.concat(
    [...entries, end].flatMap(({ path, mode, content }, index) => {
      const name = Buffer.from(`${path}\0`)
      const head = Buffer.concat([Buffer.from(header(index + 1, mode, content.length, name.length)), name])
      return [head, pad(head.length), content, pad(content.length)]
    }),
  )
}
