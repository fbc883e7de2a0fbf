/**
 * action.yml: its shell steps are run unmodified, with the real command, against a GitHub API on loopback.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ActionRun, runAction } from '../support/action/runner.ts'

const root = join(import.meta.dirname, '../..')

interface Comment {
  id: number
  body: string
}

let dir: string
let github: Server
let comments: Comment[]
let authorized: Set<string | undefined>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'action-'))
  await mkdir(join(dir, 'vm'))
  await mkdir(join(dir, 'run'), { mode: 0o700 })
  github = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const body = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { body: string })
    authorized.add(request.headers.authorization)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer(request.method ?? '', request.url ?? '', body as { body: string })))
  })
  github.listen(0, '127.0.0.1')
  await once(github, 'listening')
})

afterAll(async () => {
  github.close()
  await rm(dir, { recursive: true })
})

beforeEach(() => {
  comments = Array.from({ length: 100 }, (_, id) => ({ id, body: 'me too' }))
  authorized = new Set()
})

/** The three requests about comments of pull request 7 of o/r. */
function answer(method: string, url: string, { body }: { body: string }): unknown {
  const { pathname, searchParams } = new URL(url, 'http://github')
  if (method === 'GET' && pathname === '/repos/o/r/issues/7/comments') {
    const page = Number(searchParams.get('page'))
    return comments.slice((page - 1) * 100, page * 100)
  }
  if (method === 'POST' && pathname === '/repos/o/r/issues/7/comments') {
    comments.push({ id: 4711, body })
    return {}
  }
  const comment = comments.find(({ id }) => pathname === `/repos/o/r/issues/comments/${id}`)
  if (method !== 'PATCH' || comment === undefined) throw new Error(`${method} ${url}`)
  comment.body = body
  return {}
}

async function act(
  yaml: string,
  inputs: Record<string, string> = {},
  event = 'pull_request',
): Promise<ActionRun> {
  await writeFile(join(dir, 'vm/desktop.yaml'), `apiVersion: desktop/v1\nname: pr\n${yaml}`)
  const { port } = github.address() as AddressInfo
  return runAction({
    file: join(root, 'action.yml'),
    cwd: dir,
    inputs: { 'working-directory': 'vm', ...inputs },
    github: { action_path: root, token: 'secret', event_name: event, 'event.pull_request.number': '7' },
    env: {
      HOME: dir,
      XDG_STATE_HOME: join(dir, 'state'),
      XDG_CONFIG_HOME: join(dir, 'config'),
      XDG_CACHE_HOME: join(dir, 'cache'),
      XDG_RUNTIME_DIR: join(dir, 'run'),
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: 'o/r',
    },
  })
}

const ours = (): string[] => comments.filter(({ body }) => body !== 'me too').map(({ body }) => body)

test('a pull request gets one comment with the plan, and the next run updates it', async () => {
  const first = await act('vm: { cpus: 1 }\n')
  expect(first.steps.comment?.code, first.steps.comment?.stderr).toBe(0)
  expect(first.outputs).toMatchObject({ changes: 'true' })
  expect(first.summary).toContain('start the VM pr')
  expect(authorized).toEqual(new Set(['Bearer secret']))
  expect(ours()).toEqual([expect.stringMatching(/^<!-- desktop plan -->[\s\S]*create the data disk/)])
  await act('ports: ["18080:80"]\n')
  expect(ours()).toEqual([expect.stringContaining('open 127.0.0.1:18080/tcp')])
})

test('mistakes fail the validation and are annotated on their lines, and nothing is commented', async () => {
  const { steps } = await act('vm: { cpu: 1 }\n')
  expect(steps.validate?.stdout).toContain(
    '::error file=vm/desktop.yaml,line=3,col=7::unknown key "cpu" in vm',
  )
  expect(steps.validate?.code).toBe(3)
  expect(steps.plan).toBeUndefined()
  expect(ours()).toEqual([])
})

test('a push gets no comment, and drift of the environment fails the job', async () => {
  const { steps, outputs } = await act('', { drift: 'true' }, 'push')
  expect(steps.comment).toBeUndefined()
  expect(steps.drift?.stdout).toMatch(/^::(error|warning) file=vm\/desktop\.yaml/m)
  expect(steps.drift?.code).toBe(2)
  expect(outputs.drift).toBe('true')
})

test('a file that is named by an input is not read as options or shell text', async () => {
  const { steps } = await act('', { file: '$(touch evil)\n' })
  expect(steps.validate?.code).toBe(3)
  await expect(readFile(join(dir, 'vm/evil'))).rejects.toThrow('ENOENT')
})

test('the workflow of this repository runs the test command of the README', async () => {
  const workflow = parse(await readFile(join(root, '.github/workflows/test.yml'), 'utf8')) as {
    jobs: { test: { steps: { run?: string }[] } }
  }
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const command = /^\.\/bin\/test/m.exec(readme)?.[0]
  expect(workflow.jobs.test.steps.map((step) => step.run)).toContain(command)
})
