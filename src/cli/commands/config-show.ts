/** `desktop config show`: all effective values; with --origin, the file, line and column of each. */
import { loadOptions } from '../../apply/environment/environment.ts'
import { loadConfig } from '../../config/load.ts'
import { type EffectiveValue, effectiveValues } from '../../config/show.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  origin?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const config = await loadConfig(loadOptions(options))
  const values = effectiveValues(config)
  if (options.json) output.write(`${JSON.stringify(values, null, 2)}\n`)
  else for (const value of values) output.write(`${line(value, options.origin === true, output)}\n`)
  return exitCodes.done
}

function line({ path, value, origin }: EffectiveValue, withOrigin: boolean, { style }: Output): string {
  const text = `${path}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
  if (!withOrigin) return text
  const where = origin === undefined ? 'default' : `${origin.file}:${origin.line}:${origin.column}`
  return `${text}  ${style('dim', `# ${where}`)}`
}
