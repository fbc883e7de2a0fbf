/** Entry of the command. Everything that costs time to load is loaded by the command that needs it. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { baseDirs } from '../host/paths.ts'

// Compiled code is kept between runs; where the cache cannot be written nothing is lost but time.
enableCompileCache(join(baseDirs().cache, 'compiled'))

const { runCli } = await import('./run.ts')
process.exitCode = await runCli(process.argv.slice(2))
