import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { debPath, fetchDebs } from '../../../src/guest/debian/debs.ts'
import { type Package, parsePackages } from '../../../src/guest/debian/packages.ts'
import { until } from '../../../src/host/until.ts'
import { debPathOf, type SignedMirror, signedMirror } from '../../support/guest/signed-mirror.ts'

let dir: string
let mirror: SignedMirror

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-debs-'))
  mirror = await signedMirror()
})
afterEach(async () => {
  await mirror[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

const content = Buffer.alloc(300_000, 'some content of a package, ')

/** Packages `a0`, `a1`, … on the mirror, as its index has them. */
async function published(count: number): Promise<Package[]> {
  return Array.from({ length: count }, (_, i) => {
    const deb = Buffer.concat([Buffer.from(`${i} `), content])
    const path = debPathOf({ name: `a${i}`, version: '1', deb })
    mirror.files.set(path, deb)
    const sha256 = createHash('sha256').update(deb).digest('hex')
    return {
      name: `a${i}`,
      version: '1',
      sha256,
      sizeBytes: deb.length,
      url: `${mirror.uri}/${path}`,
      depends: [],
    }
  })
}

const fetchAll = (packages: readonly Package[], signal?: AbortSignal): Promise<void> =>
  fetchDebs(dir, packages, {
    index: async () => ({
      ...parsePackages(),
      versions: (name) => packages.filter((one) => one.name === name),
    }),
    signal,
  })

test('packages are named by their digest, and a whole one is not asked for again', async () => {
  const packages = await published(6)
  await fetchAll(packages)
  for (const one of packages) expect((await readFile(debPath(dir, one))).length).toBe(one.sizeBytes)
  mirror.requests.length = 0
  await fetchAll(packages)
  expect(mirror.requests).toEqual([])
  expect((await readdir(join(dir, 'partial'))).filter((name) => name.endsWith('.deb'))).toEqual([])
})

test('a download that was cut continues where it stopped, in the same run and in a later one', async () => {
  const [one] = await published(1)
  const partial = join(dir, 'partial', `${one?.sha256}.deb`)
  const ranges: (string | undefined)[] = []
  let cuts = 2
  mirror.intercept = (request, response) => {
    ranges.push(request.headers.range)
    if (cuts-- <= 0) return false
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const bytes = mirror.files.get('pool/main/a0_1_amd64.deb')?.subarray(from) ?? Buffer.alloc(0)
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': bytes.length,
      'content-range': `bytes ${from}-${from + bytes.length - 1}/${from + bytes.length}`,
    })
    response.write(bytes.subarray(0, 100_000))
    // What had not reached the file when the connection broke would be asked for again.
    const isKept = async (): Promise<boolean> =>
      ((await stat(partial).catch(() => undefined))?.size ?? 0) > from
    void until(isKept, { deadlineMs: 20_000 }).then(() => response.destroy())
    return true
  }
  await fetchAll([one!])
  expect(ranges[0]).toBeUndefined()
  expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true)
  expect(ranges).toHaveLength(3)
})

test('a mirror that cannot resume starts again', async () => {
  const [one] = await published(1)
  await mkdir(join(dir, 'partial'))
  await writeFile(join(dir, 'partial', `${one?.sha256}.deb`), 'x'.repeat(1000))
  mirror.intercept = (_request, response) => {
    response.end(mirror.files.get('pool/main/a0_1_amd64.deb'))
    return true
  }
  await fetchAll([one!])
})

test('a partial file of other content does not spoil the package', async () => {
  const [one] = await published(1)
  await mkdir(join(dir, 'partial'))
  await writeFile(join(dir, 'partial', `${one?.sha256}.deb`), 'x'.repeat(1000))
  await fetchAll([one!])
  expect((await readFile(debPath(dir, one!))).equals(mirror.files.get('pool/main/a0_1_amd64.deb')!)).toBe(
    true,
  )
})

test('content of another digest is asked for once more and refused, and never lands under the digest', async () => {
  const [one] = await published(1)
  mirror.files.set('pool/main/a0_1_amd64.deb', Buffer.alloc(one!.sizeBytes, 'evil'))
  await expect(fetchAll([one!])).rejects.toMatchObject({ code: 'guest/bad-signature' })
  expect((await readdir(dir)).filter((name) => name.endsWith('.deb'))).toEqual([])
})

test('a server error is tried again', async () => {
  const packages = await published(2)
  const failed = new Set<string>()
  mirror.intercept = (request, response) => {
    if (failed.has(request.url ?? '')) return false
    failed.add(request.url ?? '')
    response.writeHead(503).end()
    return true
  }
  await fetchAll(packages)
  expect(mirror.requests).toHaveLength(4)
})

test('a package that the mirror no longer has is version-gone at once', async () => {
  const packages = await published(2)
  mirror.files.clear()
  await expect(fetchAll(packages)).rejects.toMatchObject({ code: 'guest/version-gone' })
  expect(new Set(mirror.requests).size).toBe(mirror.requests.length)
})

test('endless content is cut at the size of the index', async () => {
  const [one] = await published(1)
  mirror.intercept = (_request, response) => {
    response.writeHead(200)
    const more = (): void => void (response.destroyed || response.write(content, () => setImmediate(more)))
    more()
    return true
  }
  await expect(fetchAll([one!])).rejects.toMatchObject({ code: 'guest/bad-signature' })
  const sizes = await Promise.all(
    (await readdir(join(dir, 'partial'))).map(
      async (name) => (await readFile(join(dir, 'partial', name))).length,
    ),
  )
  expect(Math.max(...sizes)).toBeLessThanOrEqual(one!.sizeBytes)
})

test('an abort ends the download with its own error and keeps the bytes read so far', async () => {
  const [one] = await published(1)
  const abort = new AbortController()
  mirror.intercept = (_request, response) => {
    response.writeHead(200)
    response.write(content.subarray(0, 50_000))
    setImmediate(() => abort.abort())
    return true
  }
  await expect(fetchAll([one!], abort.signal)).rejects.toMatchObject({ name: 'AbortError' })
})

test('redirects are followed, and a redirect to another protocol is not', async () => {
  const [one] = await published(1)
  mirror.intercept = (request, response) => {
    if (request.url?.includes('moved')) return false
    response.writeHead(302, { location: '/debian/moved/a0.deb' }).end()
    return true
  }
  mirror.files.set('moved/a0.deb', mirror.files.get('pool/main/a0_1_amd64.deb')!)
  await fetchAll([one!])
  await rm(debPath(dir, one!))
  mirror.intercept = (_request, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    return true
  }
  await expect(fetchAll([one!])).rejects.toThrow('redirects to file:')
})
