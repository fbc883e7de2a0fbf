import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Console } from '../../src/vm/console.ts'

let dir: string
const open: (Server | Socket)[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'console-'))
})
afterEach(async () => {
  for (const one of open.splice(0)) {
    if ('destroy' in one) one.destroy()
    else one.close()
  }
  await rm(dir, { recursive: true, force: true })
})

/** Both ends of a connection; the server's stays open for writing when the client ends, as those of HTTP do. */
async function pair(name: string): Promise<[client: Socket, server: Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(join(dir, name))
  await once(server, 'listening')
  const client = connect(join(dir, name))
  const [accepted] = (await once(server, 'connection')) as [Socket]
  open.push(server, client, accepted)
  return [client, accepted]
}

test('a viewer that types and leaves at once gets the scrollback, and its last words are typed', async () => {
  const [qemu, guest] = await pair('console')
  await using tty = new Console(qemu)
  guest.write('services started\n')
  await once(qemu, 'data')
  const [viewer, attached] = await pair('viewer')
  tty.attach(attached)
  viewer.end('echo hello\n')
  expect(await text(viewer)).toBe('services started\n')
  const [typed] = await once(guest, 'data')
  expect(String(typed)).toBe('echo hello\n')
})
