/**
 * Fails a file-system call of a real process: `node --import` this file, with `DESKTOP_FAULT=IN,AT,KIND`. IN
 * is a part of the script's name; child processes run without faults.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { type FaultKind, Faults } from '../support/host/faults.ts'

const [where = '', at = '', kind = ''] = (process.env.DESKTOP_FAULT ?? '').split(',')
if (where !== '' && basename(process.argv[1] ?? '').startsWith(where)) {
  const faults = new Faults(() => process.kill(process.pid, 'SIGKILL'))
  const { default: _self, ...wrapped } = faults.wrap(fs) as typeof fs & { default: unknown }
  Object.assign(fs, wrapped)
  syncBuiltinESMExports()
  faults.arm(Number(at), kind as FaultKind)
}
