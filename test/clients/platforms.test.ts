/** Builds for two platforms, by Debian's buildx; the RUN steps of arm64 are emulated. The tests run in order. */
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { ok } from '../e2e/environment.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'
import { otherRootfs } from './other-rootfs.ts'

const platforms = 'guest: { platforms: [arm64] }'
const both = ['--platform', 'linux/amd64,linux/arm64']

let clients: ClientMachine

beforeAll(async () => {
  clients = await clientMachine('platforms', [], platforms)
  const { dir } = clients.project('platforms')
  await copyFile(clients.rootfs, join(dir, 'rootfs-amd64.tar'))
  await copyFile(await otherRootfs(clients.rootfs, 'arm64'), join(dir, 'rootfs-arm64.tar'))
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

const docker = (...args: string[]): Promise<string> => ok(clients.project('platforms').docker(args))
const inProject = (...path: string[]): string => join(clients.project('platforms').dir, ...path)

/** What the steps of each stage printed, in a folder or an image. */
const facts = { amd64: ['x86_64\n', 'amd64 by x86_64\n'], arm64: ['aarch64\n', 'arm64 by x86_64\n'] }

const factsIn = (dir: string): Promise<string[]> =>
  Promise.all(['machine', 'made'].map((name) => readFile(inProject(dir, name), 'utf8')))

const factsOf = async (image: string, platform: string): Promise<string[]> => {
  const cat = (path: string) => docker('run', '--rm', '--platform', `linux/${platform}`, image, 'cat', path)
  return [await cat('/machine'), await cat('/made')]
}

test('the builder lists the platforms of the file', async () => {
  expect(await docker('buildx', 'inspect')).toMatch(/^Platforms: .*\blinux\/arm64\b/m)
})

test('an image of another platform is built by its own programs, and runs', async () => {
  await docker(
    'buildx',
    'build',
    '--platform',
    'linux/arm64',
    '--target',
    'whole',
    '--load',
    '-t',
    'one',
    '.',
  )
  expect(await factsOf('one', 'arm64')).toEqual(facts.arm64)
})

test('for two platforms at once, buildx asks for the image store of containerd', async () => {
  const { code, stderr } = await clients.project('platforms').docker(['buildx', 'build', ...both, '.'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('turn on the containerd image store')
})

test('with it, files of both platforms are written to a folder each', async () => {
  await clients.configure(`${platforms}\nengine: { config: { features: { containerd-snapshotter: true } } }`)
  await ok(clients.machine.desktop('apply'))
  await docker('buildx', 'build', ...both, '--target', 'facts', '--output', 'type=local,dest=out', '.')
  expect(await factsIn('out/linux_amd64')).toEqual(facts.amd64)
  expect(await factsIn('out/linux_arm64')).toEqual(facts.arm64)
})

test('one tag names the images of both platforms, and each runs', async () => {
  await docker('buildx', 'build', ...both, '--target', 'whole', '--load', '-t', 'both', '.')
  expect(await factsOf('both', 'amd64')).toEqual(facts.amd64)
  expect(await factsOf('both', 'arm64')).toEqual(facts.arm64)
})

interface Manifest {
  digest: string
  platform: { architecture: string }
}

test('an OCI archive has a manifest of each platform, whose configuration names it', async () => {
  await docker('buildx', 'build', ...both, '--provenance=false', '--output', 'type=oci,dest=both.tar', '.')
  await mkdir(inProject('oci'))
  await ok(run(['tar', '-xf', inProject('both.tar'), '-C', inProject('oci')]))
  const json = async <T>(...path: string[]): Promise<T> =>
    JSON.parse(await readFile(inProject('oci', ...path), 'utf8')) as T
  const blob = <T>(digest: string): Promise<T> => json('blobs', ...digest.split(':'))
  const [root] = (await json<{ manifests: Manifest[] }>('index.json')).manifests
  const { manifests } = await blob<{ manifests: Manifest[] }>(root?.digest ?? '')
  const built: string[] = []
  for (const { digest, platform } of manifests) {
    const { config } = await blob<{ config: Manifest }>(digest)
    const { architecture } = await blob<Manifest['platform']>(config.digest)
    built.push(`${platform.architecture}: ${architecture}`)
  }
  expect(built.sort()).toEqual(['amd64: amd64', 'arm64: arm64'])
})

test('bake builds a target for all of its platforms', async () => {
  await docker('buildx', 'bake', '-f', 'bake.hcl')
  expect(await factsIn('baked/linux_amd64')).toEqual(facts.amd64)
  expect(await factsIn('baked/linux_arm64')).toEqual(facts.arm64)
})
