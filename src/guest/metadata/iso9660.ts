/**
 * A minimal, reproducible ISO 9660 image (ECMA-119) for the metadata disk: one directory, interchange level 1 names in
 * lower case, which Linux shows unchanged.
 */

const sectorBytes = 2048
/** Sectors 0-15 are the system area; 16 primary descriptor, 17 terminator, 18/19 path tables, 20 root directory. */
const layout = {
  primary: 16,
  terminator: 17,
  pathTableLittle: 18,
  pathTableBig: 19,
  root: 20,
  files: 21,
} as const
const maxFiles = 32

export interface IsoFile {
  /** 1-8 characters of a-z, 0-9, `_` and `-`. */
  name: string
  content: Uint8Array
}

/** Numbers are stored little-endian, then big-endian (ECMA-119 7.3.3). */
function both32(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true)
  view.setUint32(at + 4, value, false)
}

function both16(view: DataView, at: number, value: number): void {
  view.setUint16(at, value, true)
  view.setUint16(at + 2, value, false)
}

/** Text field padded with spaces. */
function text(bytes: Uint8Array, at: number, length: number, value: string): void {
  bytes.fill(0x20, at, at + length)
  bytes.set(Buffer.from(value, 'ascii').subarray(0, length), at)
}

/** A directory record (ECMA-119 9.1); times are all zero, which means "not specified". */
function record(name: Uint8Array, sector: number, sizeBytes: number, isDirectory: boolean): Uint8Array {
  const bytes = new Uint8Array((33 + name.length + 1) & ~1)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, bytes.length)
  both32(view, 2, sector)
  both32(view, 10, sizeBytes)
  view.setUint8(25, isDirectory ? 2 : 0)
  both16(view, 28, 1)
  view.setUint8(32, name.length)
  bytes.set(name, 33)
  return bytes
}

function pathTable(littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(10)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint32(2, layout.root, littleEndian)
  view.setUint16(6, 1, littleEndian)
  return bytes
}

/** Throws RangeError for a name or number of files beyond this minimal format. */
export function packIso(label: string, files: readonly IsoFile[]): Uint8Array {
  if (files.length > maxFiles) throw new RangeError(`at most ${maxFiles} files`)
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1))
  let sector: number = layout.files
  const placed = sorted.map(({ name, content }) => {
    if (!/^[a-z0-9_-]{1,8}$/.test(name)) throw new RangeError(`file name ${JSON.stringify(name)}`)
    const at = sector
    sector += Math.ceil(content.length / sectorBytes)
    return { name, content, at }
  })
  const image = new Uint8Array(sector * sectorBytes)
  const self = new Uint8Array([0])
  const parent = new Uint8Array([1])
  const directory = [
    record(self, layout.root, sectorBytes, true),
    record(parent, layout.root, sectorBytes, true),
    ...placed.map((file) => record(Buffer.from(file.name, 'ascii'), file.at, file.content.length, false)),
  ]
  image.set(Buffer.concat(directory), layout.root * sectorBytes)
  for (const file of placed) image.set(file.content, file.at * sectorBytes)

  const primary = image.subarray(layout.primary * sectorBytes, (layout.primary + 1) * sectorBytes)
  const view = new DataView(primary.buffer, primary.byteOffset, sectorBytes)
  primary.set([1, ...Buffer.from('CD001'), 1])
  text(primary, 8, 32, '')
  text(primary, 40, 32, label)
  both32(view, 80, sector)
  both16(view, 120, 1)
  both16(view, 124, 1)
  both16(view, 128, sectorBytes)
  both32(view, 132, pathTable(true).length)
  view.setUint32(140, layout.pathTableLittle, true)
  view.setUint32(148, layout.pathTableBig, false)
  primary.set(record(self, layout.root, sectorBytes, true), 156)
  text(primary, 190, 623, '')
  // Four dates (ECMA-119 8.4.26.1): digits zero and offset zero mean "not specified".
  for (const at of [813, 830, 847, 864]) {
    primary.fill(0x30, at, at + 16)
    primary[at + 16] = 0
  }
  primary[881] = 1
  image.set([255, ...Buffer.from('CD001'), 1], layout.terminator * sectorBytes)
  image.set(pathTable(true), layout.pathTableLittle * sectorBytes)
  image.set(pathTable(false), layout.pathTableBig * sectorBytes)
  return image
}
