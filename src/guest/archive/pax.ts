/** Extended header records, `LENGTH KEY=VALUE\n` (POSIX.1-2017, pax, "pax Extended Header"); values are bytes. */

export type PaxRecords = ReadonlyMap<string, Uint8Array>

/** Undefined if a record is malformed. */
export function parsePax(data: Buffer): PaxRecords | undefined {
  const records = new Map<string, Uint8Array>()
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at)
    const digits = space === -1 ? '' : data.toString('latin1', at, space)
    const length = /^[0-9]{1,10}$/.test(digits) ? Number(digits) : 0
    const end = at + length
    const equals = data.indexOf(0x3d, space)
    if (end > data.length || equals === -1 || equals >= end || data[end - 1] !== 0x0a) return undefined
    records.set(data.toString('utf8', space + 1, equals), data.subarray(equals + 1, end - 1))
    at = end
  }
  return records
}

export function emitPax(records: PaxRecords): Buffer {
  return Buffer.concat(
    [...records].map(([key, value]) => {
      const rest = Buffer.byteLength(key) + value.length + 3
      // The length includes its own digits.
      let length = rest + String(rest).length
      if (rest + String(length).length !== length) length = rest + String(length).length
      return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')])
    }),
  )
}
