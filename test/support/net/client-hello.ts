/** Handcrafted TLS ClientHellos (RFC 8446 section 4.1.2). */

type Extension = readonly [type: number, content: Uint8Array]

const sized = (width: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const size = Buffer.alloc(width)
  size.writeUIntBE(content.length, 0, width)
  return Buffer.concat([size, content])
}
const number = (value: number): Buffer => Buffer.from([value >> 8, value & 255])

export const serverName = (...names: readonly string[]): Extension => [
  0,
  sized(2, ...names.map((name) => Buffer.concat([Buffer.of(0), sized(2, Buffer.from(name, 'latin1'))]))),
]

/** The handshake message. */
export function hello(extensions: readonly Extension[]): Buffer {
  const body = Buffer.concat([
    ...[
      Buffer.of(3, 3),
      Buffer.alloc(32),
      sized(1, Buffer.alloc(32)),
      sized(2, number(0x1301)),
      sized(1, Buffer.of(0)),
    ],
    sized(2, ...extensions.flatMap(([type, content]) => [number(type), sized(2, content)])),
  ])
  return Buffer.concat([Buffer.of(1), sized(3, body)])
}

/** The message split into records of at most `size` bytes. */
export function records(message: Uint8Array, size = 16_384): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < message.length; at += size)
    parts.push(Buffer.of(22, 3, 1), sized(2, message.subarray(at, at + size)))
  return Buffer.concat(parts)
}
