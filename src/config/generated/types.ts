/** Generated from schemas/desktop.schema.json by `npm run generate`. */

/**
 * Memory of the VM.
 */
export type Size = string
/**
 * Swap space of the VM, in a file on the data disk; 0MiB = none.
 */
export type Size1 = string
/**
 * Size of the data disk that holds images, containers and volumes.
 */
export type Size2 = string
/**
 * As vm.memory, for each machine.
 */
export type Size3 = string
/**
 * As vm.swap, for each machine.
 */
export type Size4 = string
/**
 * As vm.disk, for each machine.
 */
export type Size5 = string
/**
 * Remember at least this long.
 */
export type Duration = string
/**
 * Remember at most this long.
 */
export type Duration1 = string
/**
 * For http URLs.
 */
export type TextOrReference =
  | string
  | {
      /**
       * Environment variable that holds the value.
       */
      fromEnv?: string
      /**
       * File that holds the value, relative to desktop.yaml.
       */
      fromFile?: string
    }
/**
 * For https URLs.
 */
export type TextOrReference1 =
  | string
  | {
      /**
       * Environment variable that holds the value.
       */
      fromEnv?: string
      /**
       * File that holds the value, relative to desktop.yaml.
       */
      fromFile?: string
    }
export type Strings = string[]
export type IdMappings = {
  hostID?: number
  containerID?: number
  size?: number
}[]
export type Mounts = {
  destination?: string
  type?: string
  source?: string
  options?: Strings
  uidmappings?: IdMappings
  gidmappings?: IdMappings
}[]
export type Devices = {
  /**
   * `all` allows every device of the type.
   */
  path?: string
  type?: string
  major?: number
  minor?: number
  /**
   * Octal.
   */
  mode?: string
}[]
export type Throttles = {
  major?: number
  minor?: number
  rate?: number
}[]
/**
 * More services of the VM, with the fields that LinuxKit has. image: an archive of docker save or an OCI layout by its path (./web.tar), or desktop/tools, which has a shell.
 */
export type ListOfLinuxKitServices = {
  name: string
  image: string
  capabilities?: Strings
  'capabilities.add'?: Strings
  ambient?: Strings
  mounts?: Mounts
  binds?: Strings
  'binds.add'?: Strings
  devices?: Devices
  tmpfs?: Strings
  command?: Strings
  env?: Strings
  cwd?: string
  net?: string
  pid?: string
  ipc?: string
  uts?: string
  userns?: string
  hostname?: string
  readonly?: boolean
  maskedPaths?: Strings
  readonlyPaths?: Strings
  /**
   * Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order.
   */
  uid?: string | number
  /**
   * Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order.
   */
  gid?: string | number
  additionalGids?: (string | number)[]
  noNewPrivileges?: boolean
  oomScoreAdj?: number
  rootfsPropagation?: string
  cgroupsPath?: string
  resources?: Resources
  sysctl?: Texts
  rlimits?: Strings
  uidMappings?: IdMappings
  gidMappings?: IdMappings
  annotations?: Texts
  runtime?: Runtime1
}[]
/**
 * More files of the VM, with the fields that LinuxKit has; source is relative to this file.
 */
export type ListOfLinuxKitFiles = {
  path?: string
  directory?: boolean
  symlink?: string
  contents?: string
  /**
   * File on the host.
   */
  source?: string
  /**
   * yaml or json: this file itself.
   */
  metadata?: string
  /**
   * Leave it out when the source cannot be read.
   */
  optional?: boolean
  /**
   * Octal. Default 0600, directories 0700.
   */
  mode?: string
  /**
   * Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order.
   */
  uid?: string | number
  /**
   * Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order.
   */
  gid?: string | number
}[]
/**
 * How long they are kept, e.g. 90d. Default: no limit.
 */
export type Duration2 = string
export type Effect = 'live' | 'reload' | 'restart-engine' | 'restart-vm' | 'recreate'

/**
 * desktop.yaml: a Linux VM that runs Docker.
 */
export interface DesktopFile {
  /**
   * Version of this file's format.
   */
  apiVersion: 'desktop/v1'
  /**
   * Name of the environment: lower-case letters, digits, dot, dash and underscore. Default: the name of the file's folder.
   */
  name?: string
  /**
   * Versions of desktop that may apply this file, e.g. >=0.1.
   */
  requiredVersion?: string
  /**
   * File or files that this one goes over, relative to it.
   */
  extends?: string | string[]
  /**
   * The virtual machine's sizing.
   */
  vm?: {
    /**
     * Virtual CPUs.
     */
    cpus?: number
    memory?: Size
    swap?: Size1
    disk?: Size2
    /**
     * How QEMU runs guest code; auto takes the fastest that really works here.
     */
    accelerator?: 'auto' | 'kvm' | 'hvf' | 'tcg'
    /**
     * Random addresses of programs in the VM (ASLR). auto = on, but off where the CPU is emulated, for which it costs time; always = there too.
     */
    aslr?: 'auto' | 'always'
    /**
     * desktop stop suspends the running VM; desktop start resumes it with its containers. false = stop shuts it down.
     */
    suspendOnStop?: boolean
  }
  /**
   * Several machines on one switch, by kind: KIND.1 to KIND.COUNT, each with the keys of vm; docs/vms.md. In place of vm.
   */
  vms?: {
    [k: string]: KindOfMachine
  }
  /**
   * The VM's own network, served by the forwarder.
   */
  network?: {
    /**
     * IPv4 network of the VM in CIDR form.
     */
    subnet?: string
    /**
     * Gateway and DNS server. Default: first address of the subnet.
     */
    gateway?: string
    /**
     * The VM's eth0. Default: third address of the subnet.
     */
    address?: string
    /**
     * host.docker.internal, which reaches the host's loopback. Default: the last address but one of the subnet (.254 of a /24).
     */
    host?: string
    /**
     * Largest packet on the VM's link, announced by DHCP. auto = 65520, the fastest.
     */
    mtu?: 'auto' | number
    /**
     * IPv6 beside IPv4 on the VM's link: an address and a route for the VM, names, and the world as far as this host reaches it; docs/ipv6.md.
     */
    ipv6?: boolean
    /**
     * IPv6 network of the VM, a /64; gateway ::1, the VM ::3, the host's loopback ::fe in it. Default: a unique local one that follows from network.subnet.
     */
    subnet6?: string
    /**
     * Name resolution inside the VM and its containers.
     */
    dns?: {
      /**
       * Servers to ask, in order: IP, IP:port, or system for those of the host.
       */
      upstreams?: string[]
      /**
       * Name → IP address, or another name that it is an alias of; *.name is a wildcard.
       */
      hosts?: {
        [k: string]: string
      }
      /**
       * Servers for some domains only; the longest domain wins.
       */
      split?: {
        /**
         * Domain, without *.
         */
        domain: string
        /**
         * Servers for it: IP or IP:port.
         *
         * @minItems 1
         */
        servers: [string, ...string[]]
      }[]
      /**
       * Search domains, sent by DHCP; system = those of this host.
       */
      search?: string[]
      /**
       * Answers that are remembered.
       */
      cache?: {
        /**
         * Answers that are remembered; 0 = none.
         */
        max?: number
        minTTL?: Duration
        maxTTL?: Duration1
      }
    }
    /**
     * What the VM and its containers may reach. Services of the gateway (DHCP, DNS, time) and port mappings always work.
     */
    egress?: {
      /**
       * open: allow what no rule denies. lockdown: deny what no rule allows, resolve only names that a rule allows, and refuse rules that allow everything or nearly everything.
       */
      preset?: 'open' | 'lockdown'
      /**
       * For what no rule is about; a preset decides it.
       */
      default?: 'allow' | 'deny'
      /**
       * The first match wins. Judged when a name is asked for and when a connection, datagram or ping leaves.
       */
      rules?: {
        /**
         * TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]; the target is an address or CIDR (of IPv6 in brackets), a name, *.name for all names below, or * for everything.
         */
        allow?: string
        /**
         * As allow.
         */
        deny?: string
      }[]
    }
  }
  /**
   * Host ports that lead into the VM.
   */
  ports?: (
    | string
    | {
        /**
         * Name in plans.
         */
        name?: string
        /**
         * PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH. Address: default 127.0.0.1.
         */
        host: string | number
        /**
         * PORT, FIRST-LAST, ADDRESS:PORT or MACHINE:PORT (m.2:80); without, the VM's or the first machine's. The address may be that of a container.
         */
        guest: string | number
        /**
         * Default tcp.
         */
        protocol?: 'tcp' | 'udp'
        /**
         * Permissions of a unix socket. Default 0600.
         */
        mode?: string
      }
  )[]
  /**
   * Ports that containers publish with docker run -p.
   */
  publish?: {
    /**
     * Ports that containers publish appear on the host.
     */
    containers?: boolean
    /**
     * Host address on which they appear when docker run names none.
     */
    bind?: string
  }
  /**
   * Names of containers on this host: NAME.ENVIRONMENT.localhost.
   */
  names?: {
    /**
     * Loopback port for http://NAME.ENVIRONMENT.localhost:PORT.
     */
    http?: number
    /**
     * Loopback port for https://NAME.ENVIRONMENT.localhost:PORT.
     */
    https?: number
  }
  /**
   * dockerd.
   */
  engine?: {
    config?: DaemonFile
    /**
     * Mirrors of Docker Hub, as URLs: registry-mirrors of daemon.json.
     */
    registryMirrors?: string[]
    /**
     * Registries without TLS: insecure-registries of daemon.json.
     */
    insecureRegistries?: string[]
    /**
     * Certificates of authorities that dockerd trusts in addition to the public ones, for registries and proxies: paths of PEM files, relative to this one, or PEM texts.
     */
    trustedCertificates?: string[]
    /**
     * Ranges that new networks are cut from: default-address-pools of daemon.json.
     */
    addressPools?: Pool[]
    /**
     * Proxies that dockerd uses. A URL with a password must be a reference: {fromEnv: NAME} or {fromFile: PATH}.
     */
    proxies?: {
      http?: TextOrReference
      https?: TextOrReference1
      /**
       * Hosts reached directly, with commas between them.
       */
      noProxy?: string
    }
    /**
     * Where docker.sock appears on the host; auto = the runtime directory of the environment.
     */
    socket?: string
    /**
     * Create the docker context desktop-NAME.
     */
    context?: boolean
  }
  /**
   * Folders of this host that are there in the VM, e.g. for docker run -v.
   */
  shares?: {
    /**
     * Folder of this host, relative to this file.
     */
    source: string
    /**
     * Where it is in the VM. Default: the same path as on this host.
     */
    target?: string
    /**
     * Whether the VM may write to it. Default false.
     */
    writable?: boolean
  }[]
  /**
   * Inside the VM.
   */
  guest?: {
    /**
     * Kernel parameters by name, e.g. vm.max_map_count.
     */
    sysctl?: {
      [k: string]: string | number
    }
    /**
     * Whether containers may use this user's SSH agent, by /run/host-services/ssh-auth.sock: true = the one of SSH_AUTH_SOCK, or the path of its socket.
     */
    sshAgent?: boolean | string
    /**
     * CPUs beside the VM's own whose programs containers can run, emulated, as in docker run --platform linux/arm64.
     */
    platforms?: ('arm' | 'arm64' | 'loong64' | 'mips64le' | 'ppc64le' | 'riscv64' | 's390x')[]
    /**
     * What assembles the guest image: desktop itself, or LinuxKit's own program, found on PATH.
     */
    builder?: 'desktop' | 'linuxkit'
    services?: ListOfLinuxKitServices
    files?: ListOfLinuxKitFiles
  }
  /**
   * Generations that are kept; the newest that was applied whole always is.
   */
  history?: {
    /**
     * How many of the newest are kept.
     */
    keep?: number
    maxAge?: Duration2
  }
  /**
   * Which artefacts must be signed, and by whom; docs/signatures.md.
   */
  signatures?: {
    /**
     * Public keys that are trusted, as `desktop signature keygen` and minisign print them.
     *
     * @maxItems 64
     */
    keys?: string[]
    /**
     * image: the guest image must be signed before a VM starts from it, and imports too. plan: so must a saved plan.
     */
    require?: ('image' | 'plan')[]
  }
  /**
   * Rules that the configuration in effect and its plans must keep; docs/policy.md.
   */
  policy?: Rule[]
}
export interface KindOfMachine {
  /**
   * How many of this kind. Default 1.
   */
  count?: number
  /**
   * As vm.cpus, for each machine.
   */
  cpus?: number
  memory?: Size3
  swap?: Size4
  disk?: Size5
  /**
   * As vm.accelerator.
   */
  accelerator?: 'auto' | 'kvm' | 'hvf' | 'tcg'
  /**
   * As vm.suspendOnStop.
   */
  suspendOnStop?: boolean
  /**
   * Address of the first machine; the others follow it. Default: after those of the kinds above, at a multiple of 32 from network.address.
   */
  address?: string
  egress?: Egress
  /**
   * These machines reach the gateway and the world, and no other machine. Default false.
   */
  isolated?: boolean
}
/**
 * As network.egress, which it replaces for these machines.
 */
export interface Egress {
  /**
   * open: allow what no rule denies. lockdown: deny what no rule allows, resolve only names that a rule allows, and refuse rules that allow everything or nearly everything.
   */
  preset?: 'open' | 'lockdown'
  /**
   * For what no rule is about; a preset decides it.
   */
  default?: 'allow' | 'deny'
  /**
   * The first match wins. Judged when a name is asked for and when a connection, datagram or ping leaves.
   */
  rules?: {
    /**
     * TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]; the target is an address or CIDR (of IPv6 in brackets), a name, *.name for all names below, or * for everything.
     */
    allow?: string
    /**
     * As allow.
     */
    deny?: string
  }[]
}
/**
 * Any key of daemon.json.
 */
export interface DaemonFile {
  /**
   * Registries that also get layers marked as not distributable.
   */
  'allow-nondistributable-artifacts'?: string[]
  /**
   * Plugins that allow or deny each API request.
   */
  'authorization-plugins'?: string[]
  /**
   * Address and prefix length of the docker0 bridge, e.g. 172.17.0.1/16.
   */
  bip?: string
  /**
   * Bridge that containers are attached to; none = no default bridge.
   */
  bridge?: string
  /**
   * BuildKit: its cache and what builds may do.
   */
  builder?: {
    /**
     * Collection of unused build cache.
     */
    gc?: {
      /**
       * Collect at all.
       */
      enabled?: boolean
      /**
       * Cache that is always kept, e.g. 10GB.
       */
      defaultKeepStorage?: string
      /**
       * Rules, tried in order.
       */
      policy?: {
        /**
         * Internal and frontend cache as well.
         */
        all?: boolean
        /**
         * Which cache the rule is for, e.g. unused-for=2200h.
         */
        filter?: string[]
        /**
         * Cache that this rule keeps, e.g. 5GB.
         */
        keepStorage?: string
      }[]
    }
    /**
     * What a build may be granted.
     */
    entitlements?: {
      /**
       * Use the host's network.
       */
      'network-host'?: boolean
      /**
       * Run without confinement.
       */
      'security-insecure'?: boolean
    }
    /**
     * Records of earlier builds.
     */
    history?: {
      /**
       * Age at which a record goes, e.g. 48h.
       */
      maxAge?: string | number
      /**
       * Records that are kept.
       */
      maxEntries?: number
    }
  }
  /**
   * Folders with descriptions of devices for the Container Device Interface.
   */
  'cdi-spec-dirs'?: string[]
  /**
   * Parent cgroup of all containers.
   */
  'cgroup-parent'?: string
  /**
   * Log at debug level and offer the debug API.
   */
  debug?: boolean
  /**
   * Ranges that new networks are cut from.
   */
  'default-address-pools'?: Pool[]
  /**
   * cgroup namespace of new containers.
   */
  'default-cgroupns-mode'?: 'private' | 'host'
  /**
   * IPv4 gateway that containers on the default bridge get.
   */
  'default-gateway'?: string
  /**
   * IPv6 gateway that containers on the default bridge get.
   */
  'default-gateway-v6'?: string
  /**
   * IPC namespace of new containers.
   */
  'default-ipc-mode'?: 'private' | 'shareable'
  /**
   * Options of new networks, by driver. Default: the MTU of bridge and overlay networks follows network.mtu.
   */
  'default-network-opts'?: {
    /**
     * Options by name.
     */
    [k: string]: {
      [k: string]: string
    }
  }
  /**
   * OCI runtime of containers that ask for none.
   */
  'default-runtime'?: string
  /**
   * Size of /dev/shm in new containers, e.g. 64M.
   */
  'default-shm-size'?: string
  /**
   * Resource limits of new containers, by name.
   */
  'default-ulimits'?: {
    [k: string]: Ulimit
  }
  /**
   * Name servers that containers get instead of the VM's own.
   */
  dns?: string[]
  /**
   * Options of resolv.conf in containers.
   */
  'dns-opts'?: string[]
  /**
   * Search domains of containers.
   */
  'dns-search'?: string[]
  /**
   * Options of the runtime, NAME=VALUE.
   */
  'exec-opts'?: string[]
  /**
   * Offer experimental features.
   */
  experimental?: boolean
  /**
   * Features of dockerd switched on or off, by name. containerd-snapshotter restarts the engine and hides images and containers of the storage driver.
   */
  features?: {
    [k: string]: boolean
  }
  /**
   * Part of the default bridge's network that containers get addresses from.
   */
  'fixed-cidr'?: string
  /**
   * IPv6 network that containers on the default bridge get addresses from.
   */
  'fixed-cidr-v6'?: string
  /**
   * Address that host-gateway stands for in docker run --add-host.
   */
  'host-gateway-ip'?: string
  /**
   * Containers on the default bridge may reach each other.
   */
  icc?: boolean
  /**
   * Run an init as process 1 of every container.
   */
  init?: boolean
  /**
   * Path of docker-init in the guest.
   */
  'init-path'?: string
  /**
   * Registries reached without TLS or with a certificate nobody knows: HOST, HOST:PORT or CIDR.
   */
  'insecure-registries'?: string[]
  /**
   * Address in the VM that published ports are bound to when docker run names none.
   */
  ip?: string
  /**
   * dockerd switches net.ipv4.ip_forward on.
   */
  'ip-forward'?: boolean
  /**
   * Containers' packets leave with the VM's address.
   */
  'ip-masq'?: boolean
  /**
   * dockerd writes ip6tables rules; experimental.
   */
  ip6tables?: boolean
  /**
   * dockerd writes iptables rules.
   */
  iptables?: boolean
  /**
   * IPv6 on the default bridge.
   */
  ipv6?: boolean
  /**
   * Labels of the engine, NAME=VALUE.
   */
  labels?: string[]
  /**
   * Containers keep running while dockerd is down.
   */
  'live-restore'?: boolean
  /**
   * Where the output of containers goes.
   */
  'log-driver'?: string
  /**
   * Form of dockerd's own log.
   */
  'log-format'?: 'text' | 'json'
  /**
   * How much dockerd logs.
   */
  'log-level'?: 'panic' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /**
   * Options of the log driver; values are texts.
   */
  'log-opts'?: {
    [k: string]: string
  }
  /**
   * Layers that one pull downloads at a time. Default 3.
   */
  'max-concurrent-downloads'?: number
  /**
   * Layers that one push uploads at a time. Default 5.
   */
  'max-concurrent-uploads'?: number
  /**
   * Attempts at each layer. Default 5.
   */
  'max-download-attempts'?: number
  /**
   * Address and port in the VM where Prometheus metrics are served.
   */
  'metrics-addr'?: string
  /**
   * Largest packet on the default bridge. Default: network.mtu.
   */
  mtu?: number
  /**
   * Largest packet of the swarm's control plane. Default 1500.
   */
  'network-control-plane-mtu'?: number
  /**
   * New containers cannot gain privileges through set-user-id programs.
   */
  'no-new-privileges'?: boolean
  /**
   * Resources that a swarm node offers, NAME=VALUE.
   */
  'node-generic-resources'?: string[]
  /**
   * Proxies that dockerd uses.
   */
  proxies?: {
    /**
     * For http URLs.
     */
    'http-proxy'?: string
    /**
     * For https URLs.
     */
    'https-proxy'?: string
    /**
     * Hosts reached directly, with commas between them.
     */
    'no-proxy'?: string
  }
  /**
   * dockerd's log with full time stamps and no colours.
   */
  'raw-logs'?: boolean
  /**
   * Mirrors of Docker Hub, as URLs.
   */
  'registry-mirrors'?: string[]
  /**
   * Further OCI runtimes, by name.
   */
  runtimes?: {
    [k: string]: Runtime
  }
  /**
   * Path of a seccomp profile in the guest; unconfined = none, builtin = the usual one.
   */
  'seccomp-profile'?: string
  /**
   * Use SELinux.
   */
  'selinux-enabled'?: boolean
  /**
   * Seconds that containers have to stop when dockerd goes down; -1 = for ever. Default 15.
   */
  'shutdown-timeout'?: number
  /**
   * Storage driver. A change hides images and containers of the one before.
   */
  'storage-driver'?: string
  /**
   * Options of the storage driver, NAME=VALUE.
   */
  'storage-opts'?: string[]
  /**
   * Ports published on loopback addresses go through a dedicated proxy process.
   */
  'userland-proxy'?: boolean
  /**
   * Path of docker-proxy in the guest.
   */
  'userland-proxy-path'?: string
  /**
   * default: root in containers is mapped to the user dockremap.
   */
  'userns-remap'?: string
}
export interface Pool {
  /**
   * Network in CIDR form.
   */
  base: string
  /**
   * Prefix length of each network that is cut from it.
   */
  size: number
}
export interface Ulimit {
  /**
   * Name of the limit, the same as its key.
   */
  Name: string
  /**
   * Upper bound of Soft; -1 = none.
   */
  Hard: number
  /**
   * Limit in force; -1 = none.
   */
  Soft: number
}
export interface Runtime {
  /**
   * Program in the guest.
   */
  path?: string
  /**
   * Its arguments.
   */
  runtimeArgs?: string[]
  /**
   * containerd shim, e.g. io.containerd.runc.v2.
   */
  runtimeType?: string
  /**
   * Options of the shim.
   */
  options?: {}
}
export interface Resources {
  devices?: {
    allow?: boolean
    type?: string
    major?: number
    minor?: number
    access?: string
  }[]
  memory?: {
    limit?: number
    reservation?: number
    swap?: number
    kernel?: number
    kernelTCP?: number
    swappiness?: number
    disableOOMKiller?: boolean
  }
  cpu?: {
    shares?: number
    quota?: number
    period?: number
    realtimeRuntime?: number
    realtimePeriod?: number
    cpus?: string
    mems?: string
  }
  pids?: {
    limit?: number
  }
  blockio?: {
    weight?: number
    leafWeight?: number
    weightDevice?: {
      major?: number
      minor?: number
      weight?: number
      leafWeight?: number
    }[]
    throttleReadBpsDevice?: Throttles
    throttleWriteBpsDevice?: Throttles
    throttleReadIOPSDevice?: Throttles
    throttleWriteIOPSDevice?: Throttles
  }
  hugepageLimits?: {
    pageSize?: number
    limit?: number
  }[]
  network?: {
    classID?: number
    priorities?: {
      name?: string
      priority?: number
    }[]
  }
}
export interface Texts {
  [k: string]: string
}
export interface Runtime1 {
  cgroups?: Strings
  mounts?: Mounts
  mkdir?: Strings
  interfaces?: {
    name?: string
    add?: string
    peer?: string
    createInRoot?: boolean
  }[]
  bindNS?: {
    cgroup?: string
    ipc?: string
    mnt?: string
    net?: string
    pid?: string
    user?: string
    uts?: string
  }
  /**
   * containerd namespace of the service.
   */
  namespace?: string
}
export interface Rule {
  /**
   * Name in messages.
   */
  name: string
  /**
   * Key that it is about, e.g. vm.memory; * stands for any key or list index, e.g. ports[*].address.
   */
  path?: string
  /**
   * Operations of these effects may not be in a plan; with path, only those that it causes.
   */
  effect?: Effect | Effect[]
  /**
   * There must be a value, and not an empty one.
   */
  require?: true
  /**
   * Value or list of values; every value at the path must be one of them. Text may have * in it.
   */
  allow?: {
    [k: string]: unknown
  }
  /**
   * Value or list of values that may not be at the path. Text may have * in it.
   */
  deny?: {
    [k: string]: unknown
  }
  /**
   * Number, size or duration that is the least.
   */
  min?: number | string
  /**
   * Number, size or duration that is the most.
   */
  max?: number | string
  /**
   * Regular expression that the value must match.
   */
  matches?: string
  /**
   * Why, for whoever breaks it.
   */
  message?: string
  /**
   * error (the default) ends with exit code 5; warn only prints a warning.
   */
  severity?: 'error' | 'warn'
}
