/** A Debian mirror on loopback that signs its index with its own key, and can be made to misbehave. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createCleartextMessage, generateKey, readPrivateKey, sign } from 'openpgp'
import { sampleDeb } from './sample-deb.ts'

export interface SignedMirror extends AsyncDisposable {
  uri: string
  /** What makes the command use this mirror. */
  env: Record<string, string>
  /** By path below the mirror. A file may be replaced or removed between requests. */
  files: Map<string, Buffer>
  /** Paths in the order they were asked for. */
  requests: string[]
  /** Answers instead of the files when it returns true. */
  intercept: ((request: http.IncomingMessage, response: http.ServerResponse) => boolean) | undefined
  publish(
    suite: string,
    packages: readonly MirrorPackage[],
    fields?: Readonly<Record<string, string>>,
  ): Promise<void>
}

export interface MirrorPackage {
  name: string
  version: string
  deb: Buffer
  fields?: Readonly<Record<string, string>>
}

/** A package with these files. */
export async function packaged(
  name: string,
  files: Record<string, string>,
  depends = '',
  version = '1',
): Promise<MirrorPackage> {
  const fields = depends === '' ? {} : { Depends: depends }
  const control = Object.entries({ Package: name, Version: version, ...fields })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
  return { name, version, fields, deb: await sampleDeb(control, files) }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const debPathOf = ({ name, version }: MirrorPackage): string =>
  `pool/main/${name}_${encodeURIComponent(version)}_amd64.deb`

function stanza(one: MirrorPackage): string {
  const fields = {
    Package: one.name,
    Version: one.version,
    ...one.fields,
    Filename: debPathOf(one),
    Size: one.deb.length,
    SHA256: sha256(one.deb),
  }
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}

export async function signedMirror(): Promise<SignedMirror> {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-mirror-'))
  const keys = await generateKey({ userIDs: [{ name: 'test mirror' }], format: 'armored' })
  const keyring = join(dir, 'keyring.asc')
  await writeFile(keyring, keys.publicKey)
  const files = new Map<string, Buffer>()
  const requests: string[] = []
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').replace(/^\/debian\//, '')
    requests.push(path)
    if (mirror.intercept?.(request, response)) return
    const bytes = files.get(request.url?.replace(/^\/debian\//, '') ?? '') ?? files.get(path)
    if (bytes === undefined) return void response.writeHead(404).end()
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (from === 0) return void response.writeHead(200).end(bytes)
    response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
    response.end(bytes.subarray(from))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`
  const mirror: SignedMirror = {
    uri,
    env: {
      DESKTOP_DEBIAN_MIRROR: uri,
      DESKTOP_DEBIAN_SECURITY_MIRROR: uri,
      DESKTOP_DEBIAN_KEYRING: keyring,
      APT_CONFIG: '/dev/null',
    },
    files,
    requests,
    intercept: undefined,
    publish: async (suite, packages, fields = {}) => {
      const index = Buffer.from(packages.map(stanza).join('\n'))
      const packed = gzipSync(index)
      const path = 'main/binary-amd64/Packages'
      const line = (bytes: Buffer, name: string): string => ` ${sha256(bytes)} ${bytes.length} ${name}`
      const head = { Origin: 'Debian', Codename: suite, Date: new Date().toUTCString(), ...fields }
      const text = [
        ...Object.entries(head).map(([key, value]) => `${key}: ${value}`),
        'SHA256:',
        line(index, path),
        line(packed, `${path}.gz`),
      ].join('\n')
      const message = await createCleartextMessage({ text })
      const signingKeys = await readPrivateKey({ armoredKey: keys.privateKey })
      files.set(`dists/${suite}/InRelease`, Buffer.from(await sign({ message, signingKeys })))
      files.set(`dists/${suite}/${path}.gz`, packed)
      files.set(`dists/${suite}/main/binary-amd64/by-hash/SHA256/${sha256(packed)}`, packed)
      for (const one of packages) files.set(debPathOf(one), one.deb)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dir, { recursive: true, force: true })
    },
  }
  return mirror
}
