/**
 * Imports point one way, those of types included. Each folder of src/ lists what it may import, and the large ones
 * are divided into layers; anything else, any cycle between files, any import with effects in a pure folder, and any
 * comment that names a file which is not there fails the run.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importProblems } from './imports/problems.ts'

const root = join(import.meta.dirname, '..', 'src')
const files = (await readdir(root, { recursive: true })).filter((file) => /\.tsx?$/.test(file)).sort()
const texts = await Promise.all(
  files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const),
)
const problems = importProblems(new Map(texts))
for (const problem of problems) console.log(problem)
console.log(`${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
