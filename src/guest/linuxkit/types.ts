/** A schema-valid LinuxKit YAML file. Absent and empty differ: an empty list overrides a label's. */

export interface LinuxkitFile {
  kernel?: KernelSection
  init?: string[]
  onboot?: Container[]
  onshutdown?: Container[]
  services?: Container[]
  files?: FileItem[]
  volumes?: Volume[]
}

export interface KernelSection {
  image?: string
  cmdline?: string
  binary?: string
  tar?: string
  ucode?: string
}

/** A number, or the name of a container. */
export type Id = number | bigint | string

export interface FileItem {
  path?: string
  directory?: boolean
  symlink?: string
  contents?: string
  source?: string
  metadata?: string
  optional?: boolean
  /** Octal. */
  mode?: string
  uid?: Id
  gid?: Id
}

export interface Volume {
  name?: string
  image?: string
  readonly?: boolean
  format?: 'oci' | 'filesystem'
  platforms?: string[]
}

export interface Container extends ContainerSettings {
  name: string
  image: string
}

/** YAML integers: `bigint` only when a `number` cannot hold them. */
export type Integer = number | bigint

export interface IdMapping {
  size?: Integer
}

export interface Mount {
  destination?: string
  type?: string
  source?: string
  options?: string[]
  uidmappings?: IdMapping[]
  gidmappings?: IdMapping[]
}

export interface Device {
  path?: string
  type?: string
  major?: Integer
  minor?: Integer
  mode?: string
}

/** The `org.mobyproject.config` label of an image has defaults in the same format. */
export interface ContainerSettings {
  capabilities?: string[]
  'capabilities.add'?: string[]
  ambient?: string[]
  mounts?: Mount[]
  binds?: string[]
  'binds.add'?: string[]
  devices?: Device[]
  tmpfs?: string[]
  command?: string[]
  env?: string[]
  cwd?: string
  net?: string
  pid?: string
  ipc?: string
  uts?: string
  userns?: string
  hostname?: string
  readonly?: boolean
  maskedPaths?: string[]
  readonlyPaths?: string[]
  uid?: Id
  gid?: Id
  additionalGids?: Id[]
  noNewPrivileges?: boolean
  oomScoreAdj?: Integer
  rootfsPropagation?: string
  cgroupsPath?: string
  resources?: Resources
  sysctl?: Record<string, string>
  rlimits?: string[]
  uidMappings?: IdMapping[]
  gidMappings?: IdMapping[]
  annotations?: Record<string, string>
  runtime?: Runtime
}

/** Only keys that upstream's tool supports; it silently drops some others. */
export interface Resources {
  devices?: { allow?: boolean; type?: string; major?: Integer; minor?: Integer; access?: string }[]
  memory?: Record<'limit' | 'reservation' | 'swap' | 'kernel' | 'swappiness', Integer | undefined>
  cpu?: { shares?: Integer; quota?: Integer; period?: Integer; cpus?: string; mems?: string }
  pids?: { limit?: Integer }
  blockio?: { weight?: Integer }
  network?: { priorities?: { name?: string; priority?: Integer }[] }
}

export interface Runtime {
  cgroups?: string[]
  mounts?: Mount[]
  mkdir?: string[]
  interfaces?: { name?: string; add?: string; peer?: string; createInRoot?: boolean }[]
  bindNS?: Partial<Record<NamespaceKind, string>>
  namespace?: string
}

export type NamespaceKind = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'user' | 'uts'
