/** One VM for all tests of a file, which run in order. Vitest loads this module once per test file. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'

export let docker: Docker
export let machine: TestEnvironment

/** Registers the test environment, its removal, and the logs of a failed test. */
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

/** Boots the VM of the configuration on disk, and loads the image for test containers. */
export async function applyWithBox(): Promise<void> {
  await ok(machine.desktop('apply'))
  await ok(machine.docker('import', docker.rootfs, 'box'))
}

/** Runs a shell line in the VM. */
export const inside = (line: string): Promise<string> => ok(machine.desktop('exec', '--', 'sh', '-c', line))

/** Why the last request failed. */
export let httpFailure: unknown

/** The response of an HTTP server; undefined if there is none. */
export async function httpGet(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
  } catch (error) {
    httpFailure = (error as Error).cause ?? error
    return undefined
  }
}
