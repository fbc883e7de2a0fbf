/** Replies of the guest agent, which root in the VM can forge. */
import * as v from 'valibot'
import { DesktopError } from '../../errors/desktop-error.ts'

export interface ExecStatus {
  exited: boolean
  exitcode?: number | undefined
  signal?: number | undefined
  'out-data'?: string | undefined
  'err-data'?: string | undefined
}

export interface FileRead {
  count: number
  'buf-b64': string
  eof: boolean
}

type Schema<T> = v.GenericSchema<unknown, T>

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const handle: Schema<number> = v.pipe(v.number(), v.safeInteger())
const started: Schema<{ pid: number }> = v.object({ pid: whole })
const execStatus: Schema<ExecStatus> = v.object({
  exited: v.boolean(),
  exitcode: v.optional(v.pipe(whole, v.maxValue(255))),
  signal: v.optional(v.pipe(whole, v.maxValue(127))),
  'out-data': v.optional(v.string()),
  'err-data': v.optional(v.string()),
})
const fileRead: Schema<FileRead> = v.object({ count: whole, 'buf-b64': v.string(), eof: v.boolean() })

interface Returns {
  'guest-exec': { pid: number }
  'guest-exec-status': ExecStatus
  'guest-file-open': number
  'guest-file-read': FileRead
}

const returns: { readonly [C in keyof Returns]: Schema<Returns[C]> } = {
  'guest-exec': started,
  'guest-exec-status': execStatus,
  'guest-file-open': handle,
  'guest-file-read': fileRead,
}

/** Throws `vm/agent`. */
export function parseReturn<C extends keyof Returns>(command: C, value: unknown): Returns[C] {
  const result = v.safeParse<Schema<Returns[C]>>(returns[command], value)
  if (result.success) return result.output
  throw new DesktopError('vm/agent', `${command}: invalid reply from the guest agent`)
}
