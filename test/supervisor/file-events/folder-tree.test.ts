import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { FolderTree } from '../../../src/supervisor/file-events/folder-tree.ts'

describe.runIf(process.platform === 'linux')('the watched folders of a share', () => {
  let dir: string
  let root: FileHandle
  let tree: FolderTree
  const changed = new Set<string>()
  const at = (path: string): string => join(dir, 'share', path)
  const reports = (...paths: string[]): Promise<boolean> =>
    until(async () => paths.every((path) => changed.has(path)), { deadlineMs: 20_000, intervalMs: 5 })

  async function watchTree(folders: number, most = 1_000): Promise<void> {
    changed.clear()
    tree = new FolderTree({ root, most, onChange: (path) => changed.add(path) })
    await until(async () => tree.folders === folders, { deadlineMs: 20_000, intervalMs: 5 })
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tree-'))
    for (const folder of ['share/a/b', 'share/c', 'outside/deep'])
      mkdirSync(join(dir, folder), { recursive: true })
    root = await open(at('.'))
  })
  afterEach(async () => {
    tree?.[Symbol.dispose]()
    await tree?.idle
    await root.close()
    await rm(dir, { recursive: true, force: true })
  })

  test('report files that are written, created and deleted at any depth, and nothing else', async () => {
    writeFileSync(at('a/b/old'), '')
    await watchTree(4)
    writeFileSync(at('a/b/old'), 'x')
    writeFileSync(at('c/new'), '')
    await reports('./a/b/old', './c/new')
    rmSync(at('a/b/old'))
    changed.clear()
    await reports('./a/b/old')
    expect([...changed]).toEqual(['./a/b/old'])
  })

  test('include new folders, with files that were created before their folder was watched', async () => {
    await watchTree(4)
    mkdirSync(at('n/deep/er'), { recursive: true })
    writeFileSync(at('n/deep/er/first'), '')
    await reports('./n', './n/deep', './n/deep/er', './n/deep/er/first')
    await until(async () => tree.folders === 7, { deadlineMs: 20_000 })
    changed.clear()
    writeFileSync(at('n/deep/er/second'), '')
    await reports('./n/deep/er/second')
  })

  test('keep their paths right when a folder is renamed, moved out and moved in', async () => {
    await watchTree(4)
    renameSync(at('a'), at('c/moved'))
    await reports('./a', './c/moved/b')
    await until(async () => tree.folders === 4, { deadlineMs: 20_000 })
    changed.clear()
    writeFileSync(at('c/moved/b/file'), '')
    await reports('./c/moved/b/file')
    renameSync(at('c/moved'), join(dir, 'outside/moved'))
    await until(async () => tree.folders === 2, { deadlineMs: 20_000 })
    renameSync(join(dir, 'outside/moved'), at('back'))
    await reports('./back/b/file')
  })

  test('do not include what a symbolic link leads to', async () => {
    await watchTree(4)
    symlinkSync(join(dir, 'outside'), at('link'))
    await reports('./link')
    renameSync(at('a/b'), at('a/gone'))
    symlinkSync(join(dir, 'outside/deep'), at('a/b'))
    await reports('./a/b', './a/gone')
    await until(async () => tree.folders === 4, { deadlineMs: 20_000 })
    changed.clear()
    writeFileSync(join(dir, 'outside/deep/secret'), '')
    writeFileSync(at('c/seen'), '')
    await reports('./c/seen')
    expect([...changed]).toEqual(['./c/seen'])
  })

  test('stay those of the folder that was opened when a link takes its place', async () => {
    renameSync(at('.'), join(dir, 'moved'))
    symlinkSync(join(dir, 'outside'), at('.').slice(0, -1))
    await watchTree(4)
    writeFileSync(join(dir, 'outside/deep/secret'), '')
    writeFileSync(join(dir, 'moved/a/b/seen'), '')
    await reports('./a/b/seen')
    expect([...changed]).toEqual(['./a/b/seen'])
  })

  test('report every file even if the queue of the kernel overflows', async () => {
    await watchTree(4)
    // In one turn of the event loop, in which nothing is read: more than max_queued_events.
    writeFileSync(at('c/0'), '')
    for (let i = 0; i < 10_000; i += 1) renameSync(at(`c/${i}`), at(`c/${i + 1}`))
    const count = 300
    for (let i = 0; i < count; i += 1) writeFileSync(at(`a/b/${i}`), '')
    mkdirSync(at('late'))
    writeFileSync(at('late/file'), '')
    await reports('./late/file', ...Array.from({ length: count }, (_, i) => `./a/b/${i}`))
  })

  test('are read at most a fifth of the time when a large folder is renamed repeatedly', async () => {
    const names = Array.from({ length: 300 }, (_, i) => String(i))
    for (const name of names) mkdirSync(at(`a/b/${name}/in`), { recursive: true })
    const times = new Map<string, number>()
    const onChange = (path: string): unknown => times.set(path, performance.now())
    tree = new FolderTree({ root, most: 1_000, onChange })
    await until(async () => tree.folders === 4 + 2 * names.length, { deadlineMs: 20_000, intervalMs: 5 })
    /** Times of the first and last report about what is in the renamed folder. */
    const rename = async (from: string, to: string): Promise<[first: number, last: number]> => {
      times.clear()
      renameSync(at(from), at(to))
      const paths = names.map((name) => `./${to}/b/${name}/in`)
      await until(async () => paths.every((path) => times.has(path)), { deadlineMs: 20_000, intervalMs: 1 })
      const reported = paths.map((path) => times.get(path) ?? 0)
      return [Math.min(...reported), Math.max(...reported)]
    }
    const [began, ended] = await rename('a', 'z')
    const [next] = await rename('z', 'a')
    // Timers may be early by a millisecond.
    expect(next - ended).toBeGreaterThan(4 * (ended - began) - 2)
  })

  test('report files that changed before the clock was set back, if the queue overflows afterwards', async () => {
    const hourMs = 3_600_000
    const { now } = Date
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + hourMs)
    await watchTree(4)
    await tree.idle
    clock.mockRestore()
    writeFileSync(at('c/0'), '')
    for (let i = 0; i < 10_000; i += 1) renameSync(at(`c/${i}`), at(`c/${i + 1}`))
    writeFileSync(at('a/b/lost'), '')
    await reports('./a/b/lost')
  })

  test('are bounded in number, and the problem names the settings to change', async () => {
    await watchTree(2, 2)
    await until(async () => tree.problem !== undefined, { deadlineMs: 20_000 })
    expect(tree.problem).toMatch(/only 2 folders are watched; .*max_user_watches.*events: false/)
    writeFileSync(at('seen'), '')
    await reports('./seen')
    await sleep(0)
    expect(tree.folders).toBe(2)
  })

  test('include folders that were left out as soon as there is room', async () => {
    await watchTree(2, 2)
    await until(async () => tree.problem !== undefined, { deadlineMs: 20_000 })
    rmSync(at('a'), { recursive: true })
    await until(async () => tree.problem === undefined && tree.folders === 2, { deadlineMs: 20_000 })
    changed.clear()
    writeFileSync(at('c/new'), '')
    await reports('./c/new')
  })

  test('do not include folders whose path is too long for a system call', async () => {
    const name = 'd'.repeat(250)
    let folder = openSync(at('c'), 'r')
    for (let depth = 0; depth < 20; depth += 1) {
      mkdirSync(`/proc/self/fd/${folder}/${name}`)
      const next = openSync(`/proc/self/fd/${folder}/${name}`, 'r')
      closeSync(folder)
      folder = next
    }
    await watchTree(4 + Math.floor((4_095 - './c'.length) / (1 + name.length)))
    const { folders } = tree
    mkdirSync(`/proc/self/fd/${folder}/${name}`)
    closeSync(folder)
    writeFileSync(at('c/seen'), '')
    await reports('./c/seen')
    await tree.idle
    expect(tree.folders).toBe(folders)
    expect([...changed]).toEqual(['./c/seen'])
    // A path of this length can only be removed from the inside.
    spawnSync('rm', ['-rf', at('c')])
  })
})
