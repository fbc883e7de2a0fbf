/**
 * The local authority: created once, limited to names below localhost, and its certificates accepted by
 * clients that trust it.
 */
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Authority,
  certificateFile,
  HostCertificates,
  openAuthority,
} from '../../src/names/authority.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'authority-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** The error of a handshake for a host that gives this host's certificate; undefined: it is trusted. */
async function handshake(authority: Authority, issued: string, asked = issued): Promise<string | undefined> {
  const certificates = new HostCertificates(authority)
  const server = createServer({ SNICallback: (_name, done) => done(null, certificates.context(issued)) })
  server.on('tlsClientError', () => {})
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  try {
    return await new Promise((resolve) => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: asked,
        ca: [authority.certificate.toString()],
      })
      socket.once('secureConnect', () => resolve(undefined)).once('error', ({ message }) => resolve(message))
      socket.once('secureConnect', () => socket.destroy())
    })
  } finally {
    server.close()
  }
}

test('a host below localhost is trusted, and its certificate is for no other', async () => {
  const authority = await openAuthority(dir)
  expect(await handshake(authority, 'web.dev.localhost')).toBeUndefined()
  expect(await handshake(authority, 'web.acme.dev.localhost')).toBeUndefined()
  expect(await handshake(authority, 'web.dev.localhost', 'db.dev.localhost')).toContain('not in the cert')
})

test('a name elsewhere is not trusted, even with a certificate of the authority', async () => {
  const authority = await openAuthority(dir)
  expect(await handshake(authority, 'www.example.com')).toBe('permitted subtree violation')
})

test('the authority is made once, also by two at the same time, and only this user reads its key', async () => {
  const [one, two] = await Promise.all([openAuthority(dir), openAuthority(dir)])
  expect(one?.certificate.fingerprint256).toBe(two?.certificate.fingerprint256)
  const third = await openAuthority(dir)
  expect(third.certificate.fingerprint256).toBe(one?.certificate.fingerprint256)
  expect((await stat(join(dir, 'authority.pem'))).mode & 0o777).toBe(0o600)
  const shared = await readFile(certificateFile(dir), 'utf8')
  expect(shared).not.toContain('PRIVATE')
  expect(new X509Certificate(shared).fingerprint256).toBe(one?.certificate.fingerprint256)
})

test('a damaged authority is an error that names its file', async () => {
  await openAuthority(dir)
  await writeFile(join(dir, 'authority.pem'), 'damaged')
  await expect(openAuthority(dir)).rejects.toMatchObject({
    code: 'state/unreadable',
    message: expect.stringContaining('authority.pem'),
  })
})
