/** Every command of docs/tour.md, in order, on a separate VM. */
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll } from 'vitest'
import { makeOutside, type Outside } from '../net/linux/outside.ts'
import { testDocument } from './document.ts'

/** Only root can create network namespaces; without them, the tour runs without external networks. */
const isRoot = process.getuid?.() === 0
const farHost = '198.18.1.2'

let outside: Outside | undefined
let host: Server

beforeAll(async () => {
  if (isRoot) outside = makeOutside()
  host = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  host?.close()
  outside?.[Symbol.dispose]()
})

await testDocument({
  page: 'docs/tour.md',
  env: ({ rootfs }) => ({ BUSYBOX: rootfs, HOST_PORT: `${(host.address() as { port: number }).port}` }),
  isRun: ({ command }) => isRoot || !command.includes(farHost),
})
