/** For `node --import`: this host has a /dev/kvm that the user may open, or none, as DESKTOP_FAKE_KVM says. */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { access } = fs
fs.access = async (path, mode) => {
  if (path !== '/dev/kvm') return await access(path, mode)
  if (process.env.DESKTOP_FAKE_KVM === 'present') return
  throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' })
}
syncBuiltinESMExports()
