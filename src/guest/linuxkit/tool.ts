/** The `linuxkit` program as a second assembler: same inputs and output, but upstream's code. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { type RunResult, run } from '../../host/run.ts'
import { bytesOf, type Content, type Entry } from '../archive/entry.ts'
import { fileSource } from '../archive/file-source.ts'
import { readTar } from '../archive/tar-read.ts'
import { hostPlatform } from '../oci/manifests.ts'
import { type AssembleInputs, imageNames } from './assemble.ts'
import type { Assembled } from './assembled.ts'
import { parseLinuxkit } from './parse.ts'

interface ToolInputs extends AssembleInputs {
  /** An empty directory; contents of the entries are read from it until they are written. */
  workDir: string
  /** Name on PATH, or a path. Default `linuxkit`. */
  program?: string
}

/** Throws like `assemble`, `guest/missing-tool` if the program is not installed, `linuxkit/tool-failed`. */
export async function assembleWithTool(inputs: ToolInputs): Promise<Assembled> {
  const { store, yaml, workDir, program = 'linuxkit' } = inputs
  const names = imageNames(parseLinuxkit(yaml, inputs.file))
  const at = (name: string): string => join(workDir, name)
  await mkdir(workDir, { recursive: true })
  await writeFile(at('linuxkit.yml'), yaml)
  await pipeline(store.exportTar(names), createWriteStream(at('images.tar')))
  const call = (...args: string[]): Promise<void> => {
    const options = {
      cwd: inputs.sourceDir ?? process.cwd(),
      ...(inputs.signal && { signal: inputs.signal }),
    }
    return runTool([program, '--cache', at('cache'), ...args], options)
  }
  await call('cache', 'import', at('images.tar'))
  const { architecture } = hostPlatform()
  await call(
    ...['build', '--format', 'tar', '--no-sbom', '--arch', architecture],
    ...['--dir', workDir, '--name', 'guest', at('linuxkit.yml')],
  )
  return readAssembled(at('guest.tar'))
}

async function runTool(
  argv: [string, ...string[]],
  options: { cwd: string; signal?: AbortSignal },
): Promise<void> {
  let result: RunResult
  try {
    result = await run(argv, options)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new DesktopError(
      'guest/missing-tool',
      `${argv[0]} is required by guest.builder and was not found`,
      {
        hint: 'install LinuxKit, or remove guest.builder: desktop assembles the same image itself',
        cause: error,
      },
    )
  }
  if (result.code === 0) return
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-5).join('\n')
  throw new DesktopError('linuxkit/tool-failed', `${argv[0]} ${argv[3]} failed: ${said}`)
}

async function readAssembled(path: string): Promise<Assembled> {
  const source = fileSource(path)
  const entries: Entry[] = []
  for await (const entry of readTar(createReadStream(path) as AsyncIterable<Buffer>, { source }))
    entries.push(entry)
  const content = (name: string): Content | undefined => {
    const found = entries.findLast((entry) => entry.path === name)
    return found?.type === 'file' ? found.content : undefined
  }
  const [image, cmdline] = [content('boot/kernel'), content('boot/cmdline')]
  if (image === undefined || cmdline === undefined) return { entries, kernel: undefined }
  const text = Buffer.from(await bytesOf(cmdline)).toString('utf8')
  return { entries, kernel: { image, cmdline: text, ucode: content('boot/ucode.cpio') } }
}
