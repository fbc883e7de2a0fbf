/**
 * Imports point in one direction, including type imports. Each folder of src/ lists the folders that it may
 * import, and large folders are divided into layers. Fails on any other import, any cycle between files, any
 * import with effects in a pure folder, and any comment that names a missing file.
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
