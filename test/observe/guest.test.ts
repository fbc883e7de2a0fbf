import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { systemCode } from '../../src/errors/system.ts'
import { absent, type Observation, present, unknown } from '../../src/observation.ts'
import { observeGuest, shareMounts, swapBytes } from '../../src/observe/guest.ts'

const daemonJson = '/run/config/docker/daemon.json'

/** Kernel parameters of this host, and files that are given. */
function guest(files: Readonly<Record<string, Observation<string>>>) {
  const calls: (readonly string[])[] = []
  const guestReadFiles = (paths: readonly string[]): Promise<Observation<string>[]> => {
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
  return { calls, guestReadFiles, guestTime: async () => Date.now() }
}

test('kernel parameters are read as files, and one that is not there is absent', async () => {
  const here = guest({ [daemonJson]: present('{}') })
  expect(await observeGuest(here, { sysctlKeys: ['kernel.ostype', 'kernel.no_such_thing'] })).toMatchObject({
    state: 'present',
    value: {
      daemonJson: present('{}'),
      sysctl: { 'kernel.ostype': present('Linux\n'), 'kernel.no_such_thing': absent },
      trusted: absent,
      swapBytes: present(0),
    },
  })
})

test('a slash in the name of a parameter is a dot in its path', async () => {
  const here = guest({})
  await observeGuest(here, { sysctlKeys: ['net.ipv4.conf.eth0/7.forwarding'] })
  expect(here.calls[0]).toContain('/proc/sys/net/ipv4/conf/eth0.7/forwarding')
})

test('all is asked in one call, and each file has its own answer', async () => {
  const here = guest({ [daemonJson]: unknown('Permission denied'), '/run/config/hostname': present('dev\n') })
  expect(
    await observeGuest(here, {
      sysctlKeys: ['kernel.ostype'],
      filePaths: ['/run/config/hostname', '/no/such/file'],
    }),
  ).toMatchObject({
    state: 'present',
    value: {
      daemonJson: unknown('Permission denied'),
      trusted: absent,
      swapBytes: present(0),
      sysctl: { 'kernel.ostype': present('Linux\n') },
      files: { '/run/config/hostname': present('dev\n'), '/no/such/file': absent },
    },
  })
  expect(here.calls).toHaveLength(1)
})

test('the observed swap size leaves out swap devices other than the file of desktop', () => {
  const head = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'
  expect(swapBytes(head)).toBe(0)
  const lines =
    '/dev/zram0 partition\t1020\t0\t5\n/var/lib/swap/268435456                 file\t\t262140\t\t0\t\t-2\n'
  expect(swapBytes(head + lines)).toBe(256 * 2 ** 20)
})

test('mounts of shares are recognised by their type, with blanks in their names', () => {
  const mounts =
    'data / ext4 rw 0 0\nshare0 /run/shares/share0 virtiofs ro 0 0\nshare0 /work\\040of\\011me virtiofs ro 0 0\n'
  expect(shareMounts(mounts)).toEqual(['/run/shares/share0', '/work of\tme'])
})
