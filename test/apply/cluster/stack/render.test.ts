/** A compose file as docker reads it: recorded objects, places of mistakes, and files that docker never gets. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { recording } from '../../../../src/apply/cluster/stack/recorder.ts'
import { type RenderOptions, renderStack } from '../../../../src/apply/cluster/stack/render.ts'
import { run } from '../../../../src/host/run.ts'
import { fakeDocker, type Request } from '../../../support/apply/fake-docker.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-render-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

const requests: readonly Request[] = [
  ['HEAD', '/_ping'],
  ['GET', '/v1.45/info'],
  ['GET', '/v1.45/networks/outer'],
  ['GET', '/v1.45/networks?filters={}'],
  ['POST', '/v1.45/networks/create', { Name: 'lab_default' }],
  ['GET', '/v1.45/configs/lab_page'],
  ['POST', '/v1.45/configs/create', { Name: 'lab_page', Data: 'aGk=' }],
  ['GET', '/v1.45/configs?filters={"name":{"lab_page":true,"ext":true}}'],
  ['GET', '/v1.45/services?filters={}'],
  ['POST', '/v1.45/services/create', { Name: 'lab_web' }],
  ['POST', '/v1.45/services/create', { Name: 'lab_db' }],
]

const render = async (
  text: string,
  docker: () => Promise<string>,
  more: Partial<RenderOptions> = {},
): ReturnType<typeof renderStack> => {
  const file = join(dir, 'stack.yaml')
  await writeFile(file, text)
  const options = { env: { PATH: process.env.PATH }, mayOpen: () => true, shown: 'stack.yaml', docker }
  return await renderStack({ name: 'lab', file }, { ...options, ...more })
}
const compose = 'services:\n  web: { image: box }\n  db: { image: box }\n'

test('what docker would create is recorded, in a stable order, and external objects are apart', async () => {
  const rendered = await render(compose, () => fakeDocker(dir, requests))
  if ('refused' in rendered) throw new Error(rendered.refused.message)
  const { stack, notes, auth } = rendered
  expect(stack.services.map(({ name }) => name)).toEqual(['lab_db', 'lab_web'])
  expect(stack.networks).toEqual([{ name: 'lab_default', spec: { Name: 'lab_default' } }])
  expect(stack.configs).toEqual([{ name: 'lab_page', spec: { Name: 'lab_page', Data: 'aGk=' } }])
  expect(stack.external).toEqual({ networks: ['outer'], configs: ['ext'], secrets: [] })
  expect([notes, auth.size]).toEqual([[], 0])
})

test('docker reads the values that were checked, not the file', async () => {
  const text = `x-e: &e { file: /home/u/key }
secrets: { s: { file: ./ok.txt, <<: *e }, t: { file: 0o17 } }
`
  const checked: string[] = []
  const mayOpen = (path: string): boolean => checked.push(path) > 0
  await render(text, () => fakeDocker(dir, requests), { mayOpen })
  expect(checked).toEqual([join(dir, 'ok.txt'), join(dir, '0o17')])
  expect(await readFile(join(dir, 'compose'), 'utf8')).toBe(
    '{x-e: {file: "/home/u/key"}, secrets: {s: {file: "./ok.txt"}, t: {file: 0o17}}}',
  )
})

test('credentials are recorded only when they are asked for', async () => {
  const rendered = await render(compose, () => fakeDocker(dir, requests), { withAuth: true })
  expect('auth' in rendered && [...rendered.auth]).toEqual([
    ['lab_web', 'e30='],
    ['lab_db', 'e30='],
  ])
})

test('a client that waits for the services has sent everything, so its exit code is ignored', async () => {
  const waiting: Request[] = [...requests, ['GET', '/v1.45/services/new']]
  const rendered = await render(compose, () => fakeDocker(dir, waiting, { stderr: 'not found', code: 1 }))
  expect('stack' in rendered && rendered.stack.services).toHaveLength(2)
})

test.each([
  ['services.web.image must be a string', 2],
  ['services.web Additional property image is not allowed', 2],
  ['(root) Additional property services is not allowed', 1],
  ['service db: undefined network "nope"', 3],
  ['invalid image reference for service db: no image specified', 3],
  ["cannot parse 'Image', 3 is no text", 2],
  ['something else', 1],
])('%j of docker is an error at line %i', async (stderr, line) => {
  const rendered = await render(compose, () =>
    fakeDocker(dir, [], { stderr: `warning\n${stderr}\n`, code: 1 }),
  )
  expect('refused' in rendered && rendered.refused).toMatchObject({
    level: 'error',
    message: stderr,
    at: { file: 'stack.yaml', line },
  })
})

test('warnings of docker and variables that are not set are notes', async () => {
  const stderr = `Ignoring unsupported options: build, restart

Ignoring deprecated options:

container_name: Setting the container name is not supported.

expose: Exposing ports is unnecessary.

Ignoring something else:
`
  const text = `services:
  web: { image: "$TAG", command: "\${TAG} \${OTHER:-x}" }
  db:
    build: .
    container_name: db
  other: { container_name: other }
`
  const rendered = await render(text, () => fakeDocker(dir, requests, { stderr }))
  expect('notes' in rendered && rendered.notes.map(({ message, at }) => [message, at?.line])).toEqual([
    ['docker ignores the unsupported key build', 4],
    ['docker ignores the unsupported key restart', 1],
    ['docker ignores the deprecated key container_name: setting the container name is not supported', 5],
    ['docker ignores the deprecated key expose: exposing ports is unnecessary', 1],
    ['ignoring something else', 1],
    ['the environment variable TAG is not set; its value is empty', 2],
  ])
})

const never = (): Promise<string> => Promise.reject(new Error('docker was started'))

test('a file outside the project is refused before docker is started', async () => {
  const text = 'configs: { key: { file: /etc/shadow } }\nservices: {}\n'
  const rendered = await render(text, never, { mayOpen: (path) => path.startsWith(dir) })
  expect('refused' in rendered && rendered.refused).toMatchObject({
    message: '/etc/shadow is outside the project',
    hint: 'to allow it, add --allow-path /etc/shadow',
    at: { line: 1 },
  })
})

test('a path with a variable that cannot be followed is refused', async () => {
  const rendered = await render('services: { web: { env_file: "$A.env" } }\n', never)
  expect('refused' in rendered && rendered.refused.hint).toBe('write variables as ${NAME}')
})

const named = (kind: string, Name: string): Request[] => [['POST', `/v1.45/${kind}/create`, { Name }]]

test.each([
  ['services', 'a.b', /rejects the service name lab_a\.b/],
  ['services', '-x-', /rejects the service name lab_-x-/],
  ['services', 'n'.repeat(60), /has 64 characters; a swarm accepts 63/],
  ['networks', 'a.b', /rejects the network name lab_a\.b/],
])('a name that a swarm rejects is an error at its key: %s %s', async (section, key, message) => {
  const text = `x: 1\n${section}:\n  ok: {}\n  ${key}: {}\n`
  const rendered = await render(text, () => fakeDocker(dir, named(section, `lab_${key}`)))
  expect('refused' in rendered && rendered.refused).toMatchObject({
    level: 'error',
    message: expect.stringMatching(message),
    at: { file: 'stack.yaml', line: 4 },
  })
  const longest = await render(text, () => fakeDocker(dir, named('services', `lab_${'n'.repeat(59)}`)))
  expect('stack' in longest && longest.stack.services).toHaveLength(1)
})

test('a file that is not UTF-8 text is refused before docker is started', async () => {
  const file = join(dir, 'stack.yaml')
  await writeFile(file, Buffer.from([0xff, 0xfe, 0x41, 0]))
  const options: RenderOptions = { env: {}, mayOpen: () => true, shown: 'stack.yaml', docker: never }
  const rendered = await renderStack({ name: 'lab', file }, { ...options, about: 'swarm.stack.lab' })
  expect('refused' in rendered && rendered.refused).toMatchObject({
    about: 'swarm.stack.lab',
    message: 'stack.yaml cannot be read: it is not UTF-8 text',
  })
})

test('a temporary directory that is too long for a socket is named with its hint, without docker or the file', async () => {
  const long = join(dir, 'd'.repeat(100))
  await mkdir(long)
  vi.stubEnv('TMPDIR', long)
  const rendered = await render(compose, () => fakeDocker(dir, requests)).finally(() => vi.unstubAllEnvs())
  const refused = 'refused' in rendered ? rendered.refused : undefined
  expect(refused?.message).toMatch(/^the socket path .* is \d+ bytes long/)
  expect(refused?.hint).toBe('set TMPDIR to a directory with a shorter path')
  expect(refused).not.toHaveProperty('at')
})

test('a missing file, and a host without a docker client, are errors of the plan', async () => {
  const missing = await renderStack(
    { name: 'lab', file: join(dir, 'none.yaml') },
    { env: {}, mayOpen: () => true, shown: 'none.yaml', docker: never },
  )
  expect('refused' in missing && missing.refused.message).toBe('none.yaml cannot be read: no such file')
  const without = await render(compose, () => Promise.reject(new Error('no network')))
  expect('refused' in without && without.refused.message).toBe(
    'there is no docker client to read it: no network',
  )
})

test('the stand-in answers only what a deployment asks', async () => {
  const program = await fakeDocker(dir, [
    ['GET', '/v1.45/secrets/lab_word'],
    ['GET', '/v1.45/containers/json'],
    ['POST', '/v1.45/services/create', { Name: 'a' }],
  ])
  const [recorded, { stdout }] = await recording((socket) =>
    run([program], { env: { DOCKER_HOST: `unix://${socket}` } }),
  )
  expect(stdout.split('\n').map((line) => line.slice(0, 3))).toEqual(['404', '404', '201', ''])
  expect(recorded.created.map(({ kind, name }) => [kind, name])).toEqual([['services', 'a']])
})
