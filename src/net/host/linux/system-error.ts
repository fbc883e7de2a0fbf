/** Errors of direct system calls, in the form of Node's errors. */
import { getSystemErrorMessage, getSystemErrorName } from 'node:util'

/** @param errno positive, as in errno(3) */
export function systemError(call: string, errno: number): Error {
  const code = getSystemErrorName(-errno)
  const message = `${call} ${code}: ${getSystemErrorMessage(-errno)}`
  return Object.assign(new Error(message), { code, errno: -errno })
}
