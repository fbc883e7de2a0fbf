/** Faults on the host: files and sockets of the state and runtime directories, folders of shares. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../../src/host/until.ts'
import type { TestHost } from '../support/cli/host.ts'
import { damaged, type Fault } from './fault.ts'

const unixPort = (host: TestHost): string => join(host.dir, 'app.sock')

const lastGeneration = async (host: TestHost): Promise<string> =>
  join(host.paths.generationsDir, (await readdir(host.paths.generationsDir)).sort().at(-1) ?? '')

export const fileFaults: readonly Fault[] = [
  {
    fault: 'a shared folder is removed',
    make: (host) => rm(join(host.dir, 'shared'), { recursive: true }),
    seen: /shares\[0\]\.source: .*shared does not exist/,
    repair: 'none',
    person: { until: 'the folder is recreated', act: (host) => mkdir(join(host.dir, 'shared')) },
  },
  {
    fault: 'a shared folder was replaced by a file',
    make: async (host) => {
      await rm(join(host.dir, 'shared'), { recursive: true })
      await writeFile(join(host.dir, 'shared'), '')
    },
    seen: /shares\[0\]\.source: .*shared is a file/,
    repair: 'none',
    person: {
      until: 'the folder is restored',
      act: async (host) => {
        await rm(join(host.dir, 'shared'))
        await mkdir(join(host.dir, 'shared'))
      },
    },
  },
  {
    fault: 'the state directory is read-only',
    make: async ({ paths }: TestHost) => {
      execFileSync('mount', ['--bind', paths.stateDir, paths.stateDir])
      execFileSync('mount', ['-o', 'remount,ro,bind', paths.stateDir])
    },
    seen: /^state: .*the file system is read-only$/m,
    repair: 'none',
    needsRoot: true,
    person: {
      until: 'it is writable again',
      act: async ({ paths }: TestHost) => void execFileSync('umount', [paths.stateDir]),
    },
  },
  {
    fault: 'the docker context is removed',
    make: (host) => rm(join(host.env.DOCKER_CONFIG ?? '', 'contexts'), { recursive: true }),
    seen: /engine\.context: \(none\)/,
    repair: 'live',
  },
  {
    fault: 'the last good daemon.json is removed',
    make: (host) => unlink(host.paths.lastGoodDaemonJson),
    seen: /engine\.config: not confirmed/,
    repair: 'reload',
  },
  {
    fault: 'the last good daemon.json is damaged',
    make: damaged(({ paths }) => paths.lastGoodDaemonJson),
    seen: /engine\.config: not confirmed/,
    repair: 'reload',
  },
  {
    fault: 'the last good daemon.json has different content',
    make: (host) => writeFile(host.paths.lastGoodDaemonJson, '{"debug":false}'),
    seen: /engine\.config/,
    repair: 'restart-engine',
  },
  {
    fault: 'the journal of the last apply is damaged',
    make: damaged(({ paths }) => paths.journal),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the journal of the last apply is empty',
    make: (host) => writeFile(host.paths.journal, ''),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the journal of the last apply is removed',
    make: (host) => rm(host.paths.journal),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the last generation is damaged',
    make: async (host) => writeFile(await lastGeneration(host), '{'),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the last generation is removed',
    make: async (host) => unlink(await lastGeneration(host)),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'all generations are removed',
    make: (host) => rm(host.paths.generationsDir, { recursive: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the record of the last good VM is removed',
    make: (host) => rm(host.paths.lastGoodVm, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the metadata disk of the running VM is removed',
    make: (host) => rm(host.paths.metadataIso),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the supervisor's log is removed",
    make: (host) => rm(host.paths.supervisorLog),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the console log is removed',
    make: (host) => rm(host.paths.consoleLog, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the console's tty is removed",
    make: (host) => rm(host.paths.consoleTty, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: "the supervisor's pid file is removed",
    make: (host) => rm(host.paths.supervisorPid, { force: true }),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the generations directory is readable by others',
    make: (host) => chmod(host.paths.generationsDir, 0o755).catch(() => {}),
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'the mode of a mapped unix socket is changed',
    make: (host) => chmod(unixPort(host), 0o777),
    seen: /mode|app\.sock/,
    repair: 'live',
  },
  {
    fault: 'the mode of docker.sock is changed',
    make: (host) => chmod(host.paths.sockets.docker, 0o777),
    seen: /mode|docker\.sock/,
    repair: 'live',
  },
  {
    fault: 'the last-good-VM record, used for rollback, was replaced',
    make: async (host) => {
      await rename(host.paths.lastGoodVm, `${host.paths.lastGoodVm}.away`).catch(() => {})
      await writeFile(host.paths.lastGoodVm, '{}')
    },
    seen: undefined,
    repair: 'none',
  },
  {
    fault: 'docker.sock is removed',
    make: (host) => removedAndRecreated(host.paths.sockets.docker),
    seen: undefined,
    repair: 'none',
    restored: 'it is recreated automatically',
  },
  {
    fault: "the supervisor's socket is removed",
    make: (host) => removedAndRecreated(host.paths.sockets.control),
    seen: undefined,
    repair: 'none',
    restored: 'it is recreated automatically',
  },
  {
    fault: 'a mapped unix socket is removed',
    make: (host) => removedAndRecreated(unixPort(host)),
    seen: undefined,
    repair: 'none',
    restored: 'it is recreated automatically',
  },
  {
    fault: 'the runtime directory is removed',
    make: async (host) => {
      await rm(host.paths.runtimeDir, { recursive: true })
      await until(async () => existsSync(host.paths.sockets.docker), { deadlineMs: 20_000 })
    },
    seen: undefined,
    repair: 'none',
    restored: 'it is recreated automatically',
  },
]

/** The supervisor repairs it by itself. */
async function removedAndRecreated(path: string): Promise<void> {
  await unlink(path)
  await until(async () => existsSync(path), { deadlineMs: 20_000 })
}
