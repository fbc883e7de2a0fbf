/** The output of scripts/package.ts is reproducible, and runs without anything else. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram } from '../../src/host/packages.ts'
import { run } from '../../src/host/run.ts'
import { copyCheckout } from '../support/bin/checkout.ts'

const root = join(import.meta.dirname, '../..')
const seconds = 1_700_000_000
const maxInstalledBytes = 15e6

let dir: string
let names: string[]
const at = (...path: string[]): string => join(dir, ...path)
const released = (name: string): string => at('a', 'release', name)
const named = (pattern: RegExp): string => released(names.find((name) => pattern.test(name)) ?? 'none')

async function ok(argv: readonly [string, ...string[]], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, { cwd: dir, env })
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stdout}${stderr}`)
  return stdout
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'release-'))
  // Below folders of different lengths, in case a path gets into a file.
  for (const checkout of ['a', 'another-place/b']) {
    await mkdir(at(checkout), { recursive: true })
    await copyCheckout(at(checkout))
    await ok([at(checkout, 'scripts/node.sh'), at(checkout, 'scripts/package.ts'), '--incomplete-guest'], {
      SOURCE_DATE_EPOCH: String(seconds),
    })
  }
  names = (await readdir(at('a/release'))).sort()
}, 300_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

test('a release has an npm package, a Debian package, a bill of materials and their digests', () => {
  const version = String.raw`\d+\.\d+\.\d+`
  expect(names).toEqual([
    'SHA256SUMS',
    expect.stringMatching(`^desktop-${version}\\.cdx\\.json$`),
    expect.stringMatching(`^desktop-${version}\\.tgz$`),
    expect.stringMatching(`^desktop_${version}_amd64\\.deb$`),
  ])
})

test('the same sources in two folders give the same bytes', async () => {
  const different = await Promise.all(
    names.map(async (name) => {
      const [a, b] = await Promise.all([
        readFile(released(name)),
        readFile(at('another-place/b/release', name)),
      ])
      return a.equals(b) ? [] : [name]
    }),
  )
  expect(different.flat()).toEqual([])
})

test('sha256sum accepts SHA256SUMS', async () => {
  expect(await ok(['sh', '-c', `cd ${at('a/release')} && sha256sum -c SHA256SUMS`])).toContain('.deb: OK')
})

test('the npm package installs without the registry, takes at most 15 MB, and prints its version', async () => {
  await ok(['npm', 'install', '-g', '--offline', '--prefix', at('prefix'), named(/\.tgz$/)], {
    npm_config_cache: at('npm-cache'),
  })
  expect(await sizeOf(at('prefix'))).toBeLessThan(maxInstalledBytes)
  // What `desktop ui` serves.
  for (const file of ['main.js', 'page.css', 'page.html', 'icon.svg'])
    await access(at(`prefix/lib/node_modules/desktop/dist/page/${file}`))
  const document = JSON.parse(await ok([at('prefix/bin/desktop'), 'version', '--json']))
  const schema = JSON.parse(await readFile(join(root, 'schemas/version.schema.json'), 'utf8'))
  const ajv = new Ajv()
  expect(ajv.validate(schema, document) ? '' : ajv.errorsText()).toBe('')
  expect(document).toMatchObject({ from: 'package', commit: null, modified: false })
  expect(document.components.map(({ name }: { name: string }) => name)).toContain('commander')
})

test('the library of the installed package serves a guest that connects as QEMU does', async () => {
  await mkdir(at('app/node_modules'), { recursive: true })
  await symlink(at('prefix/lib/node_modules/desktop'), at('app/node_modules/desktop'))
  await copyFile(join(root, 'examples/serve-qemu.js'), at('app/serve-qemu.mjs'))
  const path = at('app/net.sock')
  const program = spawn(process.execPath, [at('app/serve-qemu.mjs'), path, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await expect
      .poll(() =>
        stat(path).then(
          (found) => found.isSocket(),
          () => false,
        ),
      )
      .toBe(true)
    const guest = connect(path)
    guest.write(whoHasGateway)
    const [reply] = (await once(guest, 'data')) as [Buffer]
    // Behind the length: an ARP reply to the guest, from the gateway's address.
    expect([...reply.subarray(4, 10)]).toEqual([2, 0x50, 0, 0, 0, 1])
    expect([...reply.subarray(24, 26), ...reply.subarray(32, 36)]).toEqual([0, 2, 192, 168, 65, 1])
    guest.destroy()
  } finally {
    program.kill('SIGTERM')
  }
  expect(await once(program, 'exit')).toEqual([0, null])
})

/** ARP (RFC 826) behind its length in four bytes: who has 192.168.65.1, says 192.168.65.3. */
const whoHasGateway = Buffer.concat([
  Buffer.from([0, 0, 0, 42]),
  Buffer.from('ffffffffffff025000000001080600010800060400010250000000', 'hex'),
  Buffer.from('01c0a84103000000000000c0a84101', 'hex'),
])

test('the Debian package runs from where dpkg puts it', async (context) => {
  if ((await findProgram('dpkg-deb')) === undefined) return context.skip()
  await ok(['dpkg-deb', '-x', named(/\.deb$/), at('system')])
  const control = await ok(['dpkg-deb', '-f', named(/\.deb$/), 'Depends'])
  expect(control.trim()).toBe('nodejs (>= 24) | npm, qemu-system-x86, qemu-utils, squashfs-tools')
  const version = await ok([at('prefix/bin/desktop'), '--version'])
  expect(await ok([at('system/usr/bin/desktop'), '--version'])).toBe(version)
  expect((await stat(at('system/usr/lib/desktop/bin/desktop'))).mtimeMs).toBe(seconds * 1000)
})

interface Bom {
  metadata: { component: { 'bom-ref': string } }
  components: { 'bom-ref': string; name: string; version: string; hashes?: unknown }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

test('the bill of materials names every bundled package and every package of the guest, each reachable', async () => {
  const { metadata, components, dependencies } = JSON.parse(
    await readFile(named(/\.cdx\.json$/), 'utf8'),
  ) as Bom
  const bundled = JSON.parse(await readFile(at('a/dist/packages.json'), 'utf8')) as { name: string }[]
  const found = components.map(({ name }) => name)
  for (const { name } of [...bundled, { name: 'linux-image-cloud-amd64' }, { name: 'docker.io' }])
    expect(found).toContain(name)
  const reached = new Set<string>()
  const visit = (ref: string): void => {
    if (reached.has(ref)) return
    reached.add(ref)
    for (const next of dependencies.find((one) => one.ref === ref)?.dependsOn ?? []) visit(next)
  }
  visit(metadata.component['bom-ref'])
  const refs = [metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]
  expect([...reached].sort()).toEqual(refs.sort())
})

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries.filter((one) => one.isFile()).map((one) => stat(join(one.parentPath, one.name))),
  )
  return sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}
