/** Sources of shares that cannot be shared. */
import { expect, test } from 'vitest'
import type { ObservedHost } from '../../src/observe/observed.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { changed } from '../support/reconcile/plans.ts'
import { bareHost } from '../support/reconcile/reality.ts'
import { targetOf } from '../support/reconcile/world.ts'

test.each<[source: string, found: ObservedHost['shares'][string], message: string, hint: string]>([
  ['/srv/a.conf', 'file', '/srv/a.conf is a file', 'share its parent folder'],
  ['/srv/none', 'nothing', '/srv/none does not exist', 'mkdir -p /srv/none, or remove the share'],
  ['/srv/my data', 'nothing', '/srv/my data does not exist', "mkdir -p '/srv/my data', or remove the share"],
  ["/srv/it's", 'nothing', "/srv/it's does not exist", "mkdir -p '/srv/it'\\''s', or remove the share"],
  ['/srv/own', 'unreadable', '/srv/own is not readable by this user', 'change its permissions'],
])('a source that cannot be shared is an error with its remedy: %s, %s', (source, found, message, hint) => {
  const desired = changed({ shares: [{ source, target: '/work', writable: true, events: true }] })
  const host = { ...bareHost.host, shares: { [source]: found } }
  const { notes } = reconcile(targetOf(desired), { ...bareHost, host })
  expect(notes).toContainEqual(
    expect.objectContaining({ level: 'error', about: 'shares[0].source', message, hint }),
  )
})
