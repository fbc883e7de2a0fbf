/** All user-visible errors. Codes are stable, since scripts may match them. Source of `docs/errors.md` (`npm run generate`). */

interface CatalogueEntry {
  /** Process exit code when this error ends a command. */
  exit: number
  /** The error in one sentence. */
  summary: string
  /** General fix; a thrown error may have a more precise hint. */
  fix: string
}

/** Sorted by code. `exit` is one of `exitCodes`, as a literal, so that the type can be inferred. */
export const catalogue = {
  'apply/incomplete': {
    exit: 4,
    summary: 'Some operations failed or were skipped.',
    fix: 'See the errors in the output, then run `desktop apply` again: it continues from the current state.',
  },
  'apply/interrupted': {
    exit: 130,
    summary: 'The command was interrupted.',
    fix: 'Run the same command again; it continues from the current state.',
  },
  'apply/no-trial': {
    exit: 1,
    summary: 'No `apply --try` is waiting for confirmation.',
    fix: 'Start one with `desktop apply --try 2m`. An apply that was not confirmed in time has been rolled back.',
  },
  'cli/interrupted': {
    exit: 130,
    summary: 'The command in the VM did not exit, and desktop stopped waiting for it.',
    fix: '`desktop exec -- ps` shows whether the command is still running; `desktop status` shows whether the VM responds.',
  },
  'cli/machine': {
    exit: 1,
    summary:
      'The command needs a single machine, but the file has several, or `--machine` names one that is not in the file.',
    fix: 'Select one with `--machine NAME`; `desktop status` lists them.',
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
    summary: 'A value or key contains a control character, a line break or an invisible character.',
    fix: 'Remove the character. Line breaks are allowed only in `guest.files`, `guest.services`, certificates and policy messages.',
  },
  'config/extends': {
    exit: 3,
    summary: 'The `extends` keys of the files form a cycle.',
    fix: 'Remove one of them.',
  },
  'config/lock': {
    exit: 3,
    summary: 'desktop.lock is damaged, or was written for another version of desktop.',
    fix: 'The message shows the error; `desktop lock --update` writes a new one.',
  },
  'config/missing-key': {
    exit: 3,
    summary: 'A required key is missing.',
    fix: 'Add it.',
  },
  'config/outside-tree': {
    exit: 3,
    summary:
      'The configuration refers to a file outside the checkout (the folder with `.git`, or else the working directory).',
    fix: 'Move the file into the checkout, or allow its path with `--allow-path PATH`.',
  },
  'config/set': {
    exit: 3,
    summary: 'A --set argument is not valid.',
    fix: 'Write `--set KEY=VALUE` with a key of desktop.yaml, e.g. `--set vm.cpus=4`.',
  },
  'config/too-many-files': {
    exit: 3,
    summary: 'The configuration extends more than 64 files.',
    fix: 'Merge some of them, or remove `extends` lines.',
  },
  'config/unknown-key': {
    exit: 3,
    summary: 'A key is unknown.',
    fix: 'Correct the name; the hint suggests the nearest known key.',
  },
  'config/unreadable': {
    exit: 3,
    summary: 'The configuration file cannot be read.',
    fix: 'Pass another file with `-f FILE`, or create one with `desktop init`.',
  },
  'config/variable': {
    exit: 3,
    summary: 'A variable reference in the configuration is malformed, unset or too long.',
    fix: `Set the variable, or give a default: \`\${NAME:-VALUE}\`.`,
  },
  'config/wrong-type': {
    exit: 3,
    summary: 'A value has the wrong type.',
    fix: 'See docs/reference/desktop.yaml.md for the type.',
  },
  'config/yaml': {
    exit: 3,
    summary: 'The configuration file is not valid YAML.',
    fix: 'The caret shows where; the message describes the error.',
  },
  'disk/failed': {
    exit: 4,
    summary: 'The data disk could not be created or enlarged.',
    fix: 'The message names the failed step; the disk is unchanged.',
  },
  'engine/bad-reply': {
    exit: 8,
    summary: "dockerd's reply on docker.sock is malformed.",
    fix: 'Treat the VM as compromised unless you know the cause. `desktop stop` and `desktop destroy` work without dockerd.',
  },
  'engine/config-rejected': {
    exit: 4,
    summary: '`dockerd --validate` rejected the new daemon.json.',
    fix: "The message includes dockerd's output. The last good daemon.json stays in use.",
  },
  'engine/crash-loop': {
    exit: 4,
    summary: 'dockerd is in a crash loop.',
    fix: 'The message includes the last lines of its log; `desktop logs docker` prints all of it. Correct `engine.config` and apply again.',
  },
  'engine/reload-failed': {
    exit: 4,
    summary: 'The new daemon.json is valid, but did not take effect in dockerd.',
    fix: "The last good daemon.json was restored. The message includes dockerd's output.",
  },
  'engine/request-failed': {
    exit: 8,
    summary: 'dockerd rejected a request.',
    fix: "The message includes dockerd's response; `desktop logs docker` prints its log.",
  },
  'engine/unreachable': {
    exit: 8,
    summary: 'dockerd in the VM does not respond.',
    fix: '`desktop status` shows the state of each component; `desktop logs` shows the VM console.',
  },
  'file/not-regular': {
    exit: 3,
    summary: 'The path is a device, FIFO, socket or directory.',
    fix: 'Use a regular file.',
  },
  'file/too-large': {
    exit: 3,
    summary: 'A file exceeds the size limit for its type.',
    fix: 'Check that it is the file you meant.',
  },
  'guest/bad-signature': {
    exit: 4,
    summary: 'A Debian package or package index failed verification.',
    fix: 'Install or update debian-archive-keyring, check that the mirror is complete, then run the command again.',
  },
  'guest/build-failed': {
    exit: 4,
    summary: 'A build step of the guest image failed.',
    fix: 'The message shows the failed tool and its output.',
  },
  'guest/content-differs': {
    exit: 4,
    summary: 'The content of a guest image does not match its digest, or the digest on the command line.',
    fix: 'Do not use the file. Copy it again from the host that built it, and compare its content digest with the output of `desktop image export` on that host.',
  },
  'guest/image-corrupt': {
    exit: 4,
    summary: 'A guest image was modified after it was built.',
    fix: 'The next apply rebuilds it. If you imported it, copy the archive again and import it.',
  },
  'guest/missing-tool': {
    exit: 4,
    summary: 'A program needed to build the guest image is not installed.',
    fix: 'Install the package named in the message.',
  },
  'guest/no-mirror': {
    exit: 4,
    summary: 'This host has no usable Debian mirror configured.',
    fix: 'Set DESKTOP_DEBIAN_MIRROR to the http or https URL of a Debian mirror, or import an image built elsewhere.',
  },
  'guest/no-network': {
    exit: 4,
    summary: 'Debian packages could not be downloaded.',
    fix: "Check the network and the proxy settings (apt's, or `http_proxy` and `https_proxy`). Finished downloads are kept.",
  },
  'guest/no-security-suite': {
    exit: 4,
    summary: 'The Debian mirror has no security suite, so the guest would lack security updates.',
    fix: 'Set DESKTOP_DEBIAN_SECURITY_MIRROR to a mirror that has it, or to `none` to build without security updates.',
  },
  'guest/no-space': {
    exit: 4,
    summary: 'The file system of the cache is too full to build the guest image.',
    fix: 'Free about 1 GiB there (by default, the cache is `~/.cache/desktop`), then run the command again.',
  },
  'guest/offline': {
    exit: 4,
    summary:
      'A required download is not in the cache, and `--offline` forbids fetching it. Nothing was changed.',
    fix: 'Run without `--offline`, or import a bundle (made by `desktop bundle FILE`): `desktop image import FILE`.',
  },
  'guest/package-missing': {
    exit: 4,
    summary: 'The Debian mirror lacks a package, or a package index, that the guest needs.',
    fix: 'Check that the mirror carries the whole main component of the suite.',
  },
  'guest/platform': {
    exit: 4,
    summary: 'The emulator for another CPU architecture could not be installed in the VM.',
    fix: "The message includes the guest's output. The usual cause is a full data disk: free some space and apply again.",
  },
  'guest/share': {
    exit: 4,
    summary: 'A folder of this host could not be mounted in the guest.',
    fix: "The message includes mount's output. If virtiofsd is at fault, restart the VM: `desktop stop --power-off && desktop start`.",
  },
  'guest/source-changed': {
    exit: 4,
    summary: 'A source file of the guest image changed during the build.',
    fix: 'Run the same command again.',
  },
  'guest/stale-index': {
    exit: 4,
    summary:
      "The mirror's package index has expired, is older than the last one used, or lists older package versions than those in use.",
    fix: 'Use a mirror that is up to date. To downgrade on purpose, set DESKTOP_DEBIAN_DOWNGRADE=allow.',
  },
  'guest/swap': {
    exit: 4,
    summary: "The guest's swap size could not be changed.",
    fix: "The message includes the guest's output. The previous swap space is still in use; free space on the data disk, or lower `vm.swap`.",
  },
  'guest/sysctl': {
    exit: 4,
    summary: 'The guest kernel rejected a sysctl.',
    fix: 'Check its name and value under `guest.sysctl`.',
  },
  'guest/version-gone': {
    exit: 4,
    summary: 'A package version in desktop.lock is neither on the mirror nor in the cache.',
    fix: 'Run `desktop lock --update` or import an image built from these versions. Alternatively, set DESKTOP_DEBIAN_MIRROR to a mirror that keeps old versions, e.g. a snapshot of the Debian archive.',
  },
  'history/image-missing': {
    exit: 4,
    summary: 'The guest image of an earlier generation is no longer in the cache and cannot be built again.',
    fix: 'Copy the configuration that `desktop show N` prints into desktop.yaml and run `desktop apply`, which builds a new image.',
  },
  'history/no-generation': {
    exit: 1,
    summary: 'There is no generation with that number.',
    fix: '`desktop history` lists all generations.',
  },
  'history/rollback-impossible': {
    exit: 4,
    summary: 'Rollback is not possible: something that the earlier generation needs was not recorded.',
    fix: 'The message names the missing part. Copy the files that `desktop show N` prints back into the project, add the missing part, and run `desktop apply`.',
  },
  'host/no-space': {
    exit: 4,
    summary: 'A file system of this host is full, or a quota is exhausted.',
    fix: 'Free some space on it and run the same command again; it continues from the current state.',
  },
  'host/packages-failed': {
    exit: 4,
    summary: 'Debian packages could not be installed.',
    fix: "See apt-get's output in the message; run the command in the hint.",
  },
  'host/packages-missing': {
    exit: 4,
    summary: 'Programs that desktop needs are not installed.',
    fix: 'Install them with the command in the hint.',
  },
  'host/service': {
    exit: 1,
    summary: 'systemd rejected the request.',
    fix: '`systemctl --user status` shows whether a user manager is running.',
  },
  'host/socket': {
    exit: 4,
    summary: 'A socket could not be opened on the host.',
    fix: 'The message gives the reason; another program may already use the address.',
  },
  'host/socket-path-too-long': {
    exit: 1,
    summary: 'A unix socket path is longer than the system allows.',
    fix: 'Use a shorter environment name or a shorter XDG_RUNTIME_DIR.',
  },
  'host/storage': {
    exit: 4,
    summary: 'desktop could not read or write one of its files.',
    fix: 'Fix the permissions or the file system named in the message, then run the same command again.',
  },
  'host/unsafe-directory': {
    exit: 1,
    summary: "The directory for desktop's sockets is not private to this user.",
    fix: 'The message names the directory. Remove it or correct its permissions, or set XDG_RUNTIME_DIR to a directory that you own.',
  },
  'hosts/changed': {
    exit: 4,
    summary: 'The ssh target of a host reaches another host than the one with machines of the file.',
    fix: 'Let it reach that host again, and remove the machines there. If that host no longer exists, run `desktop hosts forget` with the id in the message: it forgets the machines of this file there, and nothing else.',
  },
  'hosts/elsewhere': {
    exit: 1,
    summary: 'The command needs files of a machine that is on another host.',
    fix: 'Do what the hint says. The files of a machine are on its host; `desktop docker`, `exec`, `shell` and `console` use its sockets and need none of them.',
  },
  'hosts/failed': {
    exit: 1,
    summary: 'desktop on a host of `hosts` failed in a way that it should not.',
    fix: 'Read the message, which is from that host. If it does not help, run `desktop doctor` there, and report a bug.',
  },
  'hosts/forward': {
    exit: 1,
    summary: 'ssh cannot forward a socket of a host of `hosts`, because of its path.',
    fix: 'Log in as a user whose home directory has only letters, digits and `_ @ + , . / -` in its path.',
  },
  'hosts/install': {
    exit: 1,
    summary: 'desktop could not be installed on a host of `hosts`.',
    fix: 'The message is from that host. It needs `tar` and space in the home directory, and must have the same system and CPU architecture as this host.',
  },
  'hosts/no-forwarding': {
    exit: 4,
    summary: 'sshd of a host of `hosts` does not forward unix sockets.',
    fix: 'In its sshd_config, set `AllowStreamLocalForwarding yes`, remove `DisableForwarding`, and reload sshd. The key must not have `restrict` or `no-port-forwarding` in `authorized_keys`.',
  },
  'hosts/reply': {
    exit: 1,
    summary: 'desktop on a host of `hosts` sent an invalid reply.',
    fix: 'Install the same version there. A shell there that prints something when a command is run by ssh breaks the replies: check its startup files. Otherwise, report a bug.',
  },
  'hosts/unreachable': {
    exit: 8,
    summary: 'A host of `hosts` cannot be reached with ssh, or the connection ended.',
    fix: 'Run `ssh` with the target from desktop.yaml: it must log in without a prompt.',
  },
  'hosts/version': {
    exit: 4,
    summary: 'A host of `hosts` has no desktop, or a different version.',
    fix: 'Install the same version there; `desktop --version` prints it. It must be in the PATH of a command run by ssh, or in ~/.local/bin.',
  },
  'import/unreadable': {
    exit: 1,
    summary: 'The file cannot be imported.',
    fix: "Pass the tool's settings file: settings-store.json or daemon.json, lima.yaml, or colima.yaml.",
  },
  'internal/bug': {
    exit: 1,
    summary: 'This is a bug in desktop.',
    fix: 'Run the command again with --verbose and file an issue with the output.',
  },
  'linuxkit/bad-value': {
    exit: 3,
    summary: 'A value in a LinuxKit file or an image label is not valid.',
    fix: 'The message names the container or file, and describes the error.',
  },
  'linuxkit/invalid': {
    exit: 3,
    summary: 'A LinuxKit file has an unknown key or a value of the wrong type.',
    fix: 'Fix the line shown in the message.',
  },
  'linuxkit/tool-failed': {
    exit: 4,
    summary: 'The linuxkit program failed to build the guest.',
    fix: 'The message includes its output. The program is only needed with `guest.builder: linuxkit`.',
  },
  'linuxkit/yaml': {
    exit: 3,
    summary: 'A LinuxKit file is not valid YAML.',
    fix: 'The caret shows where; the message describes the error.',
  },
  'lock/held': {
    exit: 6,
    summary: 'Another desktop command holds the lock of this environment.',
    fix: 'Wait for it to finish, or pass `--lock-timeout 60s` to wait longer.',
  },
  'net/capture-filter': {
    exit: 1,
    summary: 'A capture filter is not valid.',
    fix: 'Use the protocols `arp`, `ip`, `ip6`, `icmp`, `icmp6`, `tcp` and `udp`. Use `host ADDRESS`, `net CIDR`, `port NUMBER` or `portrange N-M`, optionally after `src` or `dst`. Combine terms with `and`, `or`, `not` and parentheses. A line of `desktop flows` works too: `tcp ADDRESS:PORT ADDRESS:PORT`. See docs/pcap.md.',
  },
  'oci/bad-archive': {
    exit: 4,
    summary: 'An archive is damaged or of the wrong type.',
    fix: 'Create or copy it again.',
  },
  'oci/bad-name': {
    exit: 3,
    summary: 'A name is not a valid image name.',
    fix: 'Write it as `[registry/]path[:tag]`.',
  },
  'oci/bad-tree': {
    exit: 4,
    summary: "Two guest files conflict, or a path escapes the guest's root.",
    fix: 'The message names the path; change the image, or the entry under `guest.files`.',
  },
  'oci/corrupt': {
    exit: 4,
    summary: 'The image store is damaged.',
    fix: 'Run `desktop image prune`, then build the image again. If you imported it, copy the archive again and import it.',
  },
  'oci/image-missing': {
    exit: 4,
    summary: 'An image that the guest needs is not in the image store.',
    fix: 'Check its name, or import it.',
  },
  'oci/too-large': {
    exit: 4,
    summary: 'An archive or image exceeds a limit on entries, unpacked size or nesting.',
    fix: 'Legitimate guest images stay within them: check the origin of the archive.',
  },
  'plan/blocked': {
    exit: 4,
    summary: 'Something on this host must be fixed before the plan can be applied.',
    fix: 'Each error in the plan suggests a fix. Nothing was changed.',
  },
  'plan/needs-consent': {
    exit: 4,
    summary: 'The plan would destroy data, and you have not confirmed it.',
    fix: 'Run the command again with `--yes`, or with `--allow LOSS` for each loss shown in the plan, e.g. `--allow recreate:disk`.',
  },
  'plan/stale': {
    exit: 7,
    summary:
      'The saved plan is out of date: desktop, the configuration or the environment changed after it was made.',
    fix: 'Plan again and review the new plan.',
  },
  'plan/unreadable': {
    exit: 1,
    summary: 'A saved plan cannot be read.',
    fix: 'Make it again with `desktop plan -o FILE`.',
  },
  'policy/site-file': {
    exit: 5,
    summary: 'The site policy, `/etc/desktop/policy.yaml`, is invalid, unreadable or writable by others.',
    fix: 'The file and its parent folders must be owned by root and writable only by root; see docs/policy.md.',
  },
  'policy/violated': {
    exit: 5,
    summary: 'The configuration or the resulting plan violates a policy rule.',
    fix: "Change the value in the message, or ask the rule's author for an exception. Nothing was changed.",
  },
  'ports/not-listening': {
    exit: 4,
    summary: 'A mapped port could not be opened on this host.',
    fix: 'The message names the process that uses the port, if known. Stop it, or map another port.',
  },
  'signature/bad-key': {
    exit: 1,
    summary: 'The file is not a signing key.',
    fix: 'Create one with `desktop signature keygen FILE`. To use a password-protected key, sign the output of `desktop signature statement FILE` with minisign.',
  },
  'signature/mismatch': {
    exit: 5,
    summary: 'A trusted key signed different content.',
    fix: 'Do not use the file: it was changed after it was signed, or the signature belongs to another file. Get new copies from the signer.',
  },
  'signature/missing': {
    exit: 5,
    summary: 'An image, bundle or saved plan must be signed and is not.',
    fix: 'Put FILE.minisig beside the file, or sign it: `desktop signature sign FILE --secret-key KEY`.',
  },
  'signature/unknown-key': {
    exit: 5,
    summary: 'The signature is by a key that is not trusted.',
    fix: "If the key is your team's, add it to `signatures.keys`; otherwise do not use the file.",
  },
  'signature/unreadable': {
    exit: 5,
    summary: 'A signature file is damaged or in the wrong format.',
    fix: 'Copy it again, or sign again with `desktop signature sign` or `minisign -S`.',
  },
  'state/cleanup-incomplete': {
    exit: 4,
    summary: 'An environment could not be removed completely.',
    fix: 'The message lists the leftovers with their causes; fix those and run `desktop destroy` again.',
  },
  'state/name-claimed': {
    exit: 1,
    summary: 'Another project already uses this environment name.',
    fix: 'Set a different `name:` in the desktop.yaml of one of the two projects. (A project that was only moved keeps its environment.)',
  },
  'state/newer': {
    exit: 1,
    summary: 'A state file of the environment was written by a newer version of desktop.',
    fix: 'Use that version or a later one; the file is unchanged.',
  },
  'state/no-environment': {
    exit: 1,
    summary: 'There is no environment with that name.',
    fix: 'Run `desktop apply` first; `desktop ls` lists your environments.',
  },
  'state/unreadable': {
    exit: 1,
    summary: 'A state file of the environment is damaged.',
    fix: 'Inspect the file named in the message, which was not changed. Rename it only if you do not need its content.',
  },
  'supervisor/bad-request': {
    exit: 1,
    summary: 'The supervisor rejected a request.',
    fix: 'The command and the supervisor may have different versions; run `desktop apply` to replace the supervisor.',
  },
  'supervisor/start-failed': {
    exit: 1,
    summary: "The environment's supervisor process did not start.",
    fix: 'See supervisor.log in `~/.local/state/desktop/environments/NAME`.',
  },
  'supervisor/unreachable': {
    exit: 8,
    summary: "The environment's supervisor process does not respond.",
    fix: 'Run `desktop apply` to replace it; the VM keeps running.',
  },
  'swarm/not-ready': {
    exit: 4,
    summary: 'A swarm node did not reach its planned state in time.',
    fix: 'See `desktop logs MACHINE docker`; run `desktop apply` again, which continues from the current state.',
  },
  'swarm/service-failed': {
    exit: 4,
    summary:
      'A service of a stack did not converge: its tasks fail or cannot be scheduled, or its update was rolled back.',
    fix: 'The message has the reason of a task. See its log with `desktop docker MACHINE -- service logs SERVICE`, then correct the stack file.',
  },
  'tunnel/outside': {
    exit: 1,
    summary: "The address is neither the VM's nor in one of its Docker networks.",
    fix: 'A tunnel reaches only those; connect to other addresses directly.',
  },
  'tunnel/refused': {
    exit: 1,
    summary: 'The destination in the VM refused the connection.',
    fix: 'Check that the server is running and listens on 0.0.0.0 in its container.',
  },
  'tunnel/unknown-host': {
    exit: 1,
    summary: 'No running container has this name.',
    fix: '`docker ps` lists the names; address a compose service as SERVICE.PROJECT.',
  },
  'ui/not-kept': {
    exit: 1,
    summary: 'The background `desktop ui` exited before it could serve the page.',
    fix: 'Run `desktop ui` without `--keep` to see why.',
  },
  'vm/accelerator': {
    exit: 4,
    summary: 'The accelerator in `vm.accelerator` cannot run the VM.',
    fix: 'The message gives the reason. Set `vm.accelerator: auto` to fall back to emulation; `desktop doctor` shows how to fix the accelerator.',
  },
  'vm/agent': {
    exit: 8,
    summary: 'The guest agent did not respond.',
    fix: 'The VM may still be booting; `desktop logs` shows its console.',
  },
  'vm/already-running': {
    exit: 4,
    summary: "This environment's VM is already running.",
    fix: 'Stop it first, or run `desktop apply`, which restarts it if needed.',
  },
  'vm/boot-timeout': {
    exit: 4,
    summary: 'The guest did not finish booting in time.',
    fix: '`desktop logs` shows its console. If the host is busy, run the command again.',
  },
  'vm/not-running': {
    exit: 8,
    summary: 'The VM is not running.',
    fix: 'Run `desktop apply` or `desktop start`.',
  },
  'vm/panic': {
    exit: 4,
    summary: 'The guest kernel panicked.',
    fix: '`desktop logs` shows the console. Give the VM more memory, or undo the last change under `guest` or `vm`.',
  },
  'vm/qmp': {
    exit: 8,
    summary: 'QEMU rejected a QMP command, or did not respond to it.',
    fix: 'See qemu.log in `~/.local/state/desktop/environments/NAME`; `desktop apply` restarts a VM that hangs.',
  },
  'vm/resume': {
    exit: 4,
    summary: 'The suspended VM could not be resumed; desktop boots it instead.',
    fix: 'The data disk is unchanged, but running processes are lost. The message gives the reason.',
  },
  'vm/rolled-back': {
    exit: 4,
    summary: 'The VM did not boot with the new configuration; desktop rolled back to the last good VM.',
    fix: 'The message gives the reason; `desktop logs` shows the console. Correct the file and apply again.',
  },
  'vm/start-failed': {
    exit: 4,
    summary: 'QEMU did not start.',
    fix: "The message includes QEMU's last lines; the rest is in qemu.log in `~/.local/state/desktop/environments/NAME`.",
  },
  'vm/stop-failed': {
    exit: 4,
    summary: 'QEMU could not be stopped.',
    fix: 'See supervisor.log in `~/.local/state/desktop/environments/NAME`.',
  },
  'vm/suspend-failed': {
    exit: 4,
    summary: 'The VM could not be suspended.',
    fix: 'It keeps running. `desktop stop --power-off` shuts it down instead.',
  },
  'vm/wrong-peer': {
    exit: 8,
    summary: "A process other than QEMU listens on one of QEMU's sockets. Nothing was sent to it.",
    fix: 'Stop the VM and apply again. Unless you replaced the socket yourself, treat the VM as compromised: code in it may have escaped QEMU.',
  },
} as const

/** The catalogue with string keys, for documentation and views. */
export const catalogueEntries: Readonly<Record<string, CatalogueEntry>> = { ...catalogue }

export type ErrorCode = keyof typeof catalogue
