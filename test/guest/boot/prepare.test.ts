import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { prepareScript, unsupported } from '../../../src/guest/boot/prepare.ts'

const writable = {
  cgroups: [],
  mounts: [
    { destination: '/containers/services/n/tmp', type: 'tmpfs', source: 'tmpfs' },
    { destination: '/containers/services/n/tmp', options: ['remount', 'private'] },
    {
      destination: '/containers/services/n/rootfs',
      type: 'overlay',
      source: 'overlay',
      options: [
        'lowerdir=/l',
        'upperdir=/containers/services/n/tmp/upper',
        'workdir=/containers/services/n/tmp/work',
      ],
    },
  ],
  mkdir: [],
  interfaces: [],
  bindNS: { net: '' },
  namespace: '',
}

test('a writable root becomes a tmpfs and an overlay whose directories are made first', () => {
  expect(prepareScript(writable)?.trim().split(' &&\n')).toEqual([
    "mkdir -p '/containers/services/n/tmp'",
    "mount -t 'tmpfs' 'tmpfs' '/containers/services/n/tmp'",
    "mkdir -p '/containers/services/n/tmp'",
    "mount --make-private '/containers/services/n/tmp'",
    "mkdir -p '/containers/services/n/rootfs' '/containers/services/n/tmp/upper' '/containers/services/n/tmp/work'",
    "mount -t 'overlay' -o 'lowerdir=/l,upperdir=/containers/services/n/tmp/upper,workdir=/containers/services/n/tmp/work' 'overlay' '/containers/services/n/rootfs'",
  ])
})

test('a bundle with nothing to prepare has no script', () => {
  expect(prepareScript({ mounts: [], mkdir: null })).toBeUndefined()
})

test('directories and cgroups come after the mounts, and hostile names stay names', () => {
  const script = prepareScript({ mkdir: ["/a b'; touch /pwned; '"], cgroups: ['x'] }) ?? ''
  const shown = spawnSync('sh', [], { input: `mkdir() { printf '[%s]' "$@"; }\n${script}` }).stdout.toString()
  expect(shown).toBe("[-p][/a b'; touch /pwned; '][-p][/sys/fs/cgroup/x]")
})

test('the first line that fails ends a script that is sourced, and not the shell', () => {
  const script = prepareScript({ mkdir: ['/a', '/b'] }) ?? ''
  const input = `mkdir() { echo "$2"; false; }\nprepare() {\n${script}}\nprepare && echo done; echo goes on`
  expect(spawnSync('sh', [], { input }).stdout.toString()).toBe('/a\ngoes on\n')
})

test('what init cannot do is named', () => {
  expect(unsupported({ interfaces: [{ name: 'eth1' }], bindNS: { net: '/run/netns/x', pid: '' } })).toEqual([
    'runtime.interfaces',
    'runtime.bindNS.net',
  ])
  expect(unsupported(writable)).toEqual([])
})
