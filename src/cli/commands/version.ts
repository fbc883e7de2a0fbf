/** `desktop version`: everything that a bug report needs. */
import { exitCodes } from '../../errors.ts'
import { apiVersion } from '../../supervisor/api.ts'
import { toolVersion } from '../../version.ts'
import type { Output } from '../output.ts'

export async function run(options: { json?: true }, output: Output): Promise<number> {
  const versions = {
    desktop: toolVersion,
    controlApi: apiVersion,
    node: process.versions.node,
    platform: `${process.platform}/${process.arch}`,
  }
  if (options.json) output.write(`${JSON.stringify(versions, null, 2)}\n`)
  else for (const [name, value] of Object.entries(versions)) output.write(`${name.padEnd(12)}${value}\n`)
  return exitCodes.done
}
