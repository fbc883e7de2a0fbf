/**
 * Every error a user can meet. A code is stable: scripts may match on it, and `docs/errors.md`
 * (generated from this catalogue by `npm run generate`) explains each one.
 */
import { maskCredentials } from './credentials.ts'

/** Process exit codes; the table is in docs/reference/exit-codes.md. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  changes: 2,
  config: 3,
  applyIncomplete: 4,
  policy: 5,
  lockHeld: 6,
  stalePlan: 7,
  unreachable: 8,
  interrupted: 130,
} as const

/** For docs/reference/exit-codes.md. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.done, 'done, or in sync'],
  [exitCodes.unexpected, 'unexpected error'],
  [exitCodes.changes, 'there are changes or drift (only with `--exit-code`)'],
  [exitCodes.config, 'the configuration is invalid'],
  [
    exitCodes.applyIncomplete,
    'the apply is incomplete: something failed, was skipped, was refused or needs consent',
  ],
  [exitCodes.policy, 'a policy forbids it'],
  [exitCodes.lockHeld, 'another command holds the lock of this environment'],
  [exitCodes.stalePlan, 'a saved plan is stale'],
  [exitCodes.unreachable, 'the VM, the engine or the supervisor cannot be reached'],
  [exitCodes.interrupted, 'interrupted'],
]

interface CatalogueEntry {
  /** Process exit code when this error ends a command. */
  exit: number
  /** One sentence: what happened. */
  summary: string
  /** What to do next, in general; a thrown error may carry a more precise hint. */
  fix: string
}

/** Sorted by code. `exit` is one of `exitCodes`, written as a number so that the type can be inferred. */
export const catalogue = {
  'apply/incomplete': {
    exit: 4,
    summary: 'Some operations failed or were skipped.',
    fix: 'See the errors above; `desktop apply` again goes on from what is there.',
  },
  'apply/interrupted': {
    exit: 130,
    summary: 'The command was interrupted.',
    fix: 'The same command again goes on from what is there.',
  },
  'cli/usage': {
    exit: 1,
    summary: 'The command line is not one that desktop understands.',
    fix: 'See `desktop --help`.',
  },
  'config/bad-value': {
    exit: 3,
    summary: 'A value is not one that the key takes.',
    fix: 'The message says what it takes.',
  },
  'config/extends': {
    exit: 3,
    summary: 'Files extend each other in a circle.',
    fix: 'Take one of the extends lines out.',
  },
  'config/lock': {
    exit: 3,
    summary: 'desktop.lock is damaged, or not for this version of desktop.',
    fix: 'The message says what is wrong with it; `desktop lock --update` writes it anew.',
  },
  'config/missing-key': {
    exit: 3,
    summary: 'A key that must be there is missing.',
    fix: 'Add it.',
  },
  'config/set': {
    exit: 3,
    summary: 'A --set argument is not one that desktop understands.',
    fix: 'Write KEY=VALUE with a key of desktop.yaml, e.g. --set vm.cpus=4.',
  },
  'config/unknown-key': {
    exit: 3,
    summary: 'A key is not one that desktop knows.',
    fix: 'Mend the name; the nearest known one is in the hint.',
  },
  'config/unreadable': {
    exit: 3,
    summary: 'The configuration file cannot be read.',
    fix: 'Name another file with -f, or write one with `desktop init`.',
  },
  'config/variable': {
    exit: 3,
    summary: 'A variable that the configuration refers to cannot be used.',
    fix: `Set it, or give a default: \${NAME:-VALUE}.`,
  },
  'config/wrong-type': {
    exit: 3,
    summary: 'A value has another type than the key takes.',
    fix: 'See docs/reference/desktop.yaml.md for the type.',
  },
  'config/yaml': {
    exit: 3,
    summary: 'The configuration file is not the YAML that desktop reads.',
    fix: 'The caret stands under the place; the message says what is wrong there.',
  },
  'disk/failed': {
    exit: 4,
    summary: 'The data disk could not be made or enlarged.',
    fix: 'The message has what failed; the disk is as it was.',
  },
  'engine/config-rejected': {
    exit: 4,
    summary: 'dockerd does not accept the daemon.json.',
    fix: 'The message has what dockerd said; the last good file was kept.',
  },
  'engine/reload-failed': {
    exit: 4,
    summary: 'dockerd did not take the new daemon.json.',
    fix: 'The last good daemon.json was put back; the message says what dockerd reported.',
  },
  'engine/request-failed': {
    exit: 8,
    summary: 'dockerd refused a request.',
    fix: 'The message has what dockerd said.',
  },
  'engine/unreachable': {
    exit: 8,
    summary: 'dockerd in the VM does not answer.',
    fix: '`desktop logs` shows the console; `desktop status` what is known.',
  },
  'guest/bad-signature': {
    exit: 4,
    summary: 'Debian packages or their index did not match their signature.',
    fix: 'Install or update debian-archive-keyring, check that the mirror is whole, then run again.',
  },
  'guest/build-failed': {
    exit: 4,
    summary: 'A step of building the guest image failed.',
    fix: 'The message says which tool failed and what it printed.',
  },
  'guest/image-corrupt': {
    exit: 4,
    summary: 'A guest image file is not what it was when it was built.',
    fix: 'It is rebuilt by the next apply; for an imported archive, copy it again.',
  },
  'guest/missing-tool': {
    exit: 4,
    summary: 'A program that builds the guest image is not installed.',
    fix: 'Install the package named in the message.',
  },
  'guest/no-mirror': {
    exit: 4,
    summary: 'No Debian mirror is known on this host.',
    fix: 'Set DESKTOP_DEBIAN_MIRROR, or import an image built elsewhere.',
  },
  'guest/no-network': {
    exit: 4,
    summary: 'Debian packages could not be downloaded.',
    fix: 'Check the network and the proxy that apt uses; what was downloaded so far is kept.',
  },
  'guest/no-space': {
    exit: 4,
    summary: 'The disk is too full to build the guest image.',
    fix: 'Free about 1 GiB where the cache is, then run again.',
  },
  'guest/offline': {
    exit: 4,
    summary: 'With --offline: something is needed that only the network has. Nothing was changed.',
    fix: 'Run without --offline, or bring a file of `desktop bundle` here with `desktop image import`.',
  },
  'guest/package-missing': {
    exit: 4,
    summary: 'The Debian suite has no package that the guest needs.',
    fix: 'Check that the mirror carries the whole main component of the suite.',
  },
  'guest/share': {
    exit: 4,
    summary: 'A folder of this host could not be mounted in the guest.',
    fix: 'The message is what mount said there; a restart of the VM starts its server anew.',
  },
  'guest/source-changed': {
    exit: 4,
    summary: 'A file of guest.files changed while the guest was built.',
    fix: 'Run the same command again.',
  },
  'guest/swap': {
    exit: 4,
    summary: 'The swap space of the guest could not be changed.',
    fix: 'The message is what the guest said; it goes on with what it had.',
  },
  'guest/sysctl': {
    exit: 4,
    summary: 'The kernel of the guest refused a parameter.',
    fix: 'Check name and value under guest.sysctl.',
  },
  'guest/version-gone': {
    exit: 4,
    summary: 'A locked package version is not on the mirror, and not in the cache.',
    fix: 'Take newer versions with `desktop lock --update`, import an image that was built from these, or name a mirror that keeps them (a snapshot of the archive) in DESKTOP_DEBIAN_MIRROR.',
  },
  'history/cannot-return': {
    exit: 4,
    summary: 'An earlier generation cannot be returned to, because something that it needs was not kept.',
    fix: 'The message says what is missing; `desktop show N` prints what was kept.',
  },
  'history/image-missing': {
    exit: 4,
    summary: 'The guest image of an earlier generation is gone and cannot be built again.',
    fix: 'Write the configuration that `desktop show N` prints into the file and apply it: it gets a new image.',
  },
  'history/no-generation': {
    exit: 1,
    summary: 'There is no generation of that number.',
    fix: '`desktop history` lists those that are kept.',
  },
  'host/no-space': {
    exit: 4,
    summary: 'A file system of this host is full, or a quota is used up.',
    fix: 'Make room there and run the same command again; it goes on from what is there.',
  },
  'host/packages-failed': {
    exit: 4,
    summary: 'Debian packages could not be installed.',
    fix: 'Look at what apt-get printed; run the command in the hint.',
  },
  'host/packages-missing': {
    exit: 4,
    summary: 'Programs that desktop needs are not installed.',
    fix: 'Install them with the command in the hint.',
  },
  'host/socket': {
    exit: 4,
    summary: 'A socket could not be opened on the host.',
    fix: 'The message says why; another program may hold it.',
  },
  'host/socket-path-too-long': {
    exit: 1,
    summary: 'A unix socket path is longer than the system allows.',
    fix: 'Use a shorter environment name or a shorter XDG_RUNTIME_DIR.',
  },
  'host/storage': {
    exit: 4,
    summary: 'This host does not let desktop read or write a file that it keeps.',
    fix: 'See to the file system that the message names, then run the same command again.',
  },
  'host/unsafe-directory': {
    exit: 1,
    summary: 'A directory for private sockets belongs to somebody else.',
    fix: 'Remove it, or set XDG_RUNTIME_DIR.',
  },
  'import/unreadable': {
    exit: 1,
    summary: 'A file of another tool cannot be imported.',
    fix: 'Name its settings file: settings-store.json or daemon.json, lima.yaml, or colima.yaml.',
  },
  'internal/bug': {
    exit: 1,
    summary: 'Something went wrong inside desktop itself.',
    fix: 'Run again with --verbose and report the output.',
  },
  'linuxkit/bad-value': {
    exit: 3,
    summary: 'A value in a LinuxKit file, or in the label of an image, is not one that LinuxKit takes.',
    fix: 'The message says which container or file it is, and what is wrong.',
  },
  'linuxkit/invalid': {
    exit: 3,
    summary: 'A LinuxKit file has a key or a type that LinuxKit refuses.',
    fix: 'Mend the place that the message shows.',
  },
  'linuxkit/tool-failed': {
    exit: 4,
    summary: 'The linuxkit program did not build the guest.',
    fix: 'The message has what it printed; without guest.builder: linuxkit the program is not needed.',
  },
  'linuxkit/yaml': {
    exit: 3,
    summary: 'A LinuxKit file is not YAML.',
    fix: 'The caret stands under the place; the message says what is wrong there.',
  },
  'lock/held': {
    exit: 6,
    summary: 'Another desktop command works on this environment.',
    fix: 'Wait for it, or give --lock-timeout.',
  },
  'net/capture-filter': {
    exit: 1,
    summary: 'A capture filter is not one that desktop understands.',
    fix: 'Use arp, ip, ip6, icmp, icmp6, tcp, udp, host ADDRESS, net CIDR, port NUMBER and portrange N-M, with src or dst before them, and, or, not and parentheses; or a flow as desktop flows shows it: tcp ADDRESS:PORT ADDRESS:PORT. See docs/pcap.md.',
  },
  'oci/bad-archive': {
    exit: 4,
    summary: 'An archive is damaged, or not of the expected kind.',
    fix: 'Make or copy it again.',
  },
  'oci/bad-name': {
    exit: 3,
    summary: 'A name is not one that an image can have.',
    fix: 'Write it as [registry/]path[:tag].',
  },
  'oci/bad-tree': {
    exit: 4,
    summary: 'Files of the guest do not fit into one tree.',
    fix: 'The message names the path that two of them want; change the image or the entry under files.',
  },
  'oci/corrupt': {
    exit: 4,
    summary: 'The image store is damaged.',
    fix: 'Run `desktop image prune` and build again; for an imported archive, copy it again.',
  },
  'oci/image-missing': {
    exit: 4,
    summary: 'An image that the guest needs is not in the store.',
    fix: 'Check the name, or import the image.',
  },
  'plan/blocked': {
    exit: 4,
    summary: 'Something on this host must be changed before the plan can be applied.',
    fix: 'Each error of the plan says what; nothing was changed.',
  },
  'plan/needs-consent': {
    exit: 4,
    summary: 'The plan would lose data and nobody agreed to that.',
    fix: 'Run again with --yes, or with --allow and the name that the plan gives.',
  },
  'plan/stale': {
    exit: 7,
    summary: 'The saved plan no longer fits: tool, configuration, environment or reality has changed.',
    fix: 'Make a new plan and look at it again.',
  },
  'plan/unreadable': {
    exit: 1,
    summary: 'A saved plan cannot be read.',
    fix: 'Make it again with `desktop plan -o FILE`.',
  },
  'policy/site-file': {
    exit: 5,
    summary: 'The site policy of this machine cannot be trusted or read.',
    fix: 'It must be a file of root that nobody else may write, in folders of the same kind; see docs/policy.md.',
  },
  'policy/violated': {
    exit: 5,
    summary: 'The configuration, or what it would do, breaks a policy rule.',
    fix: 'Change the value that the message names, or ask whoever wrote the rule; nothing was changed.',
  },
  'ports/not-listening': {
    exit: 4,
    summary: 'A port mapping could not be opened on this host.',
    fix: 'The message says who holds the port; stop that, or map another one.',
  },
  'state/newer': {
    exit: 1,
    summary: 'A file that desktop keeps about the environment was written by a newer version.',
    fix: 'Use that version or a later one; the file is left as it is.',
  },
  'state/no-environment': {
    exit: 1,
    summary: 'There is no environment of that name.',
    fix: 'Run `desktop apply` first.',
  },
  'state/unreadable': {
    exit: 1,
    summary: 'A file that desktop keeps about the environment cannot be understood.',
    fix: 'Look at the file that is named; it is left as it is. Move it away only if you know that it is of no use.',
  },
  'supervisor/bad-request': {
    exit: 1,
    summary: 'The supervisor did not understand a request.',
    fix: 'The command and the supervisor may be of different versions; `desktop apply` replaces it.',
  },
  'supervisor/start-failed': {
    exit: 1,
    summary: 'The supervisor process did not start.',
    fix: 'See supervisor.log in the state directory.',
  },
  'supervisor/unreachable': {
    exit: 8,
    summary: 'The supervisor does not answer.',
    fix: '`desktop apply` replaces it; the VM goes on meanwhile.',
  },
  'vm/agent': {
    exit: 8,
    summary: 'The guest agent did not answer.',
    fix: 'The VM may still be booting; `desktop logs` shows its console.',
  },
  'vm/already-running': {
    exit: 4,
    summary: 'A VM of this environment already runs.',
    fix: 'Stop it first, or run `desktop apply`, which restarts it when it must.',
  },
  'vm/not-running': {
    exit: 8,
    summary: 'The VM does not run.',
    fix: 'Run `desktop apply` or `desktop start`.',
  },
  'vm/not-taken': {
    exit: 4,
    summary: 'The VM did not come up as the file says now; it was started again as it was before.',
    fix: 'The message says why; mend the file, or `desktop logs` shows what the VM said, then apply again.',
  },
  'vm/qmp': {
    exit: 8,
    summary: 'QEMU refused or did not answer a QMP command.',
    fix: 'See qemu.log in the state directory; `desktop apply` restarts a VM that hangs.',
  },
  'vm/resume': {
    exit: 4,
    summary: 'The suspended VM cannot be resumed.',
    fix: 'It boots instead, with its data disk as it was; the message has the reason.',
  },
  'vm/start-failed': {
    exit: 4,
    summary: 'QEMU did not start.',
    fix: 'The message has what QEMU printed; qemu.log in the state directory has all of it.',
  },
  'vm/stop-failed': {
    exit: 4,
    summary: 'QEMU could not be stopped.',
    fix: 'See supervisor.log in the state directory.',
  },
  'vm/suspend-failed': {
    exit: 4,
    summary: 'The VM could not be saved.',
    fix: 'It goes on as it was. `desktop stop --power-off` shuts it down instead.',
  },
} as const

/** The same, by any code, for documentation and views. */
export const catalogueEntries: Readonly<Record<string, CatalogueEntry>> = { ...catalogue }

export type ErrorCode = keyof typeof catalogue

/** A place in a file, 1-based, with the caret frame that shows it. */
export interface FileRange {
  file: string
  line: number
  column: number
  /** Source line(s) with a caret line under the offending text. */
  frame?: string
}

interface DesktopErrorOptions {
  hint?: string
  at?: FileRange
  cause?: unknown
  /** Further errors of the same run, e.g. every mistake of one config file. */
  others?: readonly DesktopError[]
}

/** What it says is shown, logged and kept, so that no credential of a URL stays in it. */
export class DesktopError extends Error {
  override readonly name = 'DesktopError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly at: FileRange | undefined
  readonly others: readonly DesktopError[]

  constructor(code: ErrorCode, message: string, options: DesktopErrorOptions = {}) {
    super(maskCredentials(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint === undefined ? undefined : maskCredentials(options.hint)
    this.at = options.at
    this.others = options.others ?? []
  }

  get exitCode(): number {
    return catalogue[this.code].exit
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE` …), if it has one. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

const storageCodes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'host/no-space',
  EDQUOT: 'host/no-space',
  EIO: 'host/storage',
  EROFS: 'host/storage',
  EACCES: 'host/storage',
  EPERM: 'host/storage',
  EMFILE: 'host/storage',
  ENFILE: 'host/storage',
}

/** What the host's file system refused, as an error that says what to do; anything else as it is. */
export function explained(thrown: unknown, path?: string): unknown {
  const code = storageCodes[systemCode(thrown) ?? '']
  if (code === undefined) return thrown
  const message = path === undefined ? messageOf(thrown) : `${path}: ${messageOf(thrown)}`
  return new DesktopError(code, message, { hint: catalogue[code].fix, cause: thrown })
}
