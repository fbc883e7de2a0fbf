/**
 * Entry of a process that becomes QEMU: `landlock PLACES DESCRIPTORS PROGRAM ARGUMENT…`. Enters a Landlock domain with
 * these places (host/landlock.ts), writes a line to fd 3, and executes the program under the same pid.
 */
import { closeSync, writeSync } from 'node:fs'
import { type LandlockPlace, restrictTo } from '../../host/landlock.ts'
import { libcFunction } from '../../host/libc.ts'
import { readyFd } from './descriptors.ts'

const SIGPIPE = 13
const SIG_DFL = 0
const F_SETFD = 2

const [places = '[]', descriptors = '[]', ...argv] = process.argv.slice(2)
const execvp = libcFunction('int execvp(const char *, const char **)')
restrictTo(JSON.parse(places) as readonly LandlockPlace[])
// Node's own descriptors follow the inherited ones. It marks all close-on-exec, standard ones included, and ignores a
// signal that the program would inherit as ignored.
const fcntl = libcFunction('int fcntl(int, int, int)')
for (const inherited of [0, 1, 2, ...(JSON.parse(descriptors) as readonly number[])])
  fcntl(inherited, F_SETFD, 0)
libcFunction('void *signal(int, long)')(SIGPIPE, SIG_DFL)
writeSync(readyFd, 'ready\n')
closeSync(readyFd)
execvp(argv[0] ?? '', [...argv, null])
process.exitCode = 126
