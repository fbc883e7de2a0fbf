/** Which hosts have machines of a file, as their names and ssh targets change. */
import { expect, test } from 'vitest'
import { keptAt, knownPlaces } from '../../../src/apply/cluster/known-places.ts'
import type { KnownHost } from '../../../src/apply/environment/known-hosts.ts'
import type { MachineHost } from '../../../src/config/desired.ts'

const owner = 'laptop/0123456789abcdef:/p'
const target = (host: string, user?: string) => ({ host, ...(user === undefined ? {} : { user }) })
const known = (name: string, ssh: MachineHost['ssh'], ...ids: string[]): KnownHost => ({
  format: 'desktop-known-host/1',
  name,
  ssh,
  places: {},
  files: ids.map((hostId) => ({ cluster: 'lab', owner, file: '/p/desktop.yaml', hostId })),
})
const places = (hosts: readonly MachineHost[], ...all: KnownHost[]): unknown => placesNow(hosts, [], ...all)
const placesNow = (
  hosts: readonly MachineHost[],
  reached: readonly [string, string][],
  ...all: KnownHost[]
): unknown =>
  knownPlaces(all, { cluster: 'lab', owners: [owner], hosts, reached: new Map(reached) }).map(
    ({ hostId, name, names }) => ({
      hostId,
      name,
      names,
    }),
  )

test('a target that changes to another host leaves the earlier host, which has no machine of the file', () => {
  const file = [{ name: 'builder', ssh: target('new', 'me') }]
  expect(
    places(file, known('builder', target('old', 'me'), 'x'), known('builder', target('new', 'me'), 'y')),
  ).toEqual([
    { hostId: 'x', name: 'builder (me@old)', names: [] },
    { hostId: 'y', name: 'builder', names: ['builder'] },
  ])
})

test('a host with another name and target in the file is the same host', () => {
  const file = [{ name: 'big', ssh: target('builder', 'me') }]
  const all = [known('builder', target('builder'), 'x'), known('big', target('builder', 'me'), 'x')]
  expect(places(file, ...all)).toEqual([{ hostId: 'x', name: 'big', names: ['big'] }])
  expect(places(file, ...all.toReversed())).toEqual([{ hostId: 'x', name: 'big', names: ['big'] }])
})

test('a host that is reached by a new target is known by its id, before anything was applied through it', () => {
  const file = [{ name: 'big', ssh: target('builder', 'me') }]
  const before = known('builder', target('builder'), 'x')
  expect(placesNow(file, [['big', 'x']], before)).toEqual([{ hostId: 'x', name: 'big', names: ['big'] }])
  expect(placesNow(file, [['big', 'y']], before)).toEqual([
    { hostId: 'x', name: 'builder (builder)', names: [] },
  ])
})

test('the host that a target reached before is not forgotten', () => {
  const file = [{ name: 'builder', ssh: target('builder') }]
  expect(places(file, known('builder', target('builder'), 'x', 'y'))).toMatchObject([
    { hostId: 'x' },
    { hostId: 'y' },
  ])
})

test('hosts of other files are not listed', () => {
  const other = known('builder', target('builder'), 'x')
  const files = [
    { ...other.files[0]!, owner: 'laptop/fedcba9876543210:/p' },
    { ...other.files[0]!, owner: 'laptop/0123456789abcdef:/q' },
    { ...other.files[0]!, cluster: 'lab.x' },
  ]
  expect(places([], { ...other, files })).toEqual([])
})

test('machines of the file are kept on the host with any of its names', () => {
  const at = (name?: string) => (name === undefined ? {} : { host: { name, ssh: target('a') } })
  expect(keptAt({ names: ['big'] }, [at(), at('big'), at('other')])).toEqual([at('big')])
})
