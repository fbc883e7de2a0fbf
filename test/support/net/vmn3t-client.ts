/** Messages of a VMN3T client, byte for byte. */

export const uuid = '8a5b0c1e-0d0e-4f43-9d3d-0b6a3a2f5c11'

export function init(version = 22): Uint8Array {
  return Uint8Array.from([...Buffer.from('VMN3T'), version, 0, 0, 0, ...Buffer.alloc(40, 'a')])
}

export function command(code: number, text: string = uuid, address: number[] = []): Uint8Array {
  const bytes = Buffer.alloc(41)
  bytes[0] = code
  bytes.write(text, 1, 'ascii')
  bytes.set(address, 37)
  return bytes
}
