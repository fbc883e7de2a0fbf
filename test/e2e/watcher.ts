/** A container that waits for inotify events, by the host's perl: what it prints is what a watching program gets. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { ok } from './environment.ts'
import { docker, machine } from './shared-vm.ts'

const perl = '/usr/bin/perl'
export const hasPerl: boolean = spawnSync(perl, ['-v']).status === 0

const calls = process.arch === 'arm64' ? { init: 26, add: 27 } : { init: 294, add: 254 }

/** Watches its arguments as Node, Go and Python do; prints `PATH EVENT CONTENT` for each event, in one write per read. */
const script = `
$| = 1;
my $fd = syscall(${calls.init}, 0);
my %at;
for (@ARGV) { my $path = $_; $at{syscall(${calls.add}, $fd, $path, 0x3c6)} = $path }
print "watching\\n";
open(my $in, "<&=", $fd);
my %names = (0x4000 => OVERFLOW, 2 => MODIFY, 4 => ATTRIB, 0x40 => MOVED_FROM, 0x80 => MOVED_TO, 0x100 => CREATE, 0x200 => DELETE);
while (sysread($in, my $bytes, 65536)) {
  my $lines = "";
  while (length $bytes) {
    my ($watch, $mask, undef, $length) = unpack("lLLL", $bytes);
    my $path = ($at{$watch} // "") . "/" . unpack("Z*", substr($bytes, 16, $length));
    $bytes = substr($bytes, 16 + $length);
    my $content = "-";
    if (-f $path && open(my $file, "<", $path)) { $content = <$file> // "-"; chomp $content }
    $lines .= "$path $names{$mask & 0x4fff} $content\\n";
  }
  print $lines;
}`

export async function importPerl(): Promise<void> {
  const libraries = (await ok(run(['ldd', perl]))).match(/\/\S+/g) ?? []
  const tar = join(machine.dir, 'perl.tar')
  const files = [perl, ...libraries].map((path) => path.slice(1))
  await ok(run(['tar', '-chf', tar, '-C', '/', ...files]))
  await ok(machine.docker('import', tar, 'perl'))
}

/** Image and command of a container that prints the events of `paths`; import perl first. */
export const watchCommand = (paths: readonly string[]): string[] => ['perl', perl, '-e', script, ...paths]

export interface Event {
  path: string
  name: string
  content: string
  /** Arrival on the host, ms. */
  at: number
}

export interface Watcher extends AsyncDisposable {
  events: Event[]
  /** Waits for an event since the last call, and forgets those before it. */
  sees(path: string, name: string, content?: string): Promise<Event>
  /** Waits for a condition as long as events arrive: slow is not lost. */
  settles(isDone: () => boolean): Promise<void>
}

/** A watcher that gets nothing for so long gets no more. */
const silenceMs = 60_000

/** @param paths folders in the VM, which the container has at the same path. */
export async function watch(volumes: readonly string[], paths: readonly string[]): Promise<Watcher> {
  const binds = volumes.flatMap((path) => ['-v', `${path}:${path}`])
  const options = ['--rm', '--name', 'watcher', '--log-driver', 'none', ...binds]
  const args = ['run', ...options, ...watchCommand(paths)]
  const child: ChildProcess = spawn(docker.cli, args, {
    env: { ...process.env, ...machine.env, DOCKER_HOST: `unix://${machine.paths.sockets.docker}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events: Event[] = []
  let isWatching = false
  let lastAt = 0
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [path = '', name = '', content = ''] = line.split(' ')
    if (line === 'watching') isWatching = true
    else {
      lastAt = performance.now()
      events.push({ path, name, content, at: lastAt })
    }
  })
  await until(async () => isWatching, { deadlineMs: 60_000 })
  return {
    events,
    sees: async (path, name, content) => {
      const isIt = (event: Event): boolean =>
        event.path === path && event.name === name && (content === undefined || event.content === content)
      const seen = await until(async () => events.find(isIt), { deadlineMs: 60_000, intervalMs: 2 }).catch(
        () => {
          throw new Error(`no ${name} of ${path}: ${JSON.stringify(events)}`)
        },
      )
      events.splice(0, events.indexOf(seen) + 1)
      return seen
    },
    settles: async (isDone) => {
      const began = performance.now()
      while (!isDone() && performance.now() - Math.max(began, lastAt) < silenceMs) await sleep(20)
    },
    [Symbol.asyncDispose]: async () => {
      await machine.docker('rm', '-f', 'watcher')
      child.kill()
    },
  }
}
