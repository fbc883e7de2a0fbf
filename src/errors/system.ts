/** Errors of Node and of the host's file system, mapped to desktop's error codes. */
import type { ErrorCode } from './catalogue.ts'
import { catalogue } from './catalogue.ts'
import { DesktopError } from './desktop-error.ts'

/** Message of any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE` …), if it has one. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

const storageCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'host/no-space',
  EDQUOT: 'host/no-space',
  EIO: 'host/storage',
  EROFS: 'host/storage',
  EACCES: 'host/storage',
  EPERM: 'host/storage',
  EMFILE: 'host/storage',
  ENFILE: 'host/storage',
  EBUSY: 'host/storage',
  EFBIG: 'host/storage',
  EISDIR: 'host/storage',
  ELOOP: 'host/storage',
  ENAMETOOLONG: 'host/storage',
  ENODEV: 'host/storage',
  ENOTDIR: 'host/storage',
  ENOTEMPTY: 'host/storage',
  ENXIO: 'host/storage',
  ETXTBSY: 'host/storage',
  EXDEV: 'host/storage',
}

/** An error of the host's file system, with a hint; any other error unchanged. */
export function explained(thrown: unknown, path?: string): unknown {
  const code = storageCodes[systemCode(thrown) ?? '']
  if (code === undefined) return thrown
  const message = path === undefined ? messageOf(thrown) : `${path}: ${messageOf(thrown)}`
  return new DesktopError(code, message, { hint: catalogue[code].fix, cause: thrown })
}
