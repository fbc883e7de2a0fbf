import { execFile, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { savesOpenFiles, shareDaemon } from '../../../src/vm/share/virtiofs.ts'

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
  how: { isRoot: boolean; before?: readonly string[]; savesOpenFiles?: boolean },
): Promise<string> {
  const source = join(dir, "it's a folder")
  const { isRoot, savesOpenFiles = false } = how
  const virtiofsd = { command: [join(dir, 'server')] as [string], savesOpenFiles }
  const options = { virtiofsd, socket: join(dir, 's'), isRoot }
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

test.runIf(canUnshare)(
  'programs below /var are kept visible for a server that writes nothing there',
  async () => {
    expect(await serve(true, { isRoot, savesOpenFiles: true })).not.toContain('virtiofsd\n')
  },
)

test('a server is asked for the state of open files exactly if it can save it', () => {
  const argvOf = (saves: boolean): string => {
    const virtiofsd = { command: ['/virtiofsd'] as [string], savesOpenFiles: saves }
    const share = { source: '/src', target: '/src', writable: true, events: true }
    return shareDaemon(share, { virtiofsd, socket: '/s', isRoot: true }).argv.join(' ')
  }
  expect(argvOf(true)).toContain('--migration-verify-handles --migration-on-error=guest-error')
  expect(argvOf(false)).not.toContain('--migration')
})

test.each([
  ['virtiofsd 1.13', `echo '{ "type": "fs", "features": ["migrate-precopy", "separate-options"] }'`, true],
  ['virtiofsd of QEMU 7.2', `echo '{ "type": "fs" }'`, false],
  ['one that fails', `echo '{ "features": ["migrate-precopy"] }'; exit 1`, false],
  ['one that knows no such option', 'echo usage', false],
])('%s reports whether it can save which files are open', async (_name, line, saves) => {
  await writeFile(join(dir, 'server'), `#!/bin/sh\n${line}\n`)
  expect(await savesOpenFiles([join(dir, 'server')])).toBe(saves)
})
