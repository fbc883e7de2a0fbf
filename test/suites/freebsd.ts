/**
 * Plays FreeBSD's TCP test suite against the forwarder's stack: `node test/suites/freebsd.ts DIRECTORY`, a checkout of
 * github.com/freebsd-net/tcp-testsuite. Fails when a script that applies fails and nothing explains it.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { whyFailing, whyNotApplicable } from './freebsd-classes.ts'
import { LabSubject } from './packetdrill/lab-subject.ts'
import { play } from './packetdrill/play.ts'
import { readScript } from './packetdrill/read-script.ts'
import type { Script } from './packetdrill/script.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) {
  console.error('usage: node test/suites/freebsd.ts DIRECTORY')
  process.exit(2)
}
const paths = globSync('**/*.pkt', { cwd: directory }).sort()
if (paths.length === 0) {
  console.error(`no scripts in ${directory}`)
  process.exit(2)
}

const classes = new Map<string, number>()
const count = (name: string): void => void classes.set(name, (classes.get(name) ?? 0) + 1)
let passed = 0
let explained = 0
const failures: string[] = []

function read(path: string): Script | string {
  try {
    return readScript(readFileSync(join(directory!, path), 'utf8'))
  } catch (error) {
    return (error as Error).message
  }
}

for (const path of paths) {
  const script = read(path)
  const reason = typeof script === 'string' ? `cannot be read, ${script}` : whyNotApplicable(path, script)
  if (typeof script === 'string' || reason !== undefined) {
    count(`not applicable: ${reason}`)
    continue
  }
  const outcome = await play(script, new LabSubject(script.family, script.mtu))
  if (outcome.isPassed) passed += 1
  else {
    const why = whyFailing(path)
    if (why === undefined) failures.push(`${path}:${outcome.line}: ${outcome.reason}`)
    else {
      explained += 1
      count(`fails: ${why}`)
    }
  }
}

const applicable = passed + explained + failures.length
const percent = ((100 * passed) / applicable).toFixed(1)
console.log(`${paths.length} scripts, ${applicable} applicable, ${passed} pass (${percent} %)`)
for (const [name, number] of [...classes].sort(([, a], [, b]) => b - a)) console.log(`${number}  ${name}`)
for (const failure of failures) console.log(`FAILS ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1
