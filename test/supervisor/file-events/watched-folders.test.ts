import { expect, test } from 'vitest'
import { subtree } from '../../../src/supervisor/file-events/folder.ts'
import { WatchedFolders } from '../../../src/supervisor/file-events/watched-folders.ts'

test('at most the given number of folders is known, and a forgotten one makes room with all below it', () => {
  const folders = new WatchedFolders(undefined, 3)
  const first = folders.child(folders.root, 'a')
  expect(first).toBeDefined()
  if (first === undefined) return
  const second = folders.child(first, 'b')
  expect(folders.child(first, 'b')).toBe(second)
  expect(folders.child(folders.root, 'c')).toBeUndefined()
  folders.forget(first)
  expect([first, second].some((folder) => folder !== undefined && folders.contains(folder))).toBe(false)
  expect(folders.child(folders.root, 'c')).toBeDefined()
  expect(folders.child(folders.root, 'd')).toBeDefined()
  expect(folders.child(folders.root, 'e')).toBeUndefined()
})

test('folders of any depth are forgotten at once', () => {
  const depth = 50_000
  const folders = new WatchedFolders(undefined, depth + 1)
  let last = folders.root
  for (let i = 0; i < depth; i += 1) last = folders.child(last, 'd') ?? last
  expect([...subtree(folders.root)]).toHaveLength(depth + 1)
  const top = folders.root.children.get('d')
  if (top !== undefined) folders.forget(top)
  expect(folders.contains(last)).toBe(false)
})
