import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findHypervisor } from '../../../src/guest/debian/hypervisor.ts'
import { installHypervisor } from '../../../src/guest/debian/install-hypervisor.ts'
import { type CachePaths, cachePaths } from '../../../src/host/paths.ts'
import { run } from '../../../src/host/run.ts'
import {
  type MirrorPackage,
  packaged,
  type SignedMirror,
  signedMirror,
} from '../../support/guest/signed-mirror.ts'

let dir: string
let cache: CachePaths
let mirror: SignedMirror

const roms = ['kvmvapic', 'linuxboot', 'linuxboot_dma', 'multiboot', 'multiboot_dma', 'pvh', 'slof']

const packages = async (version = '1'): Promise<MirrorPackage[]> => [
  await packaged(
    'qemu-system-x86',
    { './usr/bin/qemu-system-x86_64': `qemu ${version}` },
    'libc6, qemu-system-common, ipxe-qemu',
    version,
  ),
  await packaged('virtiofsd', { './usr/libexec/virtiofsd': 'virtiofsd' }, 'libc6, uidmap'),
  await packaged(
    'qemu-system-data',
    Object.fromEntries(roms.map((name) => [`./usr/share/qemu/${name}.bin`, name])),
  ),
  await packaged('seabios', { './usr/share/seabios/bios-256k.bin': 'bios' }),
  // A loader that says what it was asked to run.
  await packaged('libc6', {
    './usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': '#!/bin/sh\necho "$@"\n',
    './usr/lib/x86_64-linux-gnu/libc.so.6': 'libc',
    './usr/lib/x86_64-linux-gnu/gconv/UTF-7.so': 'not wanted',
  }),
]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-hypervisor-'))
  cache = cachePaths({ state: dir, cache: dir, runtime: dir, config: dir } as never)
  mirror = await signedMirror()
  for (const [key, value] of Object.entries(mirror.env)) vi.stubEnv(key, value)
  await mirror.publish('trixie', await packages())
  await mirror.publish('trixie-security', [])
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await mirror[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('QEMU and virtiofsd are started by the loader, libraries and firmware that come with them', async () => {
  expect(await findHypervisor(cache)).toBeUndefined()
  await installHypervisor({ cache })
  const found = await findHypervisor(cache)
  const folder = found?.qemu.folder ?? ''
  const { stdout } = await run([...(found?.qemu.command ?? ['false']), '-name', 'a b'] as [
    string,
    ...string[],
  ])
  expect(stdout).toBe(
    `--library-path ${folder}/lib ${folder}/qemu-system-x86_64 -L ${folder}/share -name a b\n`,
  )
  expect(found?.virtiofsd.command.at(-1)).toBe(`${folder}/virtiofsd`)
  expect((await readdir(join(folder, 'lib'))).sort()).toEqual(['ld-linux-x86-64.so.2', 'libc.so.6'])
  expect(await readdir(join(folder, 'share'))).not.toContain('slof.bin')
  expect(await readFile(join(folder, 'share/bios-256k.bin'), 'utf8')).toBe('bios')
})

test('a newer package on the mirror changes nothing until the lock is removed', async () => {
  const text = async (): Promise<string> =>
    await readFile((await findHypervisor(cache))?.qemu.file ?? '', 'utf8')
  await installHypervisor({ cache })
  await rm(cache.aptDir, { recursive: true })
  await mirror.publish('trixie', await packages('2'))
  await installHypervisor({ cache })
  expect(await text()).toBe('qemu 1')
  await rm(join(cache.hypervisorDir, 'lock.json'))
  expect(await findHypervisor(cache)).toBeUndefined()
  await installHypervisor({ cache })
  expect(await text()).toBe('qemu 2')
})

test('two installations at once give one folder, and leave nothing half-unpacked', async () => {
  await Promise.all([installHypervisor({ cache }), installHypervisor({ cache })])
  const names = await readdir(cache.hypervisorDir)
  expect(names.filter((name) => name !== 'lock.json')).toHaveLength(1)
})
