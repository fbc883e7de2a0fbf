/** docker-py's own integration suites on a VM. Not part of CI. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { ok } from '../e2e/environment.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'
import { knownFailures } from './known-failures.ts'
import { clientWorkspace, type Workspace } from './workspace.ts'

let clients: ClientMachine
let workspace: Workspace
let env: Record<string, string>

/** What the suites would pull has users. */
const withUsers = `FROM busybox:latest
RUN echo root:x:0:0::/root:/bin/sh >/etc/passwd && echo postgres:x:70:70::/tmp:/bin/sh >>/etc/passwd
`

beforeAll(async () => {
  workspace = await clientWorkspace()
  clients = await clientMachine('docker-py', ['busybox:latest'])
  const { dir, docker } = clients.project('docker-py')
  await mkdir(dir)
  await writeFile(join(dir, 'Dockerfile'), withUsers)
  await ok(docker(['build', '-t', 'alpine:3.10', '-t', 'alpine:latest', '.']))
  // Some tests mount folders that they make.
  env = { ...clients.env, TMPDIR: dir }
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
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
  expect(passed.length).toBeGreaterThan(0)
  expect(failed.filter((name) => knownFailures[name] === undefined)).toEqual([])
})

/** Names are of class and test; skipped tests are in neither list. */
function outcomes(xml: string): { passed: string[]; failed: string[] } {
  const cases = [...xml.matchAll(/<testcase classname="([^"]*)" name="([^"]+)"[^>]*?(\/?)>(<\w+)?/g)]
  const named = (isWanted: (closed: string, inside: string | undefined) => boolean): string[] =>
    cases
      .filter(([, , , closed = '', inside]) => isWanted(closed, inside))
      .map(([, of = '', name]) => `${of.replace(/.*\./, '')}.${name}`)
  return {
    passed: named((closed, inside) => closed === '/' || inside === undefined),
    failed: named((_, inside) => inside === '<failure' || inside === '<error'),
  }
}
