/** The guest's script that causes file events, run by this host's busybox on a tmpfs, where no filter answers its calls. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventCalls } from '../../src/host/event-calls.ts'
import { packageRoot } from '../../src/host/paths.ts'
import { encodeTriggers } from '../../src/supervisor/file-events/triggers.ts'

const script = join(packageRoot(), 'templates/guest/init/usr/sbin/file-events')

const isolated = ['--user', '--map-root-user', '--mount'] as const
const hasBusybox =
  process.platform === 'linux' &&
  spawnSync('busybox', ['true']).status === 0 &&
  spawnSync('unshare', [...isolated, 'true']).status === 0

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'file-events-'))
  for (const folder of ['share', 'usr', 'lib', 'lib64']) mkdirSync(join(root, folder))
  for (const file of ['busybox', 'events']) writeFileSync(join(root, file), '')
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** Creates the files, serves the requests on standard input, then prints mode, size and name of each file. */
const serve = `
cd "$1"
mount -t tmpfs tmpfs share
(cd share && xargs -0 -a ../files touch -- && xargs -0 -a ../files chmod 600 --)
mount --bind "$(command -v busybox)" busybox
mount --bind "$2" events
for folder in usr lib lib64; do [ ! -e /$folder ] || mount --rbind "/$folder" "$folder"; done
chroot . /busybox sh /events inside 3>/dev/null
cd share
find . -type f -print0 | xargs -0 stat --printf '%a %s %n\\0'
`

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

test.runIf(hasBusybox)(
  'all paths of a request are triggered before its one answer, whatever their names, and though some are gone',
  () => {
    const names = ['./-rf', './two\nlines', './a b', "./it's", './$(reboot)', './\xff\x81', latin1('./é')]
    const many = (kind: string) => [...names, ...Array.from({ length: 200 }, (_, i) => `./${kind}${i}`)]
    const [lookUp, content, attributes] = ['look', 'content', 'mode'].map((kind) =>
      many(kind).map((name) => name.replace('./', `./${kind}-`)),
    ) as [string[], string[], string[]]
    const withGone = (paths: string[]) =>
      paths.flatMap((path, i) => (i % 9 === 0 ? ['./gone', path] : [path]))
    writeFileSync(join(root, 'files'), [...lookUp, ...content, ...attributes].join('\0'), 'latin1')
    const request = encodeTriggers({
      lookUp: withGone(lookUp),
      content: withGone(content),
      attributes: withGone(attributes),
    })
    const { stdout, stderr } = spawnSync('unshare', [...isolated, 'sh', '-ec', serve, 'sh', root, script], {
      input: request,
      encoding: 'latin1',
    })
    expect(stderr).toBe('')
    const answers = 'ready\ndone\n'
    expect(stdout.slice(0, answers.length)).toBe(answers)
    const became = stdout.slice(answers.length).split('\0').slice(0, -1)
    const { attributesMode, contentLength, lookUpMode } = eventCalls
    const expected = [
      ...lookUp.map((path) => `${lookUpMode.toString(8)} 0 ${path}`),
      ...content.map((path) => `600 ${contentLength} ${path}`),
      ...attributes.map((path) => `${attributesMode.toString(8)} 0 ${path}`),
    ]
    expect(became.sort()).toEqual(expected.sort())
  },
)
