/** The whole way from edits on the host to requests to the guest. DESKTOP_TEST_EDITS=100000 DESKTOP_TEST_FILES=10000: the long run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { ShareWatcher } from '../../../src/supervisor/file-events/share-watcher.ts'

const edits = Number(process.env.DESKTOP_TEST_EDITS ?? 2_000)
const files = Number(process.env.DESKTOP_TEST_FILES ?? 200)
const filesInFolder = 100

/** Plays the guest: passes the paths of each request's content list to `onContent`, and answers. */
function playGuest(stream: Duplex, onContent: (path: string) => void): void {
  let bytes = ''
  let isNamed = false
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.toString('latin1')
    for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n')) {
      const [lookUp = 0, content = 0, attributes = 0] = isNamed
        ? bytes.slice(0, end).split(' ').map(Number)
        : []
      const body = end + 1
      if (bytes.length < body + lookUp + content + attributes) return
      const paths = bytes.slice(body + lookUp, body + lookUp + content).split('\0')
      for (const path of paths) if (path !== '') onContent(path)
      bytes = bytes.slice(body + lookUp + content + attributes)
      isNamed = true
      stream.write('done\n')
    }
  })
}

test.runIf(process.platform === 'linux')(
  `each of ${edits} random edits of ${files} files is followed by an event of its file`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'edits-'))
    const pathOf = (i: number): string => `./${Math.floor(i / filesInFolder)}/${i}`
    for (let i = 0; i < files; i += 1) {
      if (i % filesInFolder === 0) mkdirSync(join(dir, `${i / filesInFolder}`))
      writeFileSync(join(dir, pathOf(i)), '0')
    }
    const seen = new Map<string, string>()
    const watcher = new ShareWatcher({
      tag: 'share0',
      root: await open(dir),
      writable: true,
      most: 1_000,
      dial: async () => {
        const [host, guest] = duplexPair()
        playGuest(guest, (path) => seen.set(path, readFileSync(join(dir, path), 'utf8')))
        return host
      },
    })
    try {
      const folders = Math.ceil(files / filesInFolder) + 1
      await until(async () => watcher.state.folders === folders, { deadlineMs: 60_000 })
      const last = new Map<string, string>()
      for (let edit = 1; edit <= edits; edit += 1) {
        const path = pathOf(Math.floor(Math.random() * files))
        writeFileSync(join(dir, path), `${edit}`)
        last.set(path, `${edit}`)
        // Bursts of different lengths; the longest overflow the kernel's queue.
        if (Math.random() < 0.001) await new Promise((resolve) => setImmediate(resolve))
      }
      const missing = () => [...last].filter(([path, content]) => seen.get(path) !== content)
      await until(async () => missing().length === 0, { deadlineMs: 90_000 }).catch(() => {})
      expect(missing()).toEqual([])
    } finally {
      await watcher[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    }
  },
)
