/**
 * Every error a user can meet. A code is stable: scripts may match on it, and `docs/errors.md`
 * (generated from this catalogue by `npm run generate`) explains each one.
 */

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
    fix: 'See the errors above; `desktop apply` again continues from the current state.',
  },
  'apply/interrupted': {
    exit: 130,
    summary: 'The command was interrupted.',
    fix: 'Run the same command again; it continues from the current state.',
  },
  'apply/not-on-trial': {
    exit: 1,
    summary: 'No apply is on trial.',
    fix: 'Start one with `desktop apply --try 2m`; a trial past its deadline has been rolled back.',
  },
  'cli/interrupted': {
    exit: 130,
    summary: 'The command in the VM did not exit, and desktop stopped waiting for it.',
    fix: '`desktop exec -- ps` shows whether it still runs; `desktop status` shows whether the VM answers.',
  },
  'cli/machine': {
    exit: 1,
    summary: 'The command is about one machine, and the file has several, or none of that name.',
    fix: 'Name one with --machine; `desktop status` lists them.',
  },
  'cli/usage': {
    exit: 1,
    summary: 'The command line is not valid.',
    fix: 'See `desktop --help`.',
  },
  'config/bad-value': {
    exit: 3,
    summary: 'A value is not valid for its key.',
    fix: 'The message lists the valid values.',
  },
  'config/control-character': {
    exit: 3,
    summary: 'A value or key has a control character, a line break, or a character that is not visible.',
    fix: 'Remove the character. Text of several lines is for guest.files, guest.services, certificates and messages of rules.',
  },
  'config/extends': {
    exit: 3,
    summary: 'Files extend each other in a circle.',
    fix: 'Remove one of the extends lines.',
  },
  'config/lock': {
    exit: 3,
    summary: 'desktop.lock is damaged, or not for this version of desktop.',
    fix: 'The message says where; `desktop lock --update` writes a new one.',
  },
  'config/missing-key': {
    exit: 3,
    summary: 'A required key is missing.',
    fix: 'Add it.',
  },
  'config/outside-tree': {
    exit: 3,
    summary: "The configuration refers to a file outside the project's tree.",
    fix: 'Move the file into the project, or allow it by name with --allow-path.',
  },
  'config/set': {
    exit: 3,
    summary: 'A --set argument is not valid.',
    fix: 'Write KEY=VALUE with a key of desktop.yaml, e.g. --set vm.cpus=4.',
  },
  'config/too-many-files': {
    exit: 3,
    summary: 'The configuration extends too many files.',
    fix: 'Extend each file once; the limit is 64 files.',
  },
  'config/unknown-key': {
    exit: 3,
    summary: 'A key is unknown.',
    fix: 'Correct the name; the hint suggests the nearest known one.',
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
    summary: 'A value has the wrong type.',
    fix: 'See docs/reference/desktop.yaml.md for the type.',
  },
  'config/yaml': {
    exit: 3,
    summary: 'The configuration file is not valid YAML.',
    fix: 'The caret marks the place; the message names the mistake.',
  },
  'disk/failed': {
    exit: 4,
    summary: 'The data disk could not be created or enlarged.',
    fix: 'The message names the failed step; the disk is unchanged.',
  },
  'engine/bad-reply': {
    exit: 8,
    summary: 'A reply on the docker socket of the VM is malformed.',
    fix: 'Do not trust the VM unless you know the cause; `desktop stop` and `desktop destroy` work without dockerd.',
  },
  'engine/config-rejected': {
    exit: 4,
    summary: 'dockerd rejected the new daemon.json.',
    fix: 'The message quotes dockerd; the last good file stays in force.',
  },
  'engine/crash-loop': {
    exit: 4,
    summary: 'dockerd is in a crash loop.',
    fix: 'The message quotes the end of its log, and `desktop logs docker` prints all of it; correct `engine.config` and apply again.',
  },
  'engine/reload-failed': {
    exit: 4,
    summary: 'dockerd did not apply the new daemon.json.',
    fix: 'The last good daemon.json was restored; the message quotes dockerd.',
  },
  'engine/request-failed': {
    exit: 8,
    summary: 'dockerd rejected a request.',
    fix: 'The message quotes dockerd.',
  },
  'engine/unreachable': {
    exit: 8,
    summary: 'dockerd in the VM does not answer.',
    fix: '`desktop logs` shows the console; `desktop status` shows the state of each part.',
  },
  'file/not-regular': {
    exit: 3,
    summary: 'A file is a device, a FIFO, a socket or a directory.',
    fix: 'Name a regular file.',
  },
  'file/too-large': {
    exit: 3,
    summary: 'A file exceeds the size limit of its kind.',
    fix: 'Check that the right file is named.',
  },
  'guest/bad-signature': {
    exit: 4,
    summary: 'Debian packages or their index did not match their signature.',
    fix: 'Install or update debian-archive-keyring, check that the mirror is complete, then run again.',
  },
  'guest/build-failed': {
    exit: 4,
    summary: 'A step of building the guest image failed.',
    fix: 'The message says which tool failed and what it printed.',
  },
  'guest/content-differs': {
    exit: 4,
    summary: 'The content of a guest image does not match its digest, or the digest on the command line.',
    fix: 'Do not use the file. Copy it again from the machine that built it, and compare the content digest that `desktop image export` printed.',
  },
  'guest/image-corrupt': {
    exit: 4,
    summary: 'A guest image file was changed after it was built.',
    fix: 'The next apply rebuilds it; copy an imported archive again.',
  },
  'guest/missing-tool': {
    exit: 4,
    summary: 'A program that builds the guest image is not installed.',
    fix: 'Install the package named in the message.',
  },
  'guest/no-mirror': {
    exit: 4,
    summary: 'No usable Debian mirror is known on this host.',
    fix: 'Set DESKTOP_DEBIAN_MIRROR to the http or https address of a Debian mirror, or import an image built elsewhere.',
  },
  'guest/no-network': {
    exit: 4,
    summary: 'Debian packages could not be downloaded.',
    fix: 'Check the network and the proxy that apt uses; finished downloads are kept.',
  },
  'guest/no-space': {
    exit: 4,
    summary: 'The disk is too full to build the guest image.',
    fix: 'Free about 1 GiB where the cache is, then run again.',
  },
  'guest/no-security-suite': {
    exit: 4,
    summary:
      'The Debian mirror lacks the security suite, so security updates would be missing from the guest.',
    fix: 'Set DESKTOP_DEBIAN_SECURITY_MIRROR to a mirror that does, or to `none` to build without security updates.',
  },
  'guest/offline': {
    exit: 4,
    summary: 'With --offline, a required download is not in the cache. Nothing was changed.',
    fix: 'Run without --offline, or import a file of `desktop bundle` with `desktop image import`.',
  },
  'guest/package-missing': {
    exit: 4,
    summary: 'The Debian suite has no package that the guest needs.',
    fix: 'Check that the mirror carries the whole main component of the suite.',
  },
  'guest/platform': {
    exit: 4,
    summary: 'Programs of another CPU could not be set up in the VM.',
    fix: 'The message quotes the guest; free some space on the data disk and apply again.',
  },
  'guest/share': {
    exit: 4,
    summary: 'A folder of this host could not be mounted in the guest.',
    fix: 'The message quotes mount; a restart of the VM also restarts virtiofsd.',
  },
  'guest/source-changed': {
    exit: 4,
    summary: 'A file of guest.files changed during the build.',
    fix: 'Run the same command again.',
  },
  'guest/stale-index': {
    exit: 4,
    summary:
      "The mirror's package index has expired, is older than one seen before, or lists older versions than those in use.",
    fix: 'Use a mirror that is up to date; to go back on purpose, set DESKTOP_DEBIAN_DOWNGRADE=allow.',
  },
  'guest/swap': {
    exit: 4,
    summary: 'The swap space of the guest could not be changed.',
    fix: 'The message comes from the guest, which keeps its previous swap space.',
  },
  'guest/sysctl': {
    exit: 4,
    summary: 'The guest kernel rejected a parameter.',
    fix: 'Check name and value under guest.sysctl.',
  },
  'guest/version-gone': {
    exit: 4,
    summary: 'A locked package version is not on the mirror, and not in the cache.',
    fix: 'Update with `desktop lock --update`, import an image that was built from these versions, or set DESKTOP_DEBIAN_MIRROR to a mirror that keeps them (a snapshot of the archive).',
  },
  'history/cannot-return': {
    exit: 4,
    summary: 'Rollback is not possible: a part of the earlier generation was not kept.',
    fix: 'The message names the missing part; `desktop show N` prints the recorded parts.',
  },
  'history/image-missing': {
    exit: 4,
    summary: 'The guest image of an earlier generation is gone and cannot be built again.',
    fix: 'Write the configuration that `desktop show N` prints into the file and apply it: it gets a new image.',
  },
  'history/no-generation': {
    exit: 1,
    summary: 'There is no generation of that number.',
    fix: '`desktop history` lists the recorded ones.',
  },
  'host/no-space': {
    exit: 4,
    summary: 'A file system of this host is full, or a quota is used up.',
    fix: 'Free some space there and run the same command again; it continues from the current state.',
  },
  'host/packages-failed': {
    exit: 4,
    summary: 'Debian packages could not be installed.',
    fix: 'Read the output of apt-get above; run the command in the hint.',
  },
  'host/packages-missing': {
    exit: 4,
    summary: 'Programs that desktop needs are not installed.',
    fix: 'Install them with the command in the hint.',
  },
  'host/service': {
    exit: 1,
    summary: "The host's service manager rejected the request.",
    fix: '`systemctl --user status` shows whether this user has a service manager.',
  },
  'host/socket': {
    exit: 4,
    summary: 'A socket could not be opened on the host.',
    fix: 'The message says why; another program may use the address.',
  },
  'host/socket-path-too-long': {
    exit: 1,
    summary: 'A unix socket path is longer than the system allows.',
    fix: 'Use a shorter environment name or a shorter XDG_RUNTIME_DIR.',
  },
  'host/storage': {
    exit: 4,
    summary: 'The system denied reading or writing a file of desktop.',
    fix: 'Repair the file system or the permissions that the message names, then run the same command again.',
  },
  'host/unsafe-directory': {
    exit: 1,
    summary: 'A directory for private sockets belongs to another user.',
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
    summary: 'A value in a LinuxKit file or in an image label is not valid for LinuxKit.',
    fix: 'The message names the container or file, and the mistake.',
  },
  'linuxkit/invalid': {
    exit: 3,
    summary: 'A LinuxKit file has a key or a type that LinuxKit rejects.',
    fix: 'Correct the place that the message shows.',
  },
  'linuxkit/tool-failed': {
    exit: 4,
    summary: 'The linuxkit program did not build the guest.',
    fix: 'The message quotes its output; the program is only needed with `guest.builder: linuxkit`.',
  },
  'linuxkit/yaml': {
    exit: 3,
    summary: 'A LinuxKit file is not YAML.',
    fix: 'The caret marks the place; the message names the mistake.',
  },
  'lock/held': {
    exit: 6,
    summary: 'Another desktop command holds the lock of this environment.',
    fix: 'Wait for it, or give --lock-timeout.',
  },
  'net/capture-filter': {
    exit: 1,
    summary: 'A capture filter is not valid.',
    fix: 'Use arp, ip, ip6, icmp, icmp6, tcp, udp, host ADDRESS, net CIDR, port NUMBER and portrange N-M, with src or dst before them, and, or, not and parentheses; or a flow as desktop flows shows it: tcp ADDRESS:PORT ADDRESS:PORT. See docs/pcap.md.',
  },
  'oci/bad-archive': {
    exit: 4,
    summary: 'An archive is damaged, or not of the expected kind.',
    fix: 'Create or copy it again.',
  },
  'oci/bad-name': {
    exit: 3,
    summary: 'A name is not a valid image name.',
    fix: 'Write it as [registry/]path[:tag].',
  },
  'oci/bad-tree': {
    exit: 4,
    summary: 'Files of the guest conflict in one tree.',
    fix: 'The message names the path that two of them use; change the image or the entry under files.',
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
  'oci/too-large': {
    exit: 4,
    summary: 'An archive or image exceeds a limit: number of entries, unpacked size, or nesting.',
    fix: 'Ask its author; no guest image needs that much.',
  },
  'plan/blocked': {
    exit: 4,
    summary: 'Something on this host must be fixed before the plan can be applied.',
    fix: 'Each error in the plan names a fix; nothing was changed.',
  },
  'plan/needs-consent': {
    exit: 4,
    summary: 'The plan would destroy data, and you have not agreed to it.',
    fix: 'Run again with --yes, or with --allow and the name that the plan shows.',
  },
  'plan/stale': {
    exit: 7,
    summary:
      'The plan no longer fits: the tool, the configuration or the environment changed after it was made.',
    fix: 'Plan again and review the new plan.',
  },
  'plan/unreadable': {
    exit: 1,
    summary: 'A saved plan cannot be read.',
    fix: 'Make it again with `desktop plan -o FILE`.',
  },
  'policy/site-file': {
    exit: 5,
    summary: 'The site policy of this machine cannot be trusted or read.',
    fix: 'The file and its folders must be owned and writable by root only; see docs/policy.md.',
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
  'signature/bad-key': {
    exit: 1,
    summary: 'A file is not a secret key for signing.',
    fix: 'Make one with `desktop signature keygen FILE`. A key with a password signs by minisign: `desktop signature statement FILE`.',
  },
  'signature/mismatch': {
    exit: 5,
    summary: 'A signature by a trusted key is about something else.',
    fix: 'Do not use the file: it was changed after it was signed. Copy it again from whoever signed it.',
  },
  'signature/missing': {
    exit: 5,
    summary: 'An image, bundle or saved plan is not signed, and must be.',
    fix: 'Put FILE.minisig beside the file, or have it signed: `desktop signature sign FILE --secret-key KEY`.',
  },
  'signature/unknown-key': {
    exit: 5,
    summary: 'A signature is by a key that is not trusted.',
    fix: 'Add the key to `signatures.keys` if it belongs to the team; do not use the file if not.',
  },
  'signature/unreadable': {
    exit: 5,
    summary: 'A signature file is damaged, or of another kind.',
    fix: 'Copy it again; `desktop signature sign` and `minisign -S` write such files.',
  },
  'state/left-over': {
    exit: 4,
    summary: 'An environment could not be removed completely.',
    fix: 'The message lists the leftovers with their causes; fix those and run `desktop destroy` again.',
  },
  'state/name-claimed': {
    exit: 1,
    summary: 'Another project has an environment of this name.',
    fix: 'Write another `name:` in one of the two files. A project whose folder was moved keeps its environment.',
  },
  'state/newer': {
    exit: 1,
    summary: 'A state file of the environment was written by a newer version of desktop.',
    fix: 'Use that version or a later one; the file is unchanged.',
  },
  'state/no-environment': {
    exit: 1,
    summary: 'There is no environment of that name.',
    fix: 'Run `desktop apply` first; `desktop ls` lists the environments of this user.',
  },
  'state/unreadable': {
    exit: 1,
    summary: 'A state file of the environment is damaged.',
    fix: 'Inspect the named file; it is unchanged. Move it away only if you do not need its content.',
  },
  'supervisor/bad-request': {
    exit: 1,
    summary: 'The supervisor did not understand a request.',
    fix: 'The command and the supervisor may have different versions; `desktop apply` replaces the supervisor.',
  },
  'supervisor/start-failed': {
    exit: 1,
    summary: 'The supervisor process did not start.',
    fix: 'See supervisor.log in the state directory.',
  },
  'supervisor/unreachable': {
    exit: 8,
    summary: 'The supervisor does not answer.',
    fix: '`desktop apply` replaces the supervisor; the VM keeps running.',
  },
  'tunnel/outside': {
    exit: 1,
    summary: 'The address belongs neither to the VM nor to a network of its engine.',
    fix: 'The tunnel only reaches addresses inside the VM; connect to others directly.',
  },
  'tunnel/refused': {
    exit: 1,
    summary: 'The destination in the VM refused the connection.',
    fix: 'Check that its server runs and listens on all addresses of its container.',
  },
  'tunnel/unknown-host': {
    exit: 1,
    summary: 'No running container has this name.',
    fix: '`docker ps` lists the names; a compose service is SERVICE.PROJECT.',
  },
  'ui/not-kept': {
    exit: 1,
    summary: 'The background `desktop ui` exited before it could serve the page.',
    fix: 'Run `desktop ui` without `--keep` to see why.',
  },
  'vm/accelerator': {
    exit: 4,
    summary: 'The accelerator in `vm.accelerator` cannot run the VM.',
    fix: 'The message says why. `accelerator: auto` falls back to emulation; `desktop doctor` shows how to repair it.',
  },
  'vm/agent': {
    exit: 8,
    summary: 'The guest agent did not answer.',
    fix: 'The VM may still be booting; `desktop logs` shows its console.',
  },
  'vm/already-running': {
    exit: 4,
    summary: 'A VM of this environment already runs.',
    fix: 'Stop it first, or run `desktop apply`, which restarts it if needed.',
  },
  'vm/not-running': {
    exit: 8,
    summary: 'The VM is not running.',
    fix: 'Run `desktop apply` or `desktop start`.',
  },
  'vm/not-taken': {
    exit: 4,
    summary: 'The VM did not come up with the new configuration, and was rolled back.',
    fix: 'The message says why, and `desktop logs` shows the console; correct the file and apply again.',
  },
  'vm/panic': {
    exit: 4,
    summary: 'The guest kernel panicked.',
    fix: '`desktop logs` shows the console. Give the VM more memory, or undo the last change to guest or VM.',
  },
  'vm/qmp': {
    exit: 8,
    summary: 'QEMU rejected or did not answer a QMP command.',
    fix: 'See qemu.log in the state directory; `desktop apply` restarts a VM that hangs.',
  },
  'vm/resume': {
    exit: 4,
    summary: 'The suspended VM cannot be resumed.',
    fix: 'It boots instead, with an unchanged data disk; the message has the reason.',
  },
  'vm/silent': {
    exit: 4,
    summary: 'The guest did not come up in time.',
    fix: '`desktop logs` shows its console; on a busy host try again.',
  },
  'vm/start-failed': {
    exit: 4,
    summary: 'QEMU did not start.',
    fix: 'The message quotes QEMU; qemu.log in the state directory has the full output.',
  },
  'vm/stop-failed': {
    exit: 4,
    summary: 'QEMU could not be stopped.',
    fix: 'See supervisor.log in the state directory.',
  },
  'vm/suspend-failed': {
    exit: 4,
    summary: 'The VM could not be suspended.',
    fix: 'It keeps running. `desktop stop --power-off` shuts it down instead.',
  },
  'vm/wrong-peer': {
    exit: 8,
    summary: 'Another process than QEMU listens on one of its sockets, so nothing was sent to it.',
    fix: 'Stop the VM and apply again. If nobody replaced the socket by hand, treat the VM as hostile: it may have broken out of QEMU.',
  },
} as const

/** The same, by any code, for documentation and views. */
export const catalogueEntries: Readonly<Record<string, CatalogueEntry>> = { ...catalogue }

export type ErrorCode = keyof typeof catalogue
