/** Generated from schemas/desktop.schema.json by `npm run generate`. */

/**
 * http-proxy.
 */
export type Secret =
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
 * https-proxy.
 */
export type Secret1 =
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
   * Versions of desktop that may apply this file, e.g. >=0.1
   */
  requiredVersion?: string
  /**
   * The virtual machine's sizing.
   */
  vm?: {
    /**
     * Virtual CPUs. Default 2.
     */
    cpus?: number
    /**
     * Memory of the VM. Default 2GiB.
     */
    memory?: string
    /**
     * Size of the data disk that holds images, containers and volumes. Grows live, never shrinks. Default 20GiB.
     */
    disk?: string
    /**
     * What runs the VM.
     */
    driver?: 'auto' | 'qemu'
    /**
     * How QEMU runs guest code; auto takes the fastest that really works here.
     */
    accelerator?: 'auto' | 'kvm' | 'hvf' | 'tcg'
  }
  /**
   * The VM's own network, served by the forwarder.
   */
  network?: {
    /**
     * IPv4 network in CIDR form. Default 192.168.65.0/24.
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
     * Largest packet on the VM's link, told to it by DHCP. auto = 65520, the fastest.
     */
    mtu?: 'auto' | number
    /**
     * Name resolution inside the VM and its containers.
     */
    dns?: {
      /**
       * Servers to ask, in order: IP, IP:port, or system for those of the host. Default [system].
       */
      upstreams?: string[]
      /**
       * Name → IP address; *.name is a wildcard.
       */
      hosts?: {
        [k: string]: string
      }
      /**
       * Servers for some domains only; the longest domain wins.
       */
      split?: {
        domain: string
        /**
         * @minItems 1
         */
        servers: [string, ...string[]]
      }[]
      /**
       * Search domains, sent by DHCP.
       */
      search?: string[]
      /**
       * Answers that are remembered.
       */
      cache?: {
        /**
         * Entries. Default 10000.
         */
        max?: number
        /**
         * Keep at least this long. Default 0s.
         */
        minTTL?: string
        /**
         * Keep at most this long. Default 1h.
         */
        maxTTL?: string
      }
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
         * PORT, FIRST-LAST or ADDRESS:PORT inside.
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
     * Make them appear on the host. Default true.
     */
    containers?: boolean
    /**
     * Host address on which they appear. Default 127.0.0.1.
     */
    bind?: string
  }
  /**
   * dockerd.
   */
  engine?: {
    /**
     * Keys of daemon.json.
     */
    config?: {
      [k: string]: unknown
    }
    /**
     * registry-mirrors of daemon.json.
     */
    registryMirrors?: string[]
    /**
     * insecure-registries of daemon.json.
     */
    insecureRegistries?: string[]
    /**
     * Ranges for networks created later.
     */
    addressPools?: {
      /**
       * CIDR.
       */
      base: string
      /**
       * Prefix length of each network.
       */
      size: number
    }[]
    /**
     * Proxies that dockerd uses. A value that holds a password must be a reference.
     */
    proxies?: {
      http?: Secret
      https?: Secret1
      /**
       * no-proxy.
       */
      noProxy?: string
    }
    /**
     * Where docker.sock appears on the host; auto = the runtime directory of the environment.
     */
    socket?: string
    /**
     * Create the docker context desktop-NAME. Default false.
     */
    context?: boolean
  }
  /**
   * Inside the VM.
   */
  guest?: {
    /**
     * Kernel parameters.
     */
    sysctl?: {
      [k: string]: string | number
    }
  }
}
