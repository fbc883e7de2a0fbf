/** A slow or failing source must neither delay the others nor be reported as absent. */
import { messageOf, systemCode } from '../errors/system.ts'
import { absent, type Observation, unknown } from '../observation.ts'

interface ReadOptions {
  /** Name of the source, for error messages. */
  what: string
  deadlineMs: number
  /** System error codes that mean absence. */
  absentCodes?: readonly string[]
}

/** Reads a source: a rejection or a missed deadline becomes `unknown` with a reason. Never rejects. */
export async function reading<T>(
  read: () => Promise<Observation<T>>,
  { what, deadlineMs, absentCodes = [] }: ReadOptions,
): Promise<Observation<T>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Observation<T>>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`${what} did not answer in ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([read(), late])
  } catch (error) {
    if (absentCodes.includes(systemCode(error) ?? '')) return absent
    return unknown(`${what}: ${messageOf(error)}`)
  } finally {
    clearTimeout(timer)
  }
}
