/** Files of bench/results: time and CPU of a run, then its figures. */
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'

export async function writeResult(name: string, figures: object): Promise<void> {
  const whole = { date: new Date().toISOString(), cpu: cpus()[0]?.model, cores: cpus().length, ...figures }
  await writeFile(join(import.meta.dirname, 'results', `${name}.json`), `${JSON.stringify(whole, null, 2)}\n`)
}
