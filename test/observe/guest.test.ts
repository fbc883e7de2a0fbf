import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { systemCode } from '../../src/errors.ts'
import { observeGuest } from '../../src/observe/guest.ts'
import { absent, present, type Reading, unknown } from '../../src/reading.ts'

const daemonJson = '/run/config/docker/daemon.json'

/** Kernel parameters of this host, and files that are given. */
function guest(files: Readonly<Record<string, Reading<string>>>) {
  const calls: (readonly string[])[] = []
  const guestReadFiles = (paths: readonly string[]): Promise<Reading<string>[]> => {
    calls.push(paths)
    return Promise.all(
      paths.map(
        (path) =>
          files[path] ??
          readFile(path, 'utf8').then(present, (error) =>
            systemCode(error) === 'ENOENT' ? absent : unknown(String(error)),
          ),
      ),
    )
  }
  return { calls, guestReadFiles }
}

test('kernel parameters are read as files, and one that is not there is absent', async () => {
  const here = guest({ [daemonJson]: present('{}') })
  expect(await observeGuest(here, ['kernel.ostype', 'kernel.no_such_thing'])).toEqual({
    state: 'present',
    value: {
      daemonJson: present('{}'),
      sysctl: { 'kernel.ostype': present('Linux\n'), 'kernel.no_such_thing': absent },
    },
  })
})

test('a slash in the name of a parameter is a dot in its path', async () => {
  const here = guest({})
  await observeGuest(here, ['net.ipv4.conf.eth0/7.forwarding'])
  expect(here.calls[0]).toContain('/proc/sys/net/ipv4/conf/eth0.7/forwarding')
})

test('all is asked in one call, and each file has its own answer', async () => {
  const here = guest({ [daemonJson]: unknown('Permission denied'), '/run/config/hostname': present('dev\n') })
  expect(await observeGuest(here, ['kernel.ostype'], ['/run/config/hostname', '/no/such/file'])).toEqual({
    state: 'present',
    value: {
      daemonJson: unknown('Permission denied'),
      sysctl: { 'kernel.ostype': present('Linux\n') },
      files: { '/run/config/hostname': present('dev\n'), '/no/such/file': absent },
    },
  })
  expect(here.calls).toHaveLength(1)
})
