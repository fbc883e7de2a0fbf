/** The name of a unix socket as the system has it: struct sockaddr_un. */
import type { SocketName } from './direct-stream.ts'

const familyUnix = 1
/** As many bytes as there is room for, with the zero that ends it. */
const mostPathBytes = 107

export function unixName(path: string): SocketName | undefined {
  const text = Buffer.from(path)
  if (text.length > mostPathBytes) return undefined
  const bytes = new Uint8Array(2 + text.length + 1)
  bytes[0] = familyUnix
  bytes.set(text, 2)
  return { family: familyUnix, bytes, length: bytes.length }
}
