/** Examples under `--help`, by command path: the most common uses, each a complete line. */
export const examples: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  'signature keygen': [['desktop signature keygen team.key', 'generate a key pair; keep the file secret']],
  'signature sign': [['desktop signature sign image.tar -s team.key', 'write image.tar.minisig']],
  'signature statement': [
    ['desktop signature statement image.tar', 'print the text for `minisign -Sm TEXT -x image.tar.minisig`'],
  ],
  'signature verify': [['desktop signature verify plan.json', 'verify it with the keys of desktop.yaml']],
  plan: [
    ['desktop plan', 'preview the changes'],
    ['desktop plan --exit-code', 'in a script: exits with 2 if there are changes'],
    ['desktop plan -o plan.json', 'save it; `desktop apply plan.json` applies exactly this plan'],
    ['desktop plan --set vm.memory=4GiB', 'preview with a different value'],
  ],
  apply: [
    ['desktop apply', 'make the environment match ./desktop.yaml'],
    ['desktop apply -f base.yaml -f team.yaml', 'two files; the second overrides the first'],
    ['desktop apply --only ports --only dns', 'only these components'],
    ['desktop apply --try 2m', 'roll back unless `desktop confirm` follows within two minutes'],
    ['desktop apply --offline', 'download nothing; fail if a download is needed'],
    ['desktop apply --allow recreate:disk', 'allow erasing the data disk'],
  ],
  drift: [
    ['desktop drift --exit-code', '0 = in sync, 2 = drift'],
    ['desktop drift --format github', 'GitHub annotations on the affected lines of desktop.yaml'],
    ['desktop drift --repair', 'fix the drift'],
  ],
  confirm: [['desktop confirm', 'keep the changes made by `desktop apply --try 2m`']],
  watch: [
    ['desktop watch --format json --interval 10s', 'one line of JSON per change'],
    ['desktop watch --repair=restart-engine', 'repair drift up to an engine restart'],
  ],
  'service install': [
    ['desktop service install --repair live', 'start at login; repair drift that interrupts nothing'],
  ],
  'service uninstall': [['desktop service uninstall', 'remove the service; the environment keeps running']],
  'hosts install': [
    ['desktop hosts install builder', 'put this version on the host `builder` of desktop.yaml'],
  ],
  'hosts forget': [
    ['desktop hosts forget 0123456789abcdef', 'the host with this id was reinstalled, or is gone'],
  ],
  history: [['desktop history', 'list generations, newest first']],
  show: [['desktop show 12', 'print configuration, rendered files and steps']],
  diff: [['desktop diff 11 12', 'show what changed between two applies']],
  rollback: [['desktop rollback 11', 'go back to that configuration']],
  status: [
    ['desktop status', 'state of every component'],
    ['desktop status --json', 'state of every component, as JSON'],
  ],
  start: [['desktop start', 'resume the suspended VM, or boot it']],
  stop: [
    ['desktop stop', 'suspend the VM with its containers'],
    ['desktop stop --power-off', 'shut it down'],
  ],
  destroy: [
    ['desktop destroy --yes', 'without a prompt; images, containers and volumes are lost'],
    ['desktop destroy old-project', 'an environment whose desktop.yaml is gone'],
  ],
  ls: [
    ['desktop ls', 'name, state, memory, disk, age and file'],
    ['desktop ls --all-lost', 'environments whose desktop.yaml is gone'],
  ],
  logs: [
    ['desktop logs', "the VM's console"],
    ['desktop logs supervisor -n 50 --follow', 'last 50 lines, then new ones'],
  ],
  console: [['desktop console', 'attach; detach with Ctrl-]']],
  shell: [
    ['desktop shell', 'open a shell in the VM'],
    ['desktop shell m.2', 'open a shell in m.2, the second VM of vms.m'],
  ],
  exec: [
    ['desktop exec -- uname -r', 'run a command in the VM'],
    ['desktop exec -s docker -- iptables -S', 'run a command in a service'],
  ],
  flows: [['desktop flows', 'list connections, busiest first']],
  top: [
    ['desktop top', 'q quits, / filters, < and > change the sort column'],
    ['desktop top --once', 'one sample as text, or with --format json as JSON'],
  ],
  ui: [
    ['desktop ui', 'open it in the browser; the URL works once'],
    ['desktop ui --write', 'let the page apply the plan it shows'],
    ['desktop ui --no-open --port 8123', 'on a remote host, with ssh -L 8123:127.0.0.1:8123'],
  ],
  metrics: [
    ['desktop metrics', 'then scrape http://127.0.0.1:9464/metrics'],
    ['desktop metrics --once', 'print the metrics'],
    ['desktop metrics --otlp http://127.0.0.1:4318', 'push to an OpenTelemetry collector'],
  ],
  tunnel: [
    ['desktop tunnel', 'then: curl -x socks5h://127.0.0.1:1080 http://db:9200'],
    ['desktop tunnel --port 9050', 'listen on a different port'],
  ],
  pcap: [
    ['desktop pcap -w vm.pcap tcp and port 443', 'write a file for Wireshark'],
    ['desktop pcap -w out.pcap src host 192.168.65.3 and dst port 443', 'one direction'],
    ['desktop pcap -w one.pcap tcp 192.168.65.3:40000 10.0.0.1:443', 'one connection of `desktop flows`'],
    ['desktop pcap -c 10 udp', 'ten frames to stdout'],
  ],
  validate: [
    ['desktop validate', 'list all errors, including policy violations'],
    ['desktop validate -f desktop.yaml -f ci/policy.yaml', 'with additional rules from CI'],
  ],
  fmt: [
    ['desktop fmt', 'print the formatted file; comments are kept'],
    ['desktop fmt --write', 'save it: two spaces, at most one blank line'],
    ['desktop fmt --check', 'in CI: exits with 2 if it is not formatted'],
  ],
  lock: [
    ['desktop lock', 'pin the packages in use on this host'],
    ['desktop lock --update', 'update to the newest versions'],
    ['desktop lock --check', 'in CI: exits with 2 if it would change'],
  ],
  init: [['desktop init --name shop', 'write a starter desktop.yaml']],
  import: [
    [
      'desktop import docker-desktop ~/.docker/desktop/settings-store.json ~/.docker/daemon.json',
      'convert both files',
    ],
    ['desktop import lima ~/.lima/default/lima.yaml -o -', 'print to stdout'],
    ['desktop import colima ~/.colima/default/colima.yaml --force', 'replace desktop.yaml'],
  ],
  docker: [
    ['desktop docker run --rm hello-world', 'works without docker on the host'],
    ['desktop docker compose up -d', 'compose and buildx are included'],
  ],
  env: [['eval "$(desktop env)"', 'point docker at the environment, in the current shell']],
  render: [['desktop render -o rendered', 'LinuxKit YAML, daemon.json, QEMU arguments']],
  explain: [
    ['desktop explain vm.memory', 'its meaning, and what changing it interrupts'],
    ['desktop explain engine.config.bip', 'a key of daemon.json'],
  ],
  version: [['desktop version --json', 'for a bug report']],
  doctor: [['desktop doctor', 'list missing programs and permissions, and how to fix them']],
  completion: [
    ['source <(desktop completion bash)', 'in ~/.bashrc'],
    ['source <(desktop completion zsh)', 'in ~/.zshrc, after compinit'],
    ['desktop completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  forward: [
    ['desktop forward --listen-qemu unix:///tmp/link.sock --subnet 10.0.2.0/24', 'for your own QEMU'],
  ],
  trust: [['desktop trust', 'browsers accept https://web.dev.localhost:8443']],
  untrust: [['desktop untrust', 'remove the local CA from all trust stores']],
  'disk show': [['desktop disk show', 'show data disk usage']],
  'disk compact': [['desktop disk compact', 'return unused blocks to the host']],
  'egress learn': [
    ['desktop egress learn --for 2m > allow.patch', 'allow what a test run connects to, deny the rest'],
  ],
  'config show': [['desktop config show --origin', 'show the file, line and column of each value']],
  'image build': [
    ['desktop image build', 'build without starting the VM'],
    ['desktop image build --offline', 'build from the cache; fail if a download is needed'],
  ],
  'image ls': [['desktop image ls', 'list cached images and their environments']],
  'image inspect': [['desktop image inspect 4f3a', 'by the first characters of its digest']],
  'image prune': [
    ['desktop image prune --dry-run', 'list unused images'],
    ['desktop image prune', 'remove unused images'],
  ],
  bundle: [['desktop bundle guest.bundle', 'everything for a host without network']],
  'image export': [['desktop image export guest.tar', 'for a host that cannot build it']],
  'image import': [['desktop image import guest.tar', 'import an exported image or a bundle']],
}

/** The text below the options; undefined for a command without examples. */
export function examplesText(path: string): string | undefined {
  const lines = Object.hasOwn(examples, path) ? examples[path] : undefined
  if (lines === undefined) return undefined
  const width = Math.max(...lines.map(([line]) => line.length))
  const room = Math.min(width, 48)
  // An unusually long line has its explanation on the next line.
  const shown = lines.map(([line, what]) =>
    line.length > room ? `  ${line}\n${' '.repeat(room + 4)}${what}` : `  ${line.padEnd(room)}  ${what}`,
  )
  return `\nExamples:\n${shown.join('\n')}`
}
