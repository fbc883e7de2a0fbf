/**
 * docker-py's own integration suites on a VM. What they pull from Docker Hub comes from a registry on the host, as its
 * mirror. Not part of CI.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { ok } from '../e2e/environment.ts'
import { type Registry, startRegistry } from '../e2e/registry.ts'
import { freePorts } from '../support/free-ports.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'
import { knownFailures } from './known-failures.ts'
import { clientWorkspace, type Workspace } from './workspace.ts'

let clients: ClientMachine
let workspace: Workspace
let env: Record<string, string>

let registry: Registry | undefined

/** Images that the suites use, by name. Some tests read /etc/passwd or enter /var/opt; some need an image of no container. */
const images = {
  'busybox:latest': 'FROM box',
  'alpine:latest':
    "FROM box\nRUN printf 'root:x:0:0::/root:/bin/sh\\npostgres:x:70:70::/tmp:/bin/sh\\n' >/etc/passwd; mkdir -p /var/opt",
  'alpine:3.10': 'FROM alpine:latest\nRUN echo 3.10 >/etc/alpine-release',
  'hello-world:latest': 'FROM box\nRUN echo hello >/hello\nCMD ["cat", "/hello"]',
}

beforeAll(async () => {
  workspace = await clientWorkspace()
  const [port = 0] = await freePorts(1)
  const mirror = `host.docker.internal:${port}`
  const engine = `{ registryMirrors: ["http://${mirror}"], insecureRegistries: ["${mirror}"] }`
  clients = await clientMachine('docker-py', ['box'], `engine: ${engine}`)
  registry = await startRegistry({ port, dir: join(clients.machine.dir, 'registry') })
  const { dir, docker } = clients.project('docker-py')
  await mkdir(dir)
  for (const [name, dockerfile] of Object.entries(images)) {
    await writeFile(join(dir, 'Dockerfile'), dockerfile)
    await ok(docker(['build', '-t', name, '-t', `${mirror}/library/${name}`, '.']))
    await ok(docker(['push', `${mirror}/library/${name}`]))
    // A prune would take the first of two names, even of an image in use.
    await ok(docker(['rmi', `${mirror}/library/${name}`]))
  }
  // Some tests mount folders that they make.
  env = { ...clients.env, TMPDIR: dir }
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
})

/** Others install plugins from Docker Hub. */
const suites = [
  'api_exec',
  'api_volume',
  'models_volumes',
  'api_network',
  'models_networks',
  'client',
  'api_build',
  'api_client',
  'api_config',
  'api_container',
  'api_healthcheck',
  'api_image',
  'api_secret',
  'api_service',
  'api_swarm',
  'context_api',
  'errors',
  'models_containers',
  'models_images',
  'models_nodes',
  'models_resources',
  'models_services',
  'models_swarm',
  'regression',
]

test.each(suites)("docker-py's integration suite: %s", { timeout: 1_800_000 }, async (suite) => {
  const report = join(clients.machine.dir, `${suite}.xml`)
  const file = `tests/integration/${suite}_test.py`
  const options = ['-q', '--timeout=120', '-p', 'no:cacheprovider', `--junitxml=${report}`]
  await run([workspace.python, '-m', 'pytest', ...options, file], { cwd: workspace.dockerPy, env })
  const { passed, failed } = outcomes(await readFile(report, 'utf8'))
  console.info(`${suite}: ${passed.length} passed, failed: ${failed.join(', ') || 'none'}`)
  const known = passed.filter((name) => knownFailures[name] !== undefined)
  if (known.length > 0) console.info(`${suite}: passes, but is listed as a failure: ${known.join(', ')}`)
  expect(passed.length + failed.length).toBeGreaterThan(0)
  expect(failed.filter((name) => knownFailures[name] === undefined)).toEqual([])
})

/** Names of class and test, of a JUnit report; skipped tests are in neither list. */
function outcomes(xml: string): { passed: string[]; failed: string[] } {
  const passed: string[] = []
  const failed: string[] = []
  for (const text of xml.split('<testcase ').slice(1)) {
    const [, of = '', name] = /^classname="([^"]*)" name="([^"]+)"/.exec(text) ?? []
    const list = /<(failure|error)\b/.test(text) ? failed : passed
    if (!text.includes('<skipped')) list.push(`${of.replace(/.*\./, '')}.${name}`)
  }
  return { passed, failed }
}
