/** A virtiofsd without folders, where the real one is not installed: listens, and ends with its one connection. */
import { createServer } from 'node:net'

if (process.argv.includes('--print-capabilities')) {
  console.log('{ "type": "fs" }')
  process.exit(0)
}
const socket = process.argv.find((word) => word.startsWith('--socket-path='))?.slice('--socket-path='.length)
createServer((connection) => connection.on('error', () => {}).on('close', () => process.exit(0))).listen(
  socket,
)
