/** Where to dial: struct sockaddr of any kind. */
export interface SocketName {
  readonly family: number
  readonly bytes: Uint8Array
  /** Bytes that count. */
  readonly length: number
}

const bytesOf = { inet: 16, inet6: 28 } as const

/** 127.0.0.0/8 or ::1. */
export function isLoopback({ bytes, length }: SocketName): boolean {
  if (length === bytesOf.inet) return bytes[4] === 127
  if (length !== bytesOf.inet6) return false
  for (let i = 8; i < 23; i += 1) if (bytes[i] !== 0) return false
  return bytes[23] === 1
}
