/** Entry point of the command. Modules that take time to load are loaded on demand. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { toolVersion } from '../version.ts'

const args = process.argv.slice(2)
// Scripts run this often, so reply before loading anything else.
if (args.length === 1 && ['-V', '--version'].includes(args[0] ?? '')) {
  process.stdout.once('error', ({ message }) => {
    process.stderr.write(`error: standard output: ${message}\n`)
    process.exitCode = 1
  })
  process.stdout.write(`${toolVersion}\n`)
} else {
  const { baseDirs } = await import('../host/paths.ts')
  // Caches compiled code between runs; an unwritable cache only costs time.
  enableCompileCache(join(baseDirs().cache, 'compiled'))
  const { runCli } = await import('./run.ts')
  process.exitCode = await runCli(args)
}
