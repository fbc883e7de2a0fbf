/** Examples under `--help`, by the command's path: what people type most, each a whole line. */
export const examples: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  'signature keygen': [['desktop signature keygen team.key', 'a key pair; keep the file secret']],
  'signature sign': [['desktop signature sign image.tar -s team.key', 'writes image.tar.minisig']],
  'signature statement': [
    ['desktop signature statement image.tar', 'the text for `minisign -Sm TEXT -x image.tar.minisig`'],
  ],
  'signature verify': [['desktop signature verify plan.json', 'by the keys of desktop.yaml']],
  plan: [
    ['desktop plan', 'preview the changes'],
    ['desktop plan --exit-code', 'in a script: 2 if there are changes'],
    ['desktop plan -o plan.json', 'save it; `desktop apply plan.json` applies exactly this plan'],
    ['desktop plan --set vm.memory=4GiB', 'preview another value'],
  ],
  apply: [
    ['desktop apply', 'make the environment match ./desktop.yaml'],
    ['desktop apply -f base.yaml -f team.yaml', 'two files; the second overrides the first'],
    ['desktop apply --only ports --only dns', 'only these parts'],
    ['desktop apply --try 2m', 'roll back unless `desktop confirm` is run in time'],
    ['desktop apply --offline', 'download nothing; fail if a download is needed'],
    ['desktop apply --allow recreate:disk', 'agree to one kind of data loss'],
  ],
  drift: [
    ['desktop drift --exit-code', '0 = in sync, 2 = drift'],
    ['desktop drift --format github', 'annotations on the lines of the keys'],
    ['desktop drift --repair', 'make reality match the file'],
  ],
  confirm: [['desktop confirm', 'keep what `desktop apply --try 2m` changed']],
  watch: [
    ['desktop watch --format json --interval 10s', 'a line of JSON for each change'],
    ['desktop watch --repair=restart-engine', 'repair drift up to an engine restart'],
  ],
  'service install': [['desktop service install --repair live', 'start at login, and repair live drift']],
  'service uninstall': [['desktop service uninstall', 'remove the service; the environment keeps running']],
  history: [['desktop history', 'recorded applies, newest first']],
  show: [['desktop show 12', 'its configuration, rendered files and steps']],
  diff: [['desktop diff 11 12', 'what changed between two applies']],
  rollback: [['desktop rollback 11', 'return to that configuration; the file is not changed']],
  status: [['desktop status --json', 'every part with its path and state']],
  start: [['desktop start', 'resume the suspended VM, or boot it']],
  stop: [
    ['desktop stop', 'suspend the VM with its containers'],
    ['desktop stop --power-off', 'shut it down'],
  ],
  destroy: [
    ['desktop destroy --yes', 'do not ask; images, containers and volumes are lost'],
    ['desktop destroy old-project', 'an environment whose file is gone'],
  ],
  ls: [
    ['desktop ls', 'name, state, memory, disk, age and file of each'],
    ['desktop ls --all-lost', 'environments whose file is gone'],
  ],
  logs: [
    ['desktop logs', "the VM's console"],
    ['desktop logs supervisor -n 50 --follow', 'the last lines, then new ones'],
  ],
  console: [['desktop console', "the VM's tty; Ctrl-] leaves it"]],
  shell: [['desktop shell', 'a terminal in the VM']],
  exec: [
    ['desktop exec -- uname -r', 'a command in the VM'],
    ['desktop exec -s docker -- iptables -S', 'a command in a service'],
  ],
  flows: [['desktop flows', 'connections, busiest first']],
  top: [
    ['desktop top', 'q quits, / filters, < and > change the sort column'],
    ['desktop top --once', 'one sample as text; --format json for a program'],
  ],
  ui: [
    ['desktop ui', 'open it in the browser; the link works once'],
    ['desktop ui --write', 'the page may apply the plan that it shows'],
    ['desktop ui --no-open --port 8123', 'on a machine reached by ssh -L 8123:127.0.0.1:8123'],
  ],
  metrics: [
    ['desktop metrics', 'then scrape http://127.0.0.1:9464/metrics'],
    ['desktop metrics --once', 'print them'],
    ['desktop metrics --otlp http://127.0.0.1:4318', 'push to an OpenTelemetry collector'],
  ],
  tunnel: [
    ['desktop tunnel', 'then: curl -x socks5h://127.0.0.1:1080 http://db:5432'],
    ['desktop tunnel --port 9050', 'at another port'],
  ],
  pcap: [
    ['desktop pcap -w vm.pcap tcp and port 443', 'a file for Wireshark'],
    ['desktop pcap -w out.pcap src host 192.168.65.3 and dst port 443', 'one direction'],
    ['desktop pcap -w one.pcap tcp 192.168.65.3:40000 10.0.0.1:443', 'one line of `desktop flows`'],
    ['desktop pcap -c 10 udp', 'ten frames to standard output'],
  ],
  validate: [
    ['desktop validate', 'every mistake at once; policy rules too'],
    ['desktop validate -f desktop.yaml -f ci/policy.yaml', 'with additional rules from CI'],
  ],
  fmt: [
    ['desktop fmt --write', 'two spaces, one blank line at most; comments stay'],
    ['desktop fmt --check', 'in CI: 2 if it would change'],
  ],
  lock: [
    ['desktop lock', 'pin the packages that this machine uses'],
    ['desktop lock --update', 'update to the newest versions'],
    ['desktop lock --check', 'in CI: 2 if it would change'],
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
  docker: [
    ['desktop docker run --rm hello-world', 'works without an installed docker'],
    ['desktop docker compose up -d', 'compose and buildx are included'],
  ],
  env: [['eval "$(desktop env)"', 'point docker in this shell at the environment']],
  render: [['desktop render -o rendered', 'LinuxKit YAML, daemon.json and QEMU arguments as files']],
  explain: [
    ['desktop explain vm.memory', 'what it does and what a change interrupts'],
    ['desktop explain engine.config.bip', 'a key of daemon.json'],
  ],
  version: [['desktop version --json', 'for a bug report']],
  doctor: [['desktop doctor', 'missing programs and permissions, with fixes']],
  completion: [
    ['source <(desktop completion bash)', 'in ~/.bashrc'],
    ['source <(desktop completion zsh)', 'in ~/.zshrc, after compinit'],
    ['desktop completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  forward: [['desktop forward --listen-qemu unix:///tmp/link.sock --subnet 10.0.2.0/24', 'for any QEMU']],
  trust: [['desktop trust', 'browsers accept https://web.dev.localhost:8443']],
  untrust: [['desktop untrust', 'remove the local authority from all stores']],
  'disk show': [['desktop disk show', 'show data disk usage']],
  'disk compact': [['desktop disk compact', 'return unused blocks to the host']],
  'egress learn': [['desktop egress learn --for 2m > allow.patch', 'rules for what a test run reaches']],
  'config show': [['desktop config show --origin', 'each value with file, line and column']],
  'image build': [
    ['desktop image build', 'build now, start nothing'],
    ['desktop image build --offline', 'from the cache; fail if a download is needed'],
  ],
  'image ls': [['desktop image ls', 'cached images and the environments that use them']],
  'image inspect': [
    ['desktop image inspect 4f3a', 'packages and files of an image, by the start of its digest'],
  ],
  'image prune': [
    ['desktop image prune --dry-run', 'list unused images'],
    ['desktop image prune', 'remove unused images; they can be rebuilt'],
  ],
  bundle: [['desktop bundle guest.bundle', 'everything for a machine without network']],
  'image export': [['desktop image export guest.tar', 'for a machine that cannot build it']],
  'image import': [['desktop image import guest.tar', 'import an exported image or a bundle']],
}

/** The text below the options; undefined for a command without any. */
export function examplesText(path: string): string | undefined {
  const lines = Object.hasOwn(examples, path) ? examples[path] : undefined
  if (lines === undefined) return undefined
  const width = Math.max(...lines.map(([line]) => line.length))
  const room = Math.min(width, 48)
  // An unusually long line has its explanation on the next one.
  const shown = lines.map(([line, what]) =>
    line.length > room ? `  ${line}\n${' '.repeat(room + 4)}${what}` : `  ${line.padEnd(room)}  ${what}`,
  )
  return `\nExamples:\n${shown.join('\n')}`
}
