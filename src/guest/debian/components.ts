/**
 * Component images in the LinuxKit YAML, and their Debian packages. Maintainer scripts do not run: `layer.ts` or files
 * in templates/guest replace their relevant actions.
 */
import { guestImages } from '../../config/guest-components.ts'

export interface Recipe {
  /** Image name in the LinuxKit YAML. */
  name: string
  packages: readonly string[]
  /** Folders of templates/guest/ that override the packages' files, in order. */
  overlays: readonly string[]
  /** Files to omit, as patterns over paths without a leading slash. */
  drop?: readonly RegExp[]
  /** Purpose of the image: containers get a complete userland, the root only init's programs. */
  kind: 'kernel' | 'root' | 'container'
}

/** Needed only by maintainer scripts, systemd, or package installation. */
export const withoutPackages: ReadonlySet<string> = new Set([
  'adduser',
  'cdebconf',
  'debconf',
  'debconf-2.0',
  'gcc-14-base',
  'git-man',
  'init-system-helpers',
  'initramfs-tools',
  'iproute2',
  'kmod',
  'liberror-perl',
  'libpam-modules',
  'libpam-runtime',
  'linux-base',
  'linux-initramfs-tool',
  'logsave',
  'lsb-base',
  'openssl',
  'openssl-provider-legacy',
  'passwd',
  'perl',
  'procps',
  'sysvinit-utils',
  'tzdata',
  'ucf',
])

/** Documentation, translations, and units of other init systems. */
export const dropEverywhere: readonly RegExp[] = [
  /^usr\/share\/(doc|doc-base|man|info|locale|lintian|bash-completion|zsh|fish|bug|menu|gdb|gcc|reportbug|initramfs-tools|polkit-1|metainfo)(\/|$)/,
  /^(usr\/)?lib\/(systemd|udev|tmpfiles\.d|sysusers\.d|dracut)(\/|$)/,
  /^usr\/lib\/x86_64-linux-gnu\/(gconv|perl|perl-base|audit|engines-3|ossl-modules|krb5|e2fsprogs|e2initrd_helper)(\/|$)/,
  /^etc\/(init|init\.d|default|cron\.[a-z]+|apparmor|apparmor\.d|logrotate\.d|logcheck|pam\.d|ppp|dhcp|NetworkManager|network|qemu|udev|ucf\.conf|systemd)(\/|$)/,
  /^(boot|var|run|tmp)(\/|$)/,
]

const guestTools = ['busybox-static', 'e2fsprogs', 'jq']

/** Docker client for hosts without one; not part of the guest. */
export const clientPackages: readonly string[] = ['docker-cli', 'docker-compose', 'docker-buildx']

export const recipes: readonly Recipe[] = [
  { name: guestImages.kernel, kind: 'kernel', packages: ['linux-image-cloud-amd64'], overlays: [] },
  {
    name: guestImages.init,
    kind: 'root',
    packages: ['busybox-static', 'e2fsprogs', 'tini'],
    overlays: ['base', 'disk', 'init'],
  },
  { name: guestImages.runc, kind: 'root', packages: ['crun', 'runc'], overlays: [] },
  {
    name: guestImages.containerd,
    kind: 'root',
    packages: ['containerd'],
    overlays: ['containerd'],
    // dockerd uses only shim v2.
    drop: [/^usr\/bin\/(containerd-shim|containerd-shim-runc-v1|containerd-stress)$/],
  },
  { name: guestImages.tools, kind: 'container', packages: guestTools, overlays: ['base', 'disk', 'tools'] },
  {
    name: guestImages.docker,
    kind: 'container',
    packages: [
      'docker.io',
      'apparmor',
      'git',
      'busybox-static',
      'ca-certificates',
      'iptables',
      'netbase',
      'runc',
      'tini',
      'e2fsprogs',
    ],
    overlays: ['base', 'docker'],
    drop: [
      /^usr\/bin\/(containerd.*|ctr)$/,
      /^usr\/share\/(docker\.io|golang|dh-)/,
      /^usr\/sbin\/(arptables|ebtables)/,
      // dockerd needs only apparmor_parser.
      /^usr\/s?bin\/aa-/,
      /^usr\/(lib|share)\/apparmor\//,
      // BuildKit needs only fetch and checkout; the rest of git is perl scripts and servers.
      /^usr\/lib\/git-core\/(git-(add--interactive|archimport|cvs.*|daemon|filter-branch|gui|http-backend|http-push|imap-send|instaweb|p4|quiltimport|request-pull|send-email|shell|svn.*)|mergetools\/)/,
      /^usr\/bin\/(git-shell|scalar)$/,
      /^usr\/share\/(git-core|gitweb|perl5)\//,
    ],
  },
  {
    name: guestImages.chrony,
    kind: 'container',
    packages: ['chrony', 'busybox-static'],
    overlays: ['base', 'chrony'],
  },
  {
    name: guestImages.socat,
    kind: 'container',
    packages: ['socat', 'busybox-static'],
    overlays: ['base', 'socat'],
  },
  {
    name: guestImages.qemuGa,
    kind: 'container',
    packages: ['qemu-guest-agent', 'busybox-static'],
    overlays: ['base', 'qemu-ga'],
  },
]
