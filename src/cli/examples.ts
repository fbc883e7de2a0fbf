/** Examples under `--help`, by the command's path: what people type most, each a whole line. */
export const examples: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  plan: [
    ['desktop plan', 'what apply would do'],
    ['desktop plan --exit-code', 'in a script: 2 when there is something to do'],
    ['desktop plan -o plan.json', 'save it; `desktop apply plan.json` does just that or nothing'],
    ['desktop plan --set vm.memory=4GiB', 'what another value would cost'],
  ],
  apply: [
    ['desktop apply', 'make everything as ./desktop.yaml says'],
    ['desktop apply -f base.yaml -f team.yaml', 'two files, the second over the first'],
    ['desktop apply --only ports --only dns', 'only these parts'],
    ['desktop apply --offline', 'refuse at once what would need the network'],
    ['desktop apply --allow recreate:disk', 'agree to one loss of data'],
  ],
  drift: [
    ['desktop drift --exit-code', '0 = as the file says, 2 = not'],
    ['desktop drift --format github', 'annotations on the lines of the keys'],
    ['desktop drift --repair', 'make it as the file says'],
  ],
  watch: [['desktop watch --format json --interval 10s', 'a line of JSON for each change']],
  history: [['desktop history', 'every apply that is kept, newest first']],
  show: [['desktop show 12', 'what was asked, rendered and done']],
  diff: [['desktop diff 11 12', 'what changed between two applies']],
  rollback: [['desktop rollback 11', 'back to that configuration; the file is left as it is']],
  status: [['desktop status --json', 'every part with its path and state']],
  start: [['desktop start', 'resume what was stopped, or boot it']],
  stop: [
    ['desktop stop', 'suspend the VM with its containers'],
    ['desktop stop --power-off', 'shut it down'],
  ],
  destroy: [['desktop destroy --yes', 'without a question; images, containers and volumes are lost']],
  logs: [
    ['desktop logs', "the VM's console"],
    ['desktop logs supervisor -n 50 --follow', 'the last lines, and on as they come'],
  ],
  console: [['desktop console', "the VM's tty; Ctrl-] leaves it"]],
  shell: [['desktop shell', 'a terminal in the VM']],
  exec: [
    ['desktop exec -- uname -r', 'a command in the VM'],
    ['desktop exec -s docker -- iptables -S', 'in a service'],
  ],
  flows: [['desktop flows', 'who talks to whom, busiest first']],
  pcap: [
    ['desktop pcap -w vm.pcap tcp and port 443', 'a file for Wireshark'],
    ['desktop pcap -w out.pcap src host 192.168.65.3 and dst port 443', 'one direction'],
    ['desktop pcap -w one.pcap tcp 192.168.65.3:40000 10.0.0.1:443', 'one line of `desktop flows`'],
    ['desktop pcap -c 10 udp', 'ten frames to standard output'],
  ],
  validate: [
    ['desktop validate', 'every mistake at once; policy rules too'],
    ['desktop validate -f desktop.yaml -f ci/policy.yaml', 'with rules that CI lays over it'],
  ],
  fmt: [
    ['desktop fmt --write', 'two spaces, one blank line at most; comments stay'],
    ['desktop fmt --check', 'in CI: 2 when it would change'],
  ],
  lock: [
    ['desktop lock', 'pin the packages that this machine uses'],
    ['desktop lock --update', 'take the newest'],
    ['desktop lock --check', 'in CI: 2 when it would change'],
  ],
  init: [['desktop init --name shop', 'write a first desktop.yaml']],
  import: [
    [
      'desktop import docker-desktop ~/.docker/desktop/settings-store.json ~/.docker/daemon.json',
      'both files',
    ],
    ['desktop import lima ~/.lima/default/lima.yaml -o -', 'print it'],
    ['desktop import colima ~/.colima/default/colima.yaml --force', 'replace desktop.yaml'],
  ],
  env: [['eval "$(desktop env)"', 'let the docker command of this shell use it']],
  render: [['desktop render -o rendered', 'LinuxKit YAML, daemon.json and QEMU arguments as files']],
  explain: [
    ['desktop explain vm.memory', 'what it does and what a change interrupts'],
    ['desktop explain engine.config.bip', 'a key of daemon.json'],
  ],
  version: [['desktop version --json', 'for a bug report']],
  doctor: [['desktop doctor', 'what this host lacks, and how to get it']],
  completion: [
    ['source <(desktop completion bash)', 'in ~/.bashrc'],
    ['source <(desktop completion zsh)', 'in ~/.zshrc, after compinit'],
    ['desktop completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  forward: [['desktop forward --listen-qemu unix:///tmp/link.sock --subnet 10.0.2.0/24', 'for any QEMU']],
  'disk show': [['desktop disk show', 'what it takes here and holds inside']],
  'disk compact': [['desktop disk compact', 'give back what it takes for nothing']],
  'config show': [['desktop config show --origin', 'each value with file, line and column']],
  'image build': [
    ['desktop image build', 'build it now, start nothing'],
    ['desktop image build --offline', 'of what is in the cache, or not at all'],
  ],
  'image ls': [['desktop image ls', 'what is in the cache, and who has it']],
  'image inspect': [['desktop image inspect 4f3a', 'packages and files of the image that begins so']],
  'image prune': [
    ['desktop image prune --dry-run', 'what nobody needs'],
    ['desktop image prune', 'remove it; all of it can be made again'],
  ],
  bundle: [['desktop bundle guest.bundle', 'all that a machine without network needs']],
  'image export': [['desktop image export guest.tar', 'for a machine that cannot build it']],
  'image import': [['desktop image import guest.tar', 'take it there; a bundle too']],
}

/** The text below the options; undefined for a command without any. */
export function examplesText(path: string): string | undefined {
  const lines = Object.hasOwn(examples, path) ? examples[path] : undefined
  if (lines === undefined) return undefined
  const width = Math.max(...lines.map(([line]) => line.length))
  const room = Math.min(width, 48)
  // What is longer than most has its explanation on the next line.
  const shown = lines.map(([line, what]) =>
    line.length > room ? `  ${line}\n${' '.repeat(room + 4)}${what}` : `  ${line.padEnd(room)}  ${what}`,
  )
  return `\nExamples:\n${shown.join('\n')}`
}
