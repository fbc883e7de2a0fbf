import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GuestClient } from '../../src/names/guest-client.ts'

let server: Server
let client: GuestClient
let dials = 0
let dialled: Socket
const sockets: Socket[] = []
const requests: string[] = []

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {}).on('data', (bytes) => void requests.push(bytes.toString()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new GuestClient(async () => {
    dials += 1
    dialled = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(dialled, 'connect')
    return dialled
  })
})

afterEach(() => {
  client[Symbol.dispose]()
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
  requests.length = 0
  dials = 0
})

function get(method = 'GET'): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = ''
    const request = { method, path: '/', headers: { host: 'web' }, body: undefined, isUpgrade: false }
    client.send('172.17.0.2', 80, request, {
      head: () => {},
      body: (bytes, written) => {
        body += bytes.toString()
        written()
      },
      end: () => resolve(body),
      switched: () => {},
      failed: reject,
    })
  })
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
const answer = (text: string): void => {
  sockets.at(-1)?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
}

async function answered(method?: string): Promise<string> {
  const before = requests.length
  const body = get(method)
  await until(() => requests.length > before)
  answer(`answer ${requests.length}`)
  return await body
}

test('requests one after the other share a connection', async () => {
  expect(await answered()).toBe('answer 1')
  expect(await answered()).toBe('answer 2')
  expect(dials).toBe(1)
})

test('a request on a kept connection that the server closes is sent again on a new one', async () => {
  await answered()
  const again = get()
  await until(() => requests.length === 2)
  sockets[0]!.destroy()
  await until(() => requests.length === 3)
  answer('again')
  expect([await again, dials]).toEqual(['again', 2])
})

test('a POST is not sent twice', async () => {
  await answered()
  const failed = get('POST')
  await until(() => requests.length === 2)
  sockets[0]!.destroy()
  await expect(failed).rejects.toThrow()
  expect([requests.length, dials]).toEqual([2, 1])
})

test('a request whose client goes away while its connection is dialled ends the connection', async () => {
  const requester = { head: () => {}, body: () => {}, end: () => {}, switched: () => {}, failed: () => {} }
  const request = { method: 'GET', path: '/', headers: {}, body: undefined, isUpgrade: false }
  client.send('172.17.0.2', 80, request, requester)()
  await until(() => sockets.length === 1 && dialled.destroyed)
  expect(requests).toEqual([])
})
