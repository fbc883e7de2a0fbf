/**
 * Starts desktop from a checkout once dist/ is what the sources say. Plain JavaScript, since it runs before
 * anything is built. Each file that the bundle was made from is compared by size and time of change: three
 * milliseconds, no program started, and an older file put in the place of a newer one is seen too.
 */
import { readFileSync, statSync } from 'node:fs'

const root = import.meta.dirname.slice(0, -'/bin'.length)

/** Nothing that is missing or cannot be read is fresh. */
function isFresh() {
  try {
    const { inputs } = JSON.parse(readFileSync(`${root}/dist/built.json`, 'utf8'))
    for (const file in inputs) {
      const [size, mtimeMs] = inputs[file]
      const found = statSync(`${root}/${file}`)
      if (found.size !== size || found.mtimeMs !== mtimeMs) return false
    }
    return true
  } catch {
    return false
  }
}

async function update() {
  const { spawnSync } = await import('node:child_process')
  const script = '. "$0/bin/bootstrap.sh"; bootstrap "$0"'
  const { status } = spawnSync('sh', ['-eu', '-c', script, root], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}

if (!isFresh()) await update()
await import(`${root}/dist/desktop.js`)
