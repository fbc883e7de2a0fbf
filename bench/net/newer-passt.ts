/**
 * Unpacks passt of another Debian suite, with the C library it needs, and prints the path of a program that starts it:
 *
 *   PASST=$(node bench/net/newer-passt.ts sid) node bench/net/throughput.ts --peers desktop,passt
 *
 * apt works in a folder of the system's temporary directory, so that the host's sources and packages stay as they are.
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'
import { findMirrors } from '../../src/guest/debian/mirror.ts'

const [suite = 'sid'] = process.argv.slice(2)
const dir = join(tmpdir(), `desktop-passt-${suite}`)
rmSync(dir, { recursive: true, force: true })
for (const path of ['lists/partial', 'cache/archives/partial', 'root'])
  mkdirSync(join(dir, path), { recursive: true })

const [mirror] = await findMirrors()
if (mirror === undefined) throw new Error('no Debian mirror')
writeFileSync(join(dir, 'status'), '')
writeFileSync(join(dir, 'sources.list'), `deb ${mirror.uri} ${suite} main\n`)
const options = [
  `Dir::State=${dir}`,
  `Dir::State::status=${dir}/status`,
  `Dir::State::lists=${dir}/lists`,
  `Dir::Cache=${dir}/cache`,
  `Dir::Etc::sourcelist=${dir}/sources.list`,
  'Dir::Etc::sourceparts=/dev/null',
  'APT::Sandbox::User=',
  'Acquire::Languages=none',
  'APT::Update::Post-Invoke=',
].flatMap((one) => ['-o', one])

await $({ quiet: true })`apt-get ${options} update`
await $({ quiet: true, cwd: dir })`apt-get ${options} download passt libc6`
const debs = readdirSync(dir).filter((name) => name.endsWith('.deb'))
for (const deb of debs) await $`dpkg-deb -x ${join(dir, deb)} ${join(dir, 'root')}`

const version = debs.find((name) => name.startsWith('passt_'))?.split('_')[1]
const libraries = join(dir, 'root/usr/lib/x86_64-linux-gnu')
// Started by the loader, passt does not find the variant for AVX2 beside itself, which its users run.
const variant = (await $({ nothrow: true })`grep -qw avx2 /proc/cpuinfo`).ok ? 'passt.avx2' : 'passt'
const program = join(dir, `passt-${version}`)
const command = `${libraries}/ld-linux-x86-64.so.2 --library-path ${libraries} ${dir}/root/usr/bin/${variant}`
writeFileSync(program, `#!/bin/sh\nexec ${command} "$@"\n`)
// Benchmarks run as root and start passt as nobody.
for (const path of [dir, program]) chmodSync(path, 0o755)
console.log(program)
