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
 * Minimum time to cache an answer.
 */
export type Duration = string
/**
 * Maximum time to cache an answer.
 */
export type Duration1 = string
/**
 * Proxy for http URLs.
 */
export type StringOrReference =
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
 * Proxy for https URLs.
 */
export type StringOrReference1 =
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
 * Additional services of the VM, with LinuxKit's fields. image: path of a docker save archive or an OCI layout (./web.tar), or desktop/tools, which has a shell.
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
 * Additional files of the VM, with LinuxKit's fields; source is relative to this file.
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
   * Skip the file if the source cannot be read.
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
 * How long to keep them, e.g. 90d. Default: no limit.
 */
export type Duration2 = string
export type Effect = 'live' | 'reload' | 'restart-engine' | 'restart-vm' | 'recreate'

/**
 * desktop.yaml: configuration of a Linux VM that runs Docker.
 */
export interface DesktopFile {
  /**
   * Version of this file's format.
   */
  apiVersion: 'desktop/v1'
  /**
   * Name of the environment: lower-case letters, digits, dot, dash and underscore. Default: the folder name.
   */
  name?: string
  /**
   * Versions of desktop that may apply this file, e.g. >=0.1.
   */
  requiredVersion?: string
  /**
   * File or files that this one overrides; paths are relative to this file.
   */
  extends?: string | string[]
  /**
   * Sizing of the VM.
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
     * How QEMU runs guest code; auto uses the fastest that works on the host.
     */
    accelerator?: 'auto' | 'kvm' | 'hvf' | 'tcg'
    /**
     * Address space layout randomization (ASLR) in the VM. auto = on, except on an emulated CPU, where it costs time; always = on everywhere.
     */
    aslr?: 'auto' | 'always'
    /**
     * QEMU and virtiofsd that run the VM. host = installed on the host; debian = those of Debian 13, which can suspend a VM with shares, downloaded and verified like the guest's packages.
     */
    qemu?: 'host' | 'debian'
    /**
     * Whether desktop stop suspends the VM, so that desktop start resumes it with its containers. false = stop shuts it down.
     */
    suspendOnStop?: boolean
  }
  /**
   * Several VMs (machines) on one switch, by kind: KIND.1 to KIND.COUNT, each with the keys of vm. Replaces vm; see docs/vms.md.
   */
  vms?: {
    [k: string]: KindOfMachine
  }
  /**
   * Other hosts for machines of vms, reached by ssh; see docs/hosts.md.
   */
  hosts?: {
    [k: string]: Host
  }
  /**
   * Contents of the Docker swarm that the machines of vms form; see docs/stack.md.
   */
  swarm?: {
    /**
     * Compose file to deploy as a stack with the environment's name, relative to this file; or several, as NAME: FILE.
     */
    stack?:
      | string
      | {
          [k: string]: string
        }
  }
  /**
   * The VM's own network, served by the forwarder.
   */
  network?: {
    /**
     * IPv4 network of the VM, in CIDR notation.
     */
    subnet?: string
    /**
     * Gateway and DNS server. Default: first address of the subnet.
     */
    gateway?: string
    /**
     * Address of the VM's eth0. Default: third address of the subnet.
     */
    address?: string
    /**
     * Address of host.docker.internal, at which the VM reaches the host's loopback. Default: second-to-last address of the subnet (.254 of a /24).
     */
    host?: string
    /**
     * MTU of the VM's link, announced by DHCP. auto = 65520, the fastest.
     */
    mtu?: 'auto' | number
    /**
     * Enable IPv6 alongside IPv4: address, route, DNS, and access to every IPv6 destination that the host can reach; see docs/ipv6.md.
     */
    ipv6?: boolean
    /**
     * IPv6 network of the VM, a /64: ::1 is the gateway, ::3 the VM, ::fe the host's loopback. Default: a unique local network derived from network.subnet.
     */
    subnet6?: string
    /**
     * Name resolution inside the VM and its containers.
     */
    dns?: {
      /**
       * Upstream servers, in order: IP, IP:port, or system (the host's servers).
       */
      upstreams?: string[]
      /**
       * Name → IP address, or target name of an alias; *.name is a wildcard.
       */
      hosts?: {
        [k: string]: string
      }
      /**
       * Per-domain upstream servers (split DNS); the longest match wins.
       */
      split?: {
        /**
         * Domain, without *.
         */
        domain: string
        /**
         * Servers for this domain: IP or IP:port.
         *
         * @minItems 1
         */
        servers: [string, ...string[]]
      }[]
      /**
       * Search domains, sent by DHCP; system = the host's search domains.
       */
      search?: string[]
      /**
       * Cache of DNS answers.
       */
      cache?: {
        /**
         * Maximum number of cached answers; 0 = no cache.
         */
        max?: number
        minTTL?: Duration
        maxTTL?: Duration1
      }
    }
    /**
     * Which destinations the VM and its containers may reach. Gateway services (DHCP, DNS, time) and port mappings always work.
     */
    egress?: {
      /**
       * open: allow unmatched traffic. lockdown: deny unmatched traffic, resolve only names that a rule allows, and reject rules that allow everything or nearly everything.
       */
      preset?: 'open' | 'lockdown'
      /**
       * Action for traffic that no rule matches. The preset, if any, sets it.
       */
      default?: 'allow' | 'deny'
      /**
       * The first match wins. Checked when a name is resolved and when a connection, datagram or ping leaves.
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
   * Host ports that are forwarded into the VM.
   */
  ports?: (
    | string
    | {
        /**
         * Name of the mapping in plans.
         */
        name?: string
        /**
         * PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH. Address: default 127.0.0.1.
         */
        host: string | number
        /**
         * PORT, FIRST-LAST, ADDRESS:PORT or MACHINE:PORT (m.2:80). Default address: the VM's, or the first machine's. May be a container's address.
         */
        guest: string | number
        /**
         * Default tcp.
         */
        protocol?: 'tcp' | 'udp'
        /**
         * File mode of a unix socket. Default 0600.
         */
        mode?: string
      }
  )[]
  /**
   * Ports that containers publish with docker run -p.
   */
  publish?: {
    /**
     * Whether ports that containers publish are opened on the host.
     */
    containers?: boolean
    /**
     * Host address for published ports when docker run -p gives none.
     */
    bind?: string
  }
  /**
   * Names for containers on the host: NAME.ENVIRONMENT.localhost.
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
   * Settings of dockerd.
   */
  engine?: {
    config?: DaemonFile
    /**
     * Docker Hub mirrors, as URLs: registry-mirrors of daemon.json.
     */
    registryMirrors?: string[]
    /**
     * Registries without TLS: insecure-registries of daemon.json.
     */
    insecureRegistries?: string[]
    /**
     * CA certificates that dockerd trusts in addition to the public ones, for registries and proxies: paths of PEM files, relative to this file, or PEM text.
     */
    trustedCertificates?: string[]
    /**
     * Address ranges for new networks: default-address-pools of daemon.json.
     */
    addressPools?: Pool[]
    /**
     * Proxies that dockerd uses. A URL with a password must be a reference: {fromEnv: NAME} or {fromFile: PATH}.
     */
    proxies?: {
      http?: StringOrReference
      https?: StringOrReference1
      /**
       * Comma-separated hosts that bypass the proxy.
       */
      noProxy?: string
    }
    /**
     * Path of docker.sock on the host; auto = in the environment's runtime directory.
     */
    socket?: string
    /**
     * Create the docker context desktop-NAME.
     */
    context?: boolean
  }
  /**
   * Folders of the host to share with the VM, e.g. for docker run -v.
   */
  shares?: {
    /**
     * Folder of the host, relative to this file.
     */
    source: string
    /**
     * Path in the VM. Default: the same path as on the host.
     */
    target?: string
    /**
     * Whether the VM may write to it. Default false.
     */
    writable?: boolean
    /**
     * Whether changes on the host cause inotify events in the VM. Default true.
     */
    events?: boolean
  }[]
  /**
   * Settings inside the VM.
   */
  guest?: {
    /**
     * Kernel parameters by name, e.g. vm.max_map_count.
     */
    sysctl?: {
      [k: string]: string | number
    }
    /**
     * Whether containers may use your SSH agent, via /run/host-services/ssh-auth.sock: true = the agent in SSH_AUTH_SOCK, or the path of its socket.
     */
    sshAgent?: boolean | string
    /**
     * Other CPU architectures to emulate, for docker run --platform linux/arm64.
     */
    platforms?: ('arm' | 'arm64' | 'loong64' | 'mips64le' | 'ppc64le' | 'riscv64' | 's390x')[]
    /**
     * Builder of the guest image: desktop itself, or the linuxkit program on PATH.
     */
    builder?: 'desktop' | 'linuxkit'
    services?: ListOfLinuxKitServices
    files?: ListOfLinuxKitFiles
  }
  /**
   * Which generations (recorded applies) to keep; the newest complete one is always kept.
   */
  history?: {
    /**
     * Number of newest generations to keep.
     */
    keep?: number
    maxAge?: Duration2
  }
  /**
   * Which artefacts must be signed, and by whom; see docs/signatures.md.
   */
  signatures?: {
    /**
     * Trusted public keys, as printed by `desktop signature keygen` and minisign.
     *
     * @maxItems 64
     */
    keys?: string[]
    /**
     * image: guest images must be signed before a VM boots from them, and on import. plan: saved plans must be signed.
     */
    require?: ('image' | 'plan')[]
  }
  /**
   * Rules for the effective configuration and its plans; see docs/policy.md.
   */
  policy?: Rule[]
}
export interface KindOfMachine {
  /**
   * Number of machines of this kind. Default 1.
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
   * As vm.qemu.
   */
  qemu?: 'host' | 'debian'
  /**
   * As vm.suspendOnStop.
   */
  suspendOnStop?: boolean
  /**
   * Address of the first machine; the others follow. Default: the next free multiple of 32 after network.address, after the kinds above.
   */
  address?: string
  egress?: Egress
  /**
   * Isolate these machines from other machines; they reach only the gateway and external networks. Default false.
   */
  isolated?: boolean
  /**
   * Role of these machines in the Docker swarm that apply forms. Default: none.
   */
  swarm?: 'manager' | 'worker'
  /**
   * Labels of their nodes in the swarm, for placement constraints; exactly these.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * Host of these machines: local (this host) or a name of hosts. Of a list, the machines take the hosts in turn. Default local.
   */
  host?: string | [string, ...string[]]
}
/**
 * As network.egress, and replaces it for these machines.
 */
export interface Egress {
  /**
   * open: allow unmatched traffic. lockdown: deny unmatched traffic, resolve only names that a rule allows, and reject rules that allow everything or nearly everything.
   */
  preset?: 'open' | 'lockdown'
  /**
   * Action for traffic that no rule matches. The preset, if any, sets it.
   */
  default?: 'allow' | 'deny'
  /**
   * The first match wins. Checked when a name is resolved and when a connection, datagram or ping leaves.
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
export interface Host {
  /**
   * user@host, a Host of your ssh configuration, or ssh://HOST:PORT.
   */
  ssh: string
}
/**
 * Any key of daemon.json.
 */
export interface DaemonFile {
  /**
   * Registries to which nondistributable layers are pushed too.
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
   * Bridge to attach containers to; none = no default bridge.
   */
  bridge?: string
  /**
   * BuildKit: cache and entitlements.
   */
  builder?: {
    /**
     * Garbage collection of the build cache.
     */
    gc?: {
      /**
       * Whether to collect.
       */
      enabled?: boolean
      /**
       * Cache size to keep, e.g. 10GB.
       */
      defaultKeepStorage?: string
      /**
       * Rules, applied in order.
       */
      policy?: {
        /**
         * Whether to collect internal and frontend cache too.
         */
        all?: boolean
        /**
         * Filters for the cache that the rule applies to, e.g. unused-for=2200h.
         */
        filter?: string[]
        /**
         * Cache size that this rule keeps, e.g. 5GB.
         */
        keepStorage?: string
      }[]
    }
    /**
     * Entitlements that builds may request.
     */
    entitlements?: {
      /**
       * Host network.
       */
      'network-host'?: boolean
      /**
       * Run without the security sandbox.
       */
      'security-insecure'?: boolean
    }
    /**
     * Build history.
     */
    history?: {
      /**
       * Maximum age of a record, e.g. 48h.
       */
      maxAge?: string
      /**
       * Maximum number of records.
       */
      maxEntries?: number
    }
  }
  /**
   * Folders with Container Device Interface (CDI) specs.
   */
  'cdi-spec-dirs'?: string[]
  /**
   * Parent cgroup of all containers.
   */
  'cgroup-parent'?: string
  /**
   * Log at debug level and enable the debug API.
   */
  debug?: boolean
  /**
   * Address ranges for new networks.
   */
  'default-address-pools'?: Pool[]
  /**
   * cgroup namespace of new containers.
   */
  'default-cgroupns-mode'?: 'private' | 'host'
  /**
   * IPv4 gateway of containers on the default bridge.
   */
  'default-gateway'?: string
  /**
   * IPv6 gateway of containers on the default bridge.
   */
  'default-gateway-v6'?: string
  /**
   * IPC namespace of new containers.
   */
  'default-ipc-mode'?: 'private' | 'shareable'
  /**
   * Options of new networks, by driver. Default: MTU of bridge and overlay networks derived from network.mtu.
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
   * Default OCI runtime.
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
   * DNS servers for containers, instead of the VM's.
   */
  dns?: string[]
  /**
   * resolv.conf options for containers.
   */
  'dns-opts'?: string[]
  /**
   * DNS search domains for containers.
   */
  'dns-search'?: string[]
  /**
   * Runtime options, NAME=VALUE.
   */
  'exec-opts'?: string[]
  /**
   * Enable experimental features.
   */
  experimental?: boolean
  /**
   * dockerd features to enable or disable, by name. containerd-snapshotter restarts the engine and hides the storage driver's images and containers.
   */
  features?: {
    [k: string]: boolean
  }
  /**
   * Subrange of the default bridge's network for container addresses.
   */
  'fixed-cidr'?: string
  /**
   * IPv6 network for containers on the default bridge.
   */
  'fixed-cidr-v6'?: string
  /**
   * Address of host-gateway in docker run --add-host.
   */
  'host-gateway-ip'?: string
  /**
   * Whether containers on the default bridge may reach each other.
   */
  icc?: boolean
  /**
   * Run an init process as PID 1 in every container.
   */
  init?: boolean
  /**
   * Path of docker-init in the guest.
   */
  'init-path'?: string
  /**
   * Registries without TLS or with an untrusted certificate: HOST, HOST:PORT or CIDR.
   */
  'insecure-registries'?: string[]
  /**
   * Default address in the VM for published ports.
   */
  ip?: string
  /**
   * Whether dockerd enables net.ipv4.ip_forward.
   */
  'ip-forward'?: boolean
  /**
   * Whether packets of containers leave with the VM's address (NAT).
   */
  'ip-masq'?: boolean
  /**
   * Whether dockerd manages ip6tables rules; experimental.
   */
  ip6tables?: boolean
  /**
   * Whether dockerd manages iptables rules.
   */
  iptables?: boolean
  /**
   * Whether the default bridge has IPv6.
   */
  ipv6?: boolean
  /**
   * Engine labels, NAME=VALUE.
   */
  labels?: string[]
  /**
   * Whether containers keep running while dockerd is down.
   */
  'live-restore'?: boolean
  /**
   * Default logging driver of containers.
   */
  'log-driver'?: string
  /**
   * Format of dockerd's log.
   */
  'log-format'?: 'text' | 'json'
  /**
   * Log level of dockerd.
   */
  'log-level'?: 'panic' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /**
   * Options of the logging driver; values are strings.
   */
  'log-opts'?: {
    [k: string]: string
  }
  /**
   * Maximum concurrent downloads per pull. Default 3.
   */
  'max-concurrent-downloads'?: number
  /**
   * Maximum concurrent uploads per push. Default 5.
   */
  'max-concurrent-uploads'?: number
  /**
   * Maximum download attempts per layer. Default 5.
   */
  'max-download-attempts'?: number
  /**
   * Address and port in the VM for Prometheus metrics.
   */
  'metrics-addr'?: string
  /**
   * MTU of the default bridge. Default: network.mtu.
   */
  mtu?: number
  /**
   * MTU of the swarm control plane. Default 1500.
   */
  'network-control-plane-mtu'?: number
  /**
   * Set no-new-privileges for new containers, so that setuid programs grant nothing.
   */
  'no-new-privileges'?: boolean
  /**
   * Generic resources of this swarm node, NAME=VALUE.
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
     * Comma-separated hosts that bypass the proxy.
     */
    'no-proxy'?: string
  }
  /**
   * Write dockerd's log with full timestamps and no colours.
   */
  'raw-logs'?: boolean
  /**
   * Docker Hub mirrors, as URLs.
   */
  'registry-mirrors'?: string[]
  /**
   * Additional OCI runtimes, by name.
   */
  runtimes?: {
    [k: string]: Runtime
  }
  /**
   * Path of a seccomp profile in the guest; unconfined = none, builtin = the default profile.
   */
  'seccomp-profile'?: string
  /**
   * Enable SELinux support.
   */
  'selinux-enabled'?: boolean
  /**
   * Grace period of containers when dockerd shuts down, in seconds; -1 = unlimited. Default 15.
   */
  'shutdown-timeout'?: number
  /**
   * Storage driver. Changing it hides the images and containers of the previous driver.
   */
  'storage-driver'?: string
  /**
   * Options of the storage driver, NAME=VALUE.
   */
  'storage-opts'?: string[]
  /**
   * Whether a proxy process serves ports published on loopback addresses.
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
   * Network in CIDR notation.
   */
  base: string
  /**
   * Prefix length of each network allocated from it.
   */
  size: number
}
export interface Ulimit {
  /**
   * Name of the limit, the same as its key.
   */
  Name: string
  /**
   * Hard limit; -1 = none.
   */
  Hard: number
  /**
   * Soft limit; -1 = none.
   */
  Soft: number
}
export interface Runtime {
  /**
   * Program in the guest.
   */
  path?: string
  /**
   * Arguments of the program.
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
   * Name of the rule in messages.
   */
  name: string
  /**
   * Key that the rule checks, e.g. vm.memory; * matches any key or list index, e.g. ports[*].address.
   */
  path?: string
  /**
   * Effects that a plan may not contain; with path, only those caused by that key.
   */
  effect?: Effect | Effect[]
  /**
   * Whether a non-empty value is required.
   */
  require?: true
  /**
   * Allowed value or list of values; every value at the path must be one of them. * in text is a wildcard.
   */
  allow?: {
    [k: string]: unknown
  }
  /**
   * Forbidden value or list of values. * in text is a wildcard.
   */
  deny?: {
    [k: string]: unknown
  }
  /**
   * Minimum number, size or duration.
   */
  min?: number | string
  /**
   * Maximum number, size or duration.
   */
  max?: number | string
  /**
   * Regular expression that the value must match.
   */
  matches?: string
  /**
   * Reason, shown when the rule is broken.
   */
  message?: string
  /**
   * error (the default) fails with exit code 5; warn only prints a warning.
   */
  severity?: 'error' | 'warn'
}
