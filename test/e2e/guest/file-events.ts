/** Changes on the host, as containers see them by inotify. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { inside, machine } from '../shared-vm.ts'
import { hasPerl, importPerl, type Watcher, watch } from '../watcher.ts'

/** The long run of the issue: DESKTOP_TEST_EDITS=100000 DESKTOP_TEST_FILES=10000. */
const edits = Number(process.env.DESKTOP_TEST_EDITS ?? 1_000)
const files = Number(process.env.DESKTOP_TEST_FILES ?? 200)
const filesInFolder = 100

const at = (path: string): string => join(machine.dir, path)

export function fileEvents(): void {
  describe.skipIf(!hasPerl)('a change on the host', () => {
    beforeAll(async () => {
      mkdirSync(at('work/src/deep'), { recursive: true })
      writeFileSync(at('work/src/main'), 'old\n')
      writeFileSync(at('work/src/tool'), 'old\n', { mode: 0o755 })
      await importPerl()
    })

    test('reaches a container as an inotify event with the name and the new content', async () => {
      await using watcher = await watch(['/work', '/srv/data'], ['/work/src', '/work/src/deep', '/srv/data'])
      const modified = async (path: string, content: string, write: () => void): Promise<void> => {
        write()
        await watcher.sees(path, 'MODIFY', content)
      }
      await modified('/work/src/main', 'written', () => writeFileSync(at('work/src/main'), 'written\n'))
      await modified('/work/src/new', 'created', () => writeFileSync(at('work/src/new'), 'created\n'))
      // As most editors save. The VM still knows the name as the file before.
      writeFileSync(at('work/src/.main'), 'saved\n')
      await modified('/work/src/main', 'saved', () => renameSync(at('work/src/.main'), at('work/src/main')))
      rmSync(at('work/src/new'))
      await watcher.sees('/work/src/', 'ATTRIB')
      mkdirSync(at('work/src/deep/folder'))
      await watcher.sees('/work/src/deep/folder', 'ATTRIB')
      writeFileSync(at('work/src/tool'), 'new\n')
      await watcher.sees('/work/src/tool', 'ATTRIB', 'new')
      writeFileSync(at('data/fixed'), 'read only\n')
      await watcher.sees('/srv/data/fixed', 'ATTRIB', 'read')
    })

    test('is announced without changing the file, whatever root in the VM asks for', async () => {
      const before = ['work/src/main', 'work/src/deep', 'data/fixed'].map((path) => statSync(at(path)))
      const said = await inside(
        `cd /work/src; truncate -c -s 1152921504606846976 main; chmod 7000 main deep; chmod 7001 main; chmod 7000 /srv/data/fixed; ` +
          'mkdir -p /tmp/rw; mount -t virtiofs share1 /tmp/rw; mount -o remount,rw /tmp/rw; chmod 7000 /tmp/rw/fixed; umount /tmp/rw; cat main',
      )
      expect(said).toBe('saved\n')
      const after = ['work/src/main', 'work/src/deep', 'data/fixed'].map((path) => statSync(at(path)))
      expect(after.map(({ atimeMs: _, ...rest }) => rest)).toEqual(
        before.map(({ atimeMs: _, ...rest }) => rest),
      )
    })

    test('cannot be led by a link in the share to the files of the VM that cause it', async () => {
      const sums = 'stat -c "%n %a %s" "$(readlink -f /bin/sh)" /usr/sbin/file-events'
      const before = await inside(sums)
      // As the host would send it, had a container replaced a file by a link after it was looked at.
      const said = await inside(
        'ln -s /busybox /work/shell; ln -s /events /work/script; trap "rm /work/shell /work/script" EXIT; ' +
          `printf 'share0\\n17 17 17\\n%b%b%b' './shell\\0./script\\0' './shell\\0./script\\0' './shell\\0./script\\0' | /usr/sbin/file-events`,
      )
      expect(said).toBe('ready\ndone\n')
      expect(await inside(sums)).toBe(before)
    })

    randomEdits(edits, files)
  })
}

export function randomEdits(edits: number, files: number): void {
  test(
    `is seen with its last content by a watcher, for each of ${edits} edits of ${files} files`,
    async () => {
      const folders = Array.from({ length: Math.ceil(files / filesInFolder) }, (_, i) => `work/many/${i}`)
      const pathOf = (i: number): string => `${folders[Math.floor(i / filesInFolder)]}/${i}`
      for (const folder of folders) mkdirSync(at(folder), { recursive: true })
      for (let i = 0; i < files; i += 1) if (!existsSync(at(pathOf(i)))) writeFileSync(at(pathOf(i)), '0\n')
      await using watcher = await watch(
        ['/work'],
        folders.map((folder) => `/${folder}`),
      )
      // Reported after all files above.
      writeFileSync(at(`${folders[0]}/marker`), 'x\n')
      const marked = performance.now()
      await watcher.settles(() => watcher.events.some(({ path }) => path === `/${folders[0]}/marker`))
      console.info(`${files} new files: the last event after ${Math.round(performance.now() - marked)} ms`)
      await latency(watcher, (i) => pathOf(Math.floor((i * files) / latencies)))
      watcher.events.length = 0
      const last = new Map<string, string>()
      const began = performance.now()
      for (let edit = 1; edit <= edits; edit += 1) {
        const path = pathOf(Math.floor(Math.random() * files))
        writeFileSync(at(path), `${edit}\n`)
        last.set(`/${path}`, `${edit}`)
        // As a checkout or a build writes: the supervisor runs meanwhile.
        if (edit % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      const ended = performance.now()
      const seen = new Map<string, string>()
      let reported = 0
      const missing = (): [string, string][] => {
        for (const { path, content } of watcher.events.splice(0)) {
          seen.set(path, content)
          reported += 1
        }
        return [...last].filter(([path, content]) => seen.get(path) !== content)
      }
      await watcher.settles(() => missing().length === 0)
      console.info(
        `${edits} edits of ${files} files in ${Math.round(ended - began)} ms: ${reported} events, ` +
          `the last one after another ${Math.round(performance.now() - ended)} ms`,
      )
      expect(missing()).toEqual([])
    },
    180_000 + edits + 100 * files,
  )
}

const latencies = 15

/** From the write to the line on this host, for edits of one file at a time. */
async function latency(watcher: Watcher, pathOf: (i: number) => string): Promise<void> {
  const took: number[] = []
  for (let i = 0; i < latencies; i += 1) {
    const path = pathOf(i)
    const began = performance.now()
    writeFileSync(at(path), `single-${i}\n`)
    took.push((await watcher.sees(`/${path}`, 'MODIFY', `single-${i}`)).at - began)
  }
  took.sort((a, b) => a - b)
  console.info(`one edit: ${took.map(Math.round).join(' ')} ms`)
}
