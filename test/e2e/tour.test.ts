/** Every command of docs/tour.md, in order, on a VM of its own. */
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { configOf, missingLine, stepsOf } from '../docs/transcript.ts'
import { makeOutside, type Outside } from '../net/linux/outside.ts'
import { type BashSession, bashSession } from './bash-session.ts'
import { dockerForTests } from './docker.ts'
import { type TestEnvironment, testEnvironment } from './environment.ts'

const root = join(import.meta.dirname, '../..')
const document = await readFile(join(root, 'docs/tour.md'), 'utf8')

/** Only root may make network namespaces; others take the tour without the world outside. */
const isRoot = process.getuid?.() === 0
const farHost = '198.18.1.2'

let machine: TestEnvironment
let outside: Outside | undefined
let host: Server
let bash: BashSession

beforeAll(async () => {
  const docker = await dockerForTests()
  machine = await testEnvironment(docker.cli)
  await machine.write(configOf(document))
  if (isRoot) outside = makeOutside()
  host = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  const bin = join(machine.dir, 'bin')
  await mkdir(bin)
  await symlink(join(root, 'bin/desktop'), join(bin, 'desktop'))
  await symlink(docker.cli, join(bin, 'docker'))
  const { port } = host.address() as { port: number }
  const env = {
    ...machine.env,
    PATH: `${bin}:${process.env.PATH}`,
    BUSYBOX: docker.rootfs,
    HOST_PORT: `${port}`,
  }
  bash = bashSession({ cwd: machine.dir, env })
})

afterAll(async () => {
  await bash?.[Symbol.asyncDispose]()
  await machine?.[Symbol.asyncDispose]()
  host?.close()
  outside?.[Symbol.dispose]()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(await machine.logs())
})

const steps = stepsOf(document).filter(({ command }) => isRoot || !command.includes(farHost))

test.each(steps)('tour.md:$line $command', async ({ command, expected }) => {
  const { code, output } = await bash.run(command, 200_000)
  expect(missingLine(expected, output), output).toBeUndefined()
  expect(code, output).toBe(0)
})
