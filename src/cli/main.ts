/** Entry of the command. Everything that costs time to load is loaded by what needs it. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { toolVersion } from '../version.ts'

const args = process.argv.slice(2)
// Scripts ask for it often: answered before anything else is loaded.
if (args.length === 1 && ['-V', '--version'].includes(args[0] ?? '')) {
  process.stdout.once('error', ({ message }) => {
    process.stderr.write(`error: standard output: ${message}\n`)
    process.exitCode = 1
  })
  process.stdout.write(`${toolVersion}\n`)
} else {
  const { baseDirs } = await import('../host/paths.ts')
  // Compiled code is kept between runs; where the cache cannot be written nothing is lost but time.
  enableCompileCache(join(baseDirs().cache, 'compiled'))
  const { runCli } = await import('./run.ts')
  process.exitCode = await runCli(args)
}
