import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { expect, test } from 'vitest'
import bundles from '../../../rolldown.config.ts'
import { type LandlockPlace, landlockAbi } from '../../../src/host/landlock.ts'

test.runIf(landlockAbi() > 0)('the launcher of a release confines what it starts', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'launcher-'))
  try {
    const bundle = bundles.find(({ input }) => 'landlock' in input)
    await build({ ...bundle, output: { ...bundle?.output, dir }, logLevel: 'silent' })
    await writeFile(join(dir, 'secret'), 'secret')
    await writeFile(join(dir, 'image'), 'image')
    const system = ['/usr', '/bin', '/lib', '/lib64'].map((path) => ({ path, kind: 'directory' }) as const)
    const image = { path: join(dir, 'image'), kind: 'file' } as const
    const places: LandlockPlace[] = [...system, image].map((place) => ({ ...place, writable: false }))
    const script = 'cat image; cat secret || echo " only"; (: <&4) || echo "one descriptor"'
    const run = (descriptors: string, memory: 'ignore' | undefined): string[] => {
      const argv = [join(dir, 'landlock.js'), JSON.stringify(places), descriptors, '/bin/sh', '-c', script]
      const stdio = ['ignore', 'pipe', 'ignore', 'pipe', ...(memory === undefined ? [] : [memory])] as const
      const { stdout, output } = spawnSync(process.execPath, argv, { cwd: dir, stdio: [...stdio] })
      return [String(stdout), String(output[3])]
    }
    // Descriptor 4 is then one of Node's own.
    expect(run('[]', undefined)).toEqual(['image only\none descriptor\n', 'ready\n'])
    expect(run('[4]', 'ignore')).toEqual(['image only\n', 'ready\n'])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
