/** The host's resolver list follows changes of its file. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hostResolvers, hostSearch } from '../../../../src/net/host/gateway/host-resolvers.ts'
import { parseResolvConf, searchDomains } from '../../../../src/net/services/dns/resolv-conf.ts'

describe('the host resolver list', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'resolv-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  test('is reloaded when the file, or the target of its symlink, is replaced', async () => {
    const local = [{ address: '127.0.0.1', port: 53 }]
    const link = join(dir, 'resolv.conf')
    const write = (name: string, text: string) => writeFile(join(dir, name), text)
    await write('one', 'nameserver 10.0.0.1\n')
    await symlink('one', link)
    const resolvers = hostResolvers(link)
    const first = resolvers()
    expect(first).toEqual([{ address: '10.0.0.1', port: 53 }])
    expect(resolvers()).toBe(first)
    await write('one', 'nameserver 127.0.0.53\nnameserver fe80::1%eth0\n')
    expect(resolvers()).toEqual([
      { address: '127.0.0.53', port: 53 },
      { address: 'fe80::1%eth0', port: 53 },
    ])
    await rm(link)
    expect(resolvers()).toEqual(local)
    await symlink('resolv.conf', link)
    expect(resolvers()).toEqual(local)
    await rm(link)
    await symlink('one', link)
    expect(resolvers()).toHaveLength(2)
    await rm(link)
    await promisify(execFile)('mkfifo', [link])
    expect(resolvers()).toEqual(local)
  })

  test('is the host itself if the file has no nameserver', async () => {
    const path = join(dir, 'resolv.conf')
    await writeFile(path, '# none\nsearch office.example\n')
    expect(hostResolvers(path)()).toEqual([{ address: '127.0.0.1', port: 53 }])
  })

  test('is a new list after the host was suspended, so that cached knowledge is dropped', async () => {
    const path = join(dir, 'resolv.conf')
    await writeFile(path, 'nameserver 10.0.0.1\n')
    let slept = 3
    const resolvers = hostResolvers(path, () => slept)
    const first = resolvers()
    slept += 1
    expect(resolvers()).toBe(first)
    slept += 60
    const second = resolvers()
    expect(second).not.toBe(first)
    expect(second).toEqual(first)
    expect(resolvers()).toBe(second)
  })

  test('is a new list after the file was rewritten with the same servers, as for another network', async () => {
    const path = join(dir, 'resolv.conf')
    await writeFile(path, 'nameserver 127.0.0.53\nsearch office.example\n')
    const resolvers = hostResolvers(path)
    const first = resolvers()
    await writeFile(path, 'nameserver 127.0.0.53\nsearch home.example\n')
    expect(resolvers()).not.toBe(first)
    expect(resolvers()).toEqual(first)
  })

  test('"system" in a search list means the current search list of the host', async () => {
    const path = join(dir, 'resolv.conf')
    await writeFile(path, 'search office.example lab.example.\n')
    const ofHost = hostSearch(path)
    const given = ['first.test', 'system', 'office.example']
    expect(searchDomains(given, ofHost)).toEqual(['first.test', 'office.example', 'lab.example'])
    await writeFile(path, `domain home.example\n`)
    expect(searchDomains(given, ofHost)).toEqual(['first.test', 'home.example', 'office.example'])
    await writeFile(path, `search . ${'x'.repeat(64)}.example\n`)
    expect(searchDomains(['system'], ofHost)).toEqual([])
  })

  test('is the same list until the file changes, without a suspend', () => {
    const resolvers = hostResolvers()
    expect(resolvers()).toBe(resolvers())
  })

  test.each([
    ['# nameserver 1.1.1.1\n', [], []],
    ['nameserver 1.1.1.1 # main\n;x\nnameserver  ::1\r\n', ['1.1.1.1', '::1'], []],
    [
      'domain a.example\nsearch b.example c.example\noptions ndots:5\nnameserver nonsense',
      [],
      ['b.example', 'c.example'],
    ],
    ['', [], []],
  ])('resolv.conf: %j', (text, servers, search) => {
    const conf = parseResolvConf(text)
    expect(conf.servers.map(({ address }) => address)).toEqual(servers)
    expect(conf.search).toEqual(search)
  })
})
