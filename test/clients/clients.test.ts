/** Other people's clients on a VM: their own test suites, and what their users do with them. Not part of CI. */
import { copyFile, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { dockerForTests } from '../e2e/docker.ts'
import { ok, type TestEnvironment, testEnvironment } from '../e2e/environment.ts'
import { knownFailures } from './known-failures.ts'
import { clientWorkspace, type Workspace } from './workspace.ts'

let machine: TestEnvironment
let workspace: Workspace
let env: Record<string, string>

beforeAll(async () => {
  workspace = await clientWorkspace()
  const docker = await dockerForTests()
  machine = await testEnvironment(docker.cli, { name: 'clients' })
  await machine.write('vm: { cpus: 2, memory: 2GiB, disk: 8GiB }\n')
  await ok(machine.desktop('apply'))
  // What the suites would pull.
  for (const image of ['busybox:latest', 'alpine:3.10', 'alpine:latest'])
    await ok(machine.docker('import', docker.rootfs, image))
  env = {
    ...machine.env,
    ...(JSON.parse(await ok(machine.desktop('env', '--json'))) as Record<string, string>),
    // Its image cannot be pulled here.
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  }
})
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]()
  // Of testcontainers for Node, which has one for each user.
  for (const name of await readdir(tmpdir()))
    if (name.startsWith('testcontainers-node-')) await rm(join(tmpdir(), name), { force: true })
})

const programs = join(import.meta.dirname, 'programs')

async function byNode(name: string): Promise<unknown> {
  const program = join(workspace.nodeDir, name)
  await copyFile(join(programs, name), program)
  return JSON.parse(await ok(run([process.execPath, program], { env })))
}

test('testcontainers for Node: a port, wait strategies and exec', async () => {
  expect(await byNode('testcontainers.mjs')).toEqual(['hello', 'inside', 0])
})

test('dockerode: output of both kinds, an exit code and 4 MiB through a hijacked stream', async () => {
  expect(await byNode('dockerode.mjs')).toEqual([3, 'one', 'two', 4 * 2 ** 20])
})

test('testcontainers for Python: a port and a wait for the log', async () => {
  expect(await ok(run([workspace.python, join(programs, 'testcontainers_port.py')], { env }))).toBe('hello\n')
})

/** Others build on images of Docker Hub. */
const suites = [
  'api_exec',
  'api_volume',
  'models_volumes',
  'api_network',
  'models_networks',
  'client',
  'api_client',
  'api_config',
  'api_healthcheck',
  'api_image',
  'api_secret',
  'api_swarm',
  'context_api',
  'errors',
  'models_images',
  'models_nodes',
  'models_resources',
  'models_swarm',
  'regression',
]

test.each(suites)("docker-py's integration suite: %s", { timeout: 1_800_000 }, async (suite) => {
  const report = join(machine.dir, `${suite}.xml`)
  const file = `tests/integration/${suite}_test.py`
  const options = ['-q', '--timeout=120', '-p', 'no:cacheprovider', `--junitxml=${report}`]
  await run([workspace.python, '-m', 'pytest', ...options, file], { cwd: workspace.dockerPy, env })
  const { passed, failed } = outcomes(await readFile(report, 'utf8'))
  console.info(`${suite}: ${passed} passed, failed: ${failed.join(', ') || 'none'}`)
  expect(passed).toBeGreaterThan(0)
  expect(failed.filter((name) => knownFailures[name] === undefined)).toEqual([])
})

function outcomes(xml: string): { passed: number; failed: string[] } {
  const cases = [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]+)"[^>]*?(\/?)>(<\w+)?/g)]
  const failed = cases.filter(([, , , , inside]) => inside === '<failure' || inside === '<error')
  const passed = cases.filter(([, , , closed, inside]) => closed === '/' || inside === undefined).length
  return { passed, failed: failed.map(([, of = '', name]) => `${of.replace(/.*\./, '')}.${name}`) }
}
