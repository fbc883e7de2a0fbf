/**
 * `desktop render -o DIR`: writes all files that apply would generate to a directory; changes nothing else.
 */
import { join } from 'node:path'
import { readEnvironment } from '../../apply/environment/environment.ts'
import { resolveResources, specOf } from '../../apply/plan/target.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { stageSources } from '../../guest/extension.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  out: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const environment = await readEnvironment(options)
  const resources = await resolveResources(environment)
  const { linuxkitYaml, daemonJson, metadata } = resources.rendered
  const spec = specOf(environment, resources)
  const files: Record<string, string> = {
    'linuxkit.yml': linuxkitYaml,
    'daemon.json': maskCredentials(daemonJson),
    'metadata.json': maskCredentials(`${JSON.stringify(metadata, null, 2)}\n`),
    'desired.json': maskCredentials(`${JSON.stringify(environment.desired, null, 2)}\n`),
    // Available once QEMU is installed and the image is built.
    ...(spec === undefined ? {} : { 'qemu.json': `${JSON.stringify(spec.argv, null, 2)}\n` }),
  }
  const written = await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const path = join(options.out, name)
      await writeAtomic(path, text)
      return path
    }),
  )
  const { sources } = resources.rendered.extension
  await stageSources(sources, options.out)
  written.push(...sources.map(({ name }) => join(options.out, name)))
  if (options.json) output.write(`${JSON.stringify({ written })}\n`)
  else for (const path of written) output.write(`${path}\n`)
  if (spec === undefined) output.say('qemu.json is left out: QEMU or the guest image does not exist yet')
  return exitCodes.done
}
