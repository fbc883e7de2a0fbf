/** `qemu-img create -q -f qcow2 FILE SIZE` and `resize -q -f qcow2 FILE SIZE`: a header with the size in it, and one table entry. */
import { openSync, writeFileSync, writeSync } from 'node:fs'

const [command, , , , file = '', size = '0'] = process.argv.slice(2)
const bytes = Buffer.alloc(8)
bytes.writeBigUInt64BE(BigInt(size))
if (command === 'create') {
  const header = Buffer.alloc(520)
  header.writeUInt32BE(0x514649fb, 0)
  header.writeUInt32BE(3, 4)
  bytes.copy(header, 24)
  header.writeUInt32BE(1, 36)
  header.writeBigUInt64BE(512n, 40)
  writeFileSync(file, header)
} else if (command === 'resize') {
  writeSync(openSync(file, 'r+'), bytes, 0, 8, 24)
}
