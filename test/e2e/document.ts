/** Runs the console blocks of a page, in order, on a separate VM: each must print the output on the page. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type BashSession, bashSession } from '../support/docs/bash-session.ts'
import { configOf, missingLine, type Step, stepsOf } from '../support/docs/transcript.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { type TestEnvironment, testEnvironment } from './environment.ts'

const root = join(import.meta.dirname, '../..')

interface Page {
  /** Path of the page in the repository. */
  page: string
  /** Additional variables for the commands. */
  env?: (docker: Docker) => Record<string, string>
  /** Steps that this host can run. Default: all. */
  isRun?: (step: Step) => boolean
  /** Runs after the first step, which is the apply: prerequisites that the page assumes. */
  afterApply?: (machine: TestEnvironment, docker: Docker) => Promise<void>
}

export async function testDocument({ page, env, isRun = () => true, afterApply }: Page): Promise<void> {
  const text = await readFile(join(root, page), 'utf8')
  const steps = stepsOf(text).filter(isRun)
  let machine: TestEnvironment
  let bash: BashSession
  let docker: Docker

  beforeAll(async () => {
    docker = await dockerForTests()
    const config = configOf(text)
    const [, name = 'e2e'] = /^name: (\S+)$/m.exec(config) ?? []
    machine = await testEnvironment(docker.cli, { name })
    if (config.startsWith('apiVersion:')) await writeFile(join(machine.dir, 'desktop.yaml'), config)
    else await machine.write(config)
    const bin = join(machine.dir, 'bin')
    await mkdir(bin)
    await symlink(join(root, 'bin/desktop'), join(bin, 'desktop'))
    await symlink(docker.cli, join(bin, 'docker'))
    const own = { ...machine.env, PATH: `${bin}:${process.env.PATH}`, ...env?.(docker) }
    bash = bashSession({ cwd: machine.dir, env: own })
  })

  afterAll(async () => {
    await bash?.[Symbol.asyncDispose]()
    await machine?.[Symbol.asyncDispose]()
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(await machine.logs())
  })

  test.each(steps)(`${page}:$line $command`, async (step) => {
    const { code, output } = await bash.run(step.command, 200_000)
    expect(missingLine(step.expected, output), output).toBeUndefined()
    expect(code, output).toBe(0)
    if (step === steps[0]) await afterApply?.(machine, docker)
  })
}
