/** Allowed imports between the folders of src/, and the layers within the large ones. */

/**
 * Folder → folders that it may import. All folders may import the files directly in src/ and the shared
 * folders.
 */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  host: [],
  signatures: ['host'],
  config: ['host', 'signatures'],
  names: ['config', 'host', 'engine'],
  net: ['config'],
  vm: ['config', 'host'],
  engine: ['config', 'host', 'vm'],
  guest: ['config', 'host', 'signatures', 'vm'],
  supervisor: ['config', 'host', 'names', 'net', 'vm', 'engine'],
  observe: ['config', 'host', 'guest', 'vm', 'engine', 'supervisor'],
  reconcile: ['config', 'host', 'net', 'vm', 'observe'],
  apply: ['config', 'host', 'signatures', 'guest', 'vm', 'engine', 'supervisor', 'observe', 'reconcile'],
  cli: [
    'config',
    'host',
    'signatures',
    'guest',
    'vm',
    'engine',
    'names',
    'net',
    'supervisor',
    'observe',
    'reconcile',
    'apply',
  ],
  page: ['cli', 'config', 'host', 'names', 'net', 'apply', 'reconcile', 'observe', 'supervisor'],
}

export const shared: readonly string[] = ['errors']

/** From these folders, only types of these modules may be imported, for contracts between both sides. */
export const typesOnly: readonly (readonly [from: string, to: string])[] = [
  ['reconcile', 'observe'],
  ['reconcile', 'host'],
  ['reconcile', 'net'],
  ['reconcile', 'vm'],
  ...['cli', 'config', 'host', 'names', 'net', 'apply', 'reconcile', 'observe', 'supervisor'].map(
    (to) => ['page', to] as const,
  ),
]

/**
 * Layers of a folder, lowest first. A file imports lower layers, or its own part of its layer; parts of one
 * layer do not import each other.
 */
export const layers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  net: [
    ['wire'],
    ['wasm'],
    ['storage'],
    ['link'],
    ['core'],
    ['egress', 'services', 'pcap'],
    ['ip'],
    ['tcp', 'udp'],
    ['ipv4', 'ipv6'],
    ['stack-host.ts'],
    ['dial-guard.ts'],
    ['stack.ts'],
    ['flows.ts', 'metrics.ts'],
    ['host/sockaddr.ts', 'host/random-word.ts', 'host/private-socket.ts'],
    ['host/linux'],
    ['host/node', 'host/idle-heap.ts', 'host/idle-memory.ts'],
    ['host/event-loop.ts'],
    ['host/tcp/own-socket.ts'],
    ['host/listener.ts'],
    ['host/tcp', 'host/udp', 'host/icmp'],
    ['host/ports', 'host/links', 'host/gateway'],
    ['host'],
    ['forwarder-settings.ts'],
    ['attached-links.ts'],
    ['forwarder.ts', 'private-link.ts', 'network.ts'],
    ['library.ts'],
    ['api'],
    ['standalone.ts'],
  ],
  supervisor: [
    ['api'],
    ['process'],
    ['network'],
    ['machine'],
    ['engine.ts'],
    ['parts.ts'],
    ['calls'],
    ['supervisor.ts'],
    ['main.ts'],
  ],
  apply: [['history'], ['environment'], ['images'], ['plan'], ['run'], ['remote'], ['cluster']],
}

/**
 * Only these commands may import the folder that applies plans; `cli/change.ts` imports it for apply and
 * related commands.
 */
export const mayRun: readonly string[] = ['destroy', 'host-agent', 'stop', 'watch'].map(
  (name) => `cli/commands/${name}.ts`,
)

/**
 * Folders without clocks, timers and random numbers: these are arguments. `except` matches the files that
 * connect them to the host.
 */
export const clockless: Readonly<Record<string, { except: RegExp }>> = {
  net: { except: /^net\/(host\/|api\/|standalone\.ts|forwarder\.ts|private-link\.ts)/ },
  reconcile: { except: /adapter/ },
}

/** Folders without effects: no Node built-in and no call into the C library, except in adapters. */
export const pureFolders: Readonly<Record<string, { adapters: RegExp }>> = {
  net: { adapters: /^net\/(host\/|api\/|standalone\.ts|pcap\/host-|.*adapter)/ },
  reconcile: { adapters: /adapter/ },
  page: { adapters: /adapter/ },
}

interface Room {
  /** A fact that must not be repeated. */
  fact: string
  pattern: RegExp
  /** Applies below this folder; everywhere if absent. */
  folder?: string
  files: readonly string[]
}

/** Facts that belong in certain files only. Comments do not count. */
export const rooms: readonly Room[] = [
  {
    fact: 'the C library',
    pattern: /(?:from|import\()\s*['"]koffi['"]/,
    files: ['host/libc.ts', 'host/koffi-native.ts', 'net/host/linux/libc.ts'],
  },
  {
    fact: 'the platform of the forwarder',
    pattern: /\bprocess\.platform\b/,
    folder: 'net',
    files: ['net/host/linux/libc.ts'],
  },
  {
    fact: 'whether sockets bypass Node',
    pattern: /\breadiness\s*[!=]==\s*undefined/,
    files: ['net/host/tcp/open-sockets.ts', 'net/host/udp/open-port.ts'],
  },
  {
    fact: 'the umask of a private socket',
    pattern: /\bumask\(0o177\)/,
    files: ['net/host/private-socket.ts'],
  },
  { fact: "the MAC addresses of the guest's cards", pattern: /['"`]02:50:/, files: ['config/guest-mac.ts'] },
  {
    fact: 'images of guest components',
    pattern: /['"`]desktop\/(?:kernel|init|runc|containerd|tools|docker|socat|chrony|qemu-ga)['"`]/,
    files: ['config/guest-components.ts'],
  },
  {
    fact: 'characters of an environment name made from a folder',
    pattern: /\[\^a-z0-9\._-\]/,
    files: ['config/environment-name.ts'],
  },
  { fact: 'keys that GET /info shows', pattern: /\bLiveRestoreEnabled\b/, files: ['config/daemon/shown.ts'] },
  {
    fact: 'the driver of virtual machines',
    pattern:
      /from\s*['"][^'"]*\/vm\/(?:qemu|golden)\/|from\s*['"][^'"]*\/vm\/suspend\/(?:qemu|resume|stream)\.ts['"]/,
    folder: 'supervisor',
    files: ['supervisor/parts.ts'],
  },
  {
    fact: 'the choice between reload and restart without a plan',
    pattern: /from\s*['"][^'"]*\/reload-or-restart\.ts['"]/,
    files: ['apply/run/host-effects/engine.ts'],
  },
  {
    fact: 'operation ids that the compiler does not check',
    pattern: /\bas OperationId\b/,
    files: ['apply/cluster/apply.ts', 'reconcile/cluster.ts', 'reconcile/swarm/operations.ts'],
  },
]
