/** One VM for all tests of a file, which run in order. Vitest loads this module once per test file. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'

export let docker: Docker
export let machine: TestEnvironment

/** Registers the environment of the tests, its end, and the logs of a failed test. */
export function shareVm(prepare: () => Promise<void>): void {
  beforeAll(async () => {
    docker = await dockerForTests()
    machine = await testEnvironment(docker.cli)
    await prepare()
  })

  afterAll(() => machine?.[Symbol.asyncDispose]())

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(await machine.logs())
  })
}

/** Boots the VM of the configuration on disk, and loads the image that the tests run containers from. */
export async function applyWithBox(): Promise<void> {
  await ok(machine.desktop('apply'))
  await ok(machine.docker('import', docker.rootfs, 'box'))
}

/** Runs a line of shell in the VM. */
export const inside = (line: string): Promise<string> => ok(machine.desktop('exec', '--', 'sh', '-c', line))

/** Why the last request failed. */
export let httpFailure: unknown

/** The answer of an HTTP server, or undefined when there is none. */
export async function httpGet(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
  } catch (error) {
    httpFailure = (error as Error).cause ?? error
    return undefined
  }
}
