/** Another host: a network namespace with an sshd and a user, linked to this one. Needs root. */
import { existsSync } from 'node:fs'
import { appendFile, chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { cachePaths } from '../../src/host/paths.ts'
import { type RunResult, run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { ok } from './environment.ts'

export interface OtherHost extends AsyncDisposable {
  /** Value of `hosts.NAME.ssh`. */
  target: string
  /** Configuration of `ssh`. */
  config: string
  /** Folder with a program `ssh` that knows the host, for PATH. */
  bin: string
  home: string
  /** Runs a program there as its user. */
  run(...argv: [string, ...string[]]): Promise<RunResult>
  /** Connects or cuts the link between both hosts. */
  link(state: 'up' | 'down'): Promise<void>
  /** Replaces sshd; existing connections stay. @param more lines of its configuration */
  sshd(...more: string[]): Promise<void>
}

interface Options {
  /** Whether the host has the guest image of this one, for which it would need the internet. */
  images?: boolean
  /** A first host, whose `ssh` is to know this one too. */
  beside?: OtherHost
}

export async function otherHost({ images = false, beside }: Options = {}): Promise<OtherHost> {
  const [target, number] = beside === undefined ? ['builder', 0] : ['big', 1]
  const [namespace, here, there] = [`desktop-e2e${number}`, `dte2e${number}a`, `dte2e${number}b`]
  const [ownAddress, address] = [`10.213.77.${4 * number + 1}`, `10.213.77.${4 * number + 2}`]
  // Not in the run's temporary directory, which only this user may enter.
  const dir = await mkdtemp('/tmp/dh-')
  await chmod(dir, 0o755)
  const home = join(dir, 'home')
  const user = `dte2e${process.pid}${target}`
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rm(dir, { recursive: true, force: true }))
  const does = async (...argv: [string, ...string[]]): Promise<void> => void (await ok(run(argv)))
  const inside = (...argv: string[]): Promise<void> => does('ip', 'netns', 'exec', namespace, ...argv)

  await does('useradd', '--no-create-home', '--home-dir', home, '--shell', '/bin/sh', '--password', '*', user)
  // The sshd of a connection that was cut never ends.
  undo.defer(async () => {
    await run(['pkill', '-KILL', '-u', user])
    await until(async () => (await run(['userdel', user])).code === 0, {
      deadlineMs: 20_000,
      intervalMs: 100,
    })
  })
  await does('ip', 'netns', 'add', namespace)
  undo.defer(() => does('ip', 'netns', 'del', namespace))
  await does('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', namespace)
  undo.defer(async () => void (await run(['ip', 'link', 'del', here])))
  await does('ip', 'address', 'add', `${ownAddress}/30`, 'dev', here)
  await does('ip', 'link', 'set', here, 'up')
  await inside('ip', 'address', 'add', `${address}/30`, 'dev', there)
  for (const name of [there, 'lo']) await inside('ip', 'link', 'set', name, 'up')

  // Node is not downloaded there: it has no way to the internet.
  const cache = join(home, '.cache', 'desktop')
  await mkdir(cache, { recursive: true })
  const node = join(dir, 'node')
  await copyFile(process.execPath, node)
  await writeFile(join(cache, 'node'), `${node}\n`)
  const { imagesDir, renderedDir, aptDir } = cachePaths()
  for (const from of images ? [imagesDir, renderedDir, aptDir] : [])
    await cp(from, join(cache, basename(from)), { recursive: true })
  await does('chown', '-R', user, home)

  for (const key of ['host', 'user'])
    await does('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(dir, key))
  await copyFile(join(dir, 'user.pub'), join(dir, 'authorized'))
  await mkdir('/run/sshd', { recursive: true })
  const settings = [
    `ListenAddress ${address}`,
    `HostKey ${dir}/host`,
    `AuthorizedKeysFile ${dir}/authorized`,
    `PidFile ${dir}/sshd.pid`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    // One boot is faster than the boot and the snapshot.
    'SetEnv DESKTOP_GOLDEN=off',
  ]
  const start = async (...more: string[]): Promise<void> => {
    await writeFile(join(dir, 'sshd_config'), `${[...settings, ...more].join('\n')}\n`)
    await inside('/usr/sbin/sshd', '-f', join(dir, 'sshd_config'), '-E', join(dir, 'sshd.log'))
  }
  const stop = async (): Promise<void> => {
    const pid = Number(await readFile(join(dir, 'sshd.pid'), 'utf8'))
    process.kill(pid)
    await until(async () => !existsSync(`/proc/${pid}`), { deadlineMs: 20_000 })
  }
  await start()
  undo.defer(stop)
  const config = beside?.config ?? join(dir, 'ssh_config')
  const host = `Host ${target}\n  HostName ${address}\n  User ${user}\n  IdentityFile ${dir}/user\n  UserKnownHostsFile ${dir}/known\n  StrictHostKeyChecking accept-new\n`
  await appendFile(config, host)
  const bin = join(dir, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`, { mode: 0o755 })

  const kept = undo.move()
  return {
    ...{ target, config },
    bin,
    home,
    run: (...argv) =>
      run(['ip', 'netns', 'exec', namespace, 'setpriv', `--reuid=${user}`, '--clear-groups', ...argv], {
        cwd: dir,
        env: { HOME: home, XDG_RUNTIME_DIR: '', PATH: `${home}/.local/bin:${process.env.PATH}` },
      }),
    sshd: async (...more) => {
      await stop()
      await start(...more)
      const login = ['-S', 'none', target, 'true'] as const
      await until(async () => (await run([join(bin, 'ssh'), ...login])).code === 0, { deadlineMs: 20_000 })
    },
    link: (state) => does('ip', 'link', 'set', here, state),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
