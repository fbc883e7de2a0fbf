import { execFile, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { shareDaemon } from '../../../src/vm/share/virtiofs.ts'

/** In place of virtiofsd: says what it sees of the folder that it is to serve, and whether it can write there. */
const server = `#!/bin/sh
for argument; do case $argument in source=*) source=\${argument#source=} ;; esac; done
cat "$source/note"
cat "$source/below/deep" 2>/dev/null
touch "$source/written" 2>/dev/null && echo wrote || echo 'may not write'
touch "$source/below/written" 2>/dev/null && echo 'wrote below'
ls /var/run
`

const isRoot = process.getuid?.() === 0
const canUnshare =
  spawnSync('unshare', [...(isRoot ? [] : ['--map-root-user']), '--mount', 'true']).status === 0
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const nobodyCan =
  isRoot &&
  spawnSync('setpriv', [...asNobody.slice(1), 'unshare', '--map-root-user', '--mount', 'true']).status === 0

let dir: string
beforeEach(async () => {
  // Where others may go as well.
  dir = await mkdtemp('/tmp/desktop share-')
  await chmod(dir, 0o777)
  await mkdir(join(dir, "it's a folder"), { mode: 0o777 })
  await chmod(join(dir, "it's a folder"), 0o777)
  await writeFile(join(dir, "it's a folder", 'note'), 'a note\n')
  await writeFile(join(dir, 'server'), server)
  await chmod(join(dir, 'server'), 0o755)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function serve(
  writable: boolean,
  how: { isRoot: boolean; before?: readonly string[] },
): Promise<string> {
  const source = join(dir, "it's a folder")
  const options = { virtiofsd: join(dir, 'server'), socket: join(dir, 's'), isRoot: how.isRoot }
  const [program = '', ...args] = [
    ...(how.before ?? []),
    ...shareDaemon({ source, target: '/work', writable, events: true }, options).argv,
  ]
  return (await promisify(execFile)(program, args)).stdout
}

test.runIf(canUnshare)('a folder that is not writable cannot be written to by its server', async () => {
  expect(await serve(false, { isRoot })).toBe('a note\nmay not write\nvirtiofsd\n')
})

test.runIf(canUnshare)('a writable one can', async () => {
  expect(await serve(true, { isRoot })).toBe('a note\nwrote\nvirtiofsd\n')
})

test.runIf(nobodyCan)('who is not root serves folders as well, and read-only ones as read-only', async () => {
  const how = { isRoot: false, before: asNobody }
  expect(await serve(false, how)).toBe('a note\nmay not write\nvirtiofsd\n')
  expect(await serve(true, how)).toBe('a note\nwrote\nvirtiofsd\n')
})

test.runIf(canUnshare && isRoot)('a mount below a read-only folder is read-only with it', async () => {
  const below = join(dir, "it's a folder", 'below')
  await mkdir(below)
  expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', below]).status).toBe(0)
  try {
    await writeFile(join(below, 'deep'), 'deep down\n')
    expect(await serve(false, { isRoot })).toBe('a note\ndeep down\nmay not write\nvirtiofsd\n')
  } finally {
    spawnSync('umount', [below])
  }
})
