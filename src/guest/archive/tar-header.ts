/**
 * The 512-byte header of a tar member (POSIX.1-2017, pax, "ustar interchange format").
 *
 *     0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8
 *   156 type 1 | 157 link 100 | 257 "ustar\0" "00" | 329 devmajor 8 | 337 devminor 8 | 345 prefix 155
 */

export const blockBytes = 512

export interface RawHeader {
  name: string
  mode: number
  uid: number
  gid: number
  size: number
  mtime: number
  /** One character: `0` file, `1` hard link, `2` symlink, `3`/`4` device, `5` directory, `6` fifo, `x`/`g` pax … */
  type: string
  link: string
  major: number
  minor: number
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at)
  return block.toString('utf8', at, end === -1 || end > at + length ? at + length : end)
}

/** Octal, or big-endian binary if the top bit is set (GNU and star). */
function number(block: Buffer, at: number, length: number): number {
  if (((block[at] ?? 0) & 0x80) === 0) {
    const digits = text(block, at, length).trim()
    return digits === '' ? 0 : Number.parseInt(digits, 8)
  }
  let value = (block[at] ?? 0) & 0x7f
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] ?? 0)
  return value
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let i = 0; i < 148; i++) sum += block[i] ?? 0
  for (let i = 156; i < blockBytes; i++) sum += block[i] ?? 0
  return sum
}

/** Undefined if the checksum is wrong. */
export function parseHeader(block: Buffer): RawHeader | undefined {
  if (number(block, 148, 8) !== checksum(block)) return undefined
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtime: number(block, 136, 12),
    type: String.fromCharCode(block[156] || 0x30),
    link: text(block, 157, 100),
    major: number(block, 329, 8),
    minor: number(block, 337, 8),
  }
}

/** Values that fit the fixed fields; others need a pax record. */
export const fits = {
  text: (value: string): boolean => Buffer.byteLength(value) <= 100,
  id: (value: number): boolean => value <= 0o7777777,
  size: (value: number): boolean => value <= 0o77777777777,
}

/** Truncates values that do not fit; the caller writes them to a pax record first. */
export function emitHeader(header: RawHeader): Buffer {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, length: number) =>
    block.write(
      value
        .toString(8)
        .padStart(length - 1, '0')
        .slice(1 - length),
      at,
      'latin1',
    )
  const field = (value: string, at: number) => Buffer.from(value).copy(block, at, 0, 100)
  field(header.name, 0)
  octal(header.mode, 100, 8)
  octal(header.uid, 108, 8)
  octal(header.gid, 116, 8)
  octal(header.size, 124, 12)
  octal(header.mtime, 136, 12)
  block.write(header.type, 156, 'latin1')
  field(header.link, 157)
  block.write('ustar\x0000', 257, 'latin1')
  octal(header.major, 329, 8)
  octal(header.minor, 337, 8)
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
