/**
 * Starts desktop. In a checkout dist/ is first made what the sources say; plain JavaScript, since it runs before
 * anything is built, and in syntax that an old Node reads. Each file that the bundle was made from is compared by
 * size and time of change: three milliseconds, no program started, and an older file put in the place of a newer one
 * is noticed too.
 */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

/** @param isSame of a file's stat, its path and what the build recorded; what cannot be read is not fresh. */
function isFresh(isSame) {
  try {
    const { inputs } = JSON.parse(readFileSync(`${root}/dist/built.json`, 'utf8'))
    for (const file in inputs)
      if (!isSame(statSync(`${root}/${file}`), inputs[file], `${root}/${file}`)) return false
    return true
  } catch {
    return false
  }
}

const byStat = (found, [size, mtimeMs]) => found.size === size && found.mtimeMs === mtimeMs

/** A copy of a built checkout has other times; where dist/ cannot be written, equal content is enough. */
async function isReadOnlyCopy() {
  try {
    accessSync(`${root}/dist`, constants.W_OK)
    return false
  } catch {
    const { createHash } = await import('node:crypto')
    const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')
    return isFresh((found, [size, , sha256], path) => found.size === size && digest(path) === sha256)
  }
}

async function runShell(script, args, stdio) {
  const { spawnSync } = await import('node:child_process')
  return spawnSync('sh', ['-eu', '-c', script, root, ...args], { stdio }).status ?? 1
}

async function start() {
  // The Node that was recorded may have been replaced by an older one since.
  if (Number(process.versions.node.split('.')[0]) < 24) {
    const again = '. "$0/bin/bootstrap.sh"; find_node "$0"; exec "$node" "$0/bin/start.js" "$@"'
    process.exit(await runShell(again, process.argv.slice(2), 'inherit'))
  }
  // An installed package has no sources.
  if (existsSync(`${root}/src`) && !isFresh(byStat) && !(await isReadOnlyCopy())) {
    const status = await runShell(
      '. "$0/bin/bootstrap.sh"; find_node "$0"; make_current "$0"',
      [],
      ['ignore', 2, 2],
    )
    if (status !== 0) process.exit(1)
  }
  if (!existsSync(`${root}/dist/desktop.js`)) {
    process.stderr.write(`desktop: ${root} was packed without its build\n`)
    process.stderr.write('desktop: hint: pack it again with: npm pack --ignore-scripts=false\n')
    process.exit(1)
  }
  await import(`${root}/dist/desktop.js`)
}

start()
