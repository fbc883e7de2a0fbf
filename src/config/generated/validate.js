// Generated from schemas/ by `npm run generate`.
import func0_ from 'ajv/dist/runtime/equal.js';
const func0 = func0_.default ?? func0_;
import func6_ from 'ajv/dist/runtime/ucs2length.js';
const func6 = func6_.default ?? func6_;

export const validateDesktop = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"desktop.schema.json","title":"DesktopFile","description":"desktop.yaml: configuration of a Linux VM that runs Docker.","type":"object","additionalProperties":false,"required":["apiVersion"],"properties":{"apiVersion":{"const":"desktop/v1","description":"Version of this file's format."},"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,40}$","description":"Name of the environment: lower-case letters, digits, dot, dash and underscore. Default: the folder name.","x-expected":"must be lower-case letters, digits, dots, dashes and underscores, at most 41, and begin with a letter or digit"},"requiredVersion":{"type":"string","description":"Versions of desktop that may apply this file, e.g. >=0.1."},"extends":{"type":["string","array"],"items":{"type":"string"},"description":"File or files that this one overrides; paths are relative to this file."},"vm":{"type":"object","additionalProperties":false,"description":"Sizing of the VM.","properties":{"cpus":{"type":"integer","minimum":1,"maximum":64,"description":"Virtual CPUs.","default":2},"memory":{"$ref":"#/definitions/size","description":"Memory of the VM.","default":"2GiB"},"swap":{"$ref":"#/definitions/size","description":"Swap space of the VM, in a file on the data disk; 0MiB = none.","default":"0MiB"},"disk":{"$ref":"#/definitions/size","description":"Size of the data disk that holds images, containers and volumes.","default":"20GiB"},"accelerator":{"enum":["auto","kvm","hvf","tcg"],"description":"How QEMU runs guest code; auto uses the fastest that works on the host.","default":"auto"},"aslr":{"enum":["auto","always"],"description":"Address space layout randomization (ASLR) in the VM. auto = on, except on an emulated CPU, where it costs time; always = on everywhere.","default":"auto"},"qemu":{"enum":["host","debian"],"description":"QEMU and virtiofsd that run the VM. host = installed on the host; debian = those of Debian 13, which can suspend a VM with shares, downloaded and verified like the guest's packages.","default":"host"},"suspendOnStop":{"type":"boolean","description":"Whether desktop stop suspends the VM, so that desktop start resumes it with its containers. false = stop shuts it down.","default":true}}},"vms":{"type":"object","minProperties":1,"description":"Several VMs (machines) on one switch, by kind: KIND.1 to KIND.COUNT, each with the keys of vm. Replaces vm; see docs/vms.md.","additionalProperties":{"type":"object","title":"kind of machine","additionalProperties":false,"properties":{"count":{"type":"integer","minimum":1,"maximum":100,"description":"Number of machines of this kind. Default 1."},"cpus":{"type":"integer","minimum":1,"maximum":64,"description":"As vm.cpus, for each machine."},"memory":{"$ref":"#/definitions/size","description":"As vm.memory, for each machine."},"swap":{"$ref":"#/definitions/size","description":"As vm.swap, for each machine."},"disk":{"$ref":"#/definitions/size","description":"As vm.disk, for each machine."},"accelerator":{"enum":["auto","kvm","hvf","tcg"],"description":"As vm.accelerator."},"qemu":{"enum":["host","debian"],"description":"As vm.qemu."},"suspendOnStop":{"type":"boolean","description":"As vm.suspendOnStop."},"address":{"type":"string","description":"Address of the first machine; the others follow. Default: the next free multiple of 32 after network.address, after the kinds above."},"egress":{"$ref":"#/properties/network/properties/egress","description":"As network.egress, and replaces it for these machines."},"isolated":{"type":"boolean","description":"Isolate these machines from other machines; they reach only the gateway and external networks. Default false."},"swarm":{"enum":["manager","worker"],"description":"Role of these machines in the Docker swarm that apply forms. Default: none."},"labels":{"type":"object","additionalProperties":{"type":"string"},"description":"Labels of their nodes in the swarm, for placement constraints; exactly these."},"host":{"anyOf":[{"type":"string"},{"type":"array","minItems":1,"items":{"type":"string"}}],"description":"Host of these machines: local (this host) or a name of hosts. Of a list, the machines take the hosts in turn. Default local."}}}},"hosts":{"type":"object","description":"Other hosts for machines of vms, reached by ssh; see docs/hosts.md.","additionalProperties":{"type":"object","title":"host","additionalProperties":false,"required":["ssh"],"properties":{"ssh":{"type":"string","description":"user@host, a Host of your ssh configuration, or ssh://HOST:PORT."}}}},"swarm":{"type":"object","additionalProperties":false,"description":"Contents of the Docker swarm that the machines of vms form; see docs/stack.md.","properties":{"stack":{"type":["string","object"],"additionalProperties":{"type":"string"},"description":"Compose file to deploy as a stack with the environment's name, relative to this file; or several, as NAME: FILE."}}},"network":{"type":"object","additionalProperties":false,"description":"The VM's own network, served by the forwarder.","properties":{"subnet":{"type":"string","description":"IPv4 network of the VM, in CIDR notation.","default":"192.168.65.0/24"},"gateway":{"type":"string","description":"Gateway and DNS server. Default: first address of the subnet."},"address":{"type":"string","description":"Address of the VM's eth0. Default: third address of the subnet."},"host":{"type":"string","description":"Address of host.docker.internal, at which the VM reaches the host's loopback. Default: second-to-last address of the subnet (.254 of a /24)."},"mtu":{"anyOf":[{"const":"auto"},{"type":"integer","minimum":576,"maximum":65520}],"description":"MTU of the VM's link, announced by DHCP. auto = 65520, the fastest.","default":"auto"},"ipv6":{"type":"boolean","description":"Enable IPv6 alongside IPv4: address, route, DNS, and access to every IPv6 destination that the host can reach; see docs/ipv6.md.","default":false},"subnet6":{"type":"string","description":"IPv6 network of the VM, a /64: ::1 is the gateway, ::3 the VM, ::fe the host's loopback. Default: a unique local network derived from network.subnet."},"dns":{"type":"object","additionalProperties":false,"description":"Name resolution inside the VM and its containers.","properties":{"upstreams":{"type":"array","items":{"type":"string"},"description":"Upstream servers, in order: IP, IP:port, or system (the host's servers).","default":["system"]},"hosts":{"type":"object","additionalProperties":{"type":"string"},"description":"Name → IP address, or target name of an alias; *.name is a wildcard.","default":{}},"split":{"type":"array","description":"Per-domain upstream servers (split DNS); the longest match wins.","items":{"type":"object","additionalProperties":false,"required":["domain","servers"],"properties":{"domain":{"type":"string","description":"Domain, without *."},"servers":{"type":"array","items":{"type":"string"},"minItems":1,"description":"Servers for this domain: IP or IP:port."}}},"default":[]},"search":{"type":"array","items":{"type":"string"},"description":"Search domains, sent by DHCP; system = the host's search domains.","default":[]},"cache":{"type":"object","additionalProperties":false,"description":"Cache of DNS answers.","properties":{"max":{"type":"integer","minimum":0,"maximum":1000000,"description":"Maximum number of cached answers; 0 = no cache.","default":10000},"minTTL":{"$ref":"#/definitions/duration","description":"Minimum time to cache an answer.","default":"0s"},"maxTTL":{"$ref":"#/definitions/duration","description":"Maximum time to cache an answer.","default":"1h"}}}}},"egress":{"type":"object","additionalProperties":false,"description":"Which destinations the VM and its containers may reach. Gateway services (DHCP, DNS, time) and port mappings always work.","properties":{"preset":{"enum":["open","lockdown"],"description":"open: allow unmatched traffic. lockdown: deny unmatched traffic, resolve only names that a rule allows, and reject rules that allow everything or nearly everything."},"default":{"enum":["allow","deny"],"description":"Action for traffic that no rule matches. The preset, if any, sets it.","default":"allow"},"rules":{"type":"array","description":"The first match wins. Checked when a name is resolved and when a connection, datagram or ping leaves.","items":{"type":"object","additionalProperties":false,"properties":{"allow":{"type":"string","description":"TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]; the target is an address or CIDR (of IPv6 in brackets), a name, *.name for all names below, or * for everything."},"deny":{"type":"string","description":"As allow."}}},"default":[]}}}}},"ports":{"type":"array","description":"Host ports that are forwarded into the VM.","items":{"type":["string","object"],"additionalProperties":false,"required":["host","guest"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name of the mapping in plans.","x-expected":"must be letters, digits, dots, dashes and underscores"},"host":{"type":["string","integer"],"description":"PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH. Address: default 127.0.0.1."},"guest":{"type":["string","integer"],"description":"PORT, FIRST-LAST, ADDRESS:PORT or MACHINE:PORT (m.2:80). Default address: the VM's, or the first machine's. May be a container's address."},"protocol":{"enum":["tcp","udp"],"description":"Default tcp."},"mode":{"type":"string","pattern":"^0?[0-7]{3}$","description":"File mode of a unix socket. Default 0600.","x-expected":"must be octal digits in quotes, e.g. \"0660\""}}},"default":[]},"publish":{"type":"object","additionalProperties":false,"description":"Ports that containers publish with docker run -p.","properties":{"containers":{"type":"boolean","description":"Whether ports that containers publish are opened on the host.","default":true},"bind":{"type":"string","description":"Host address for published ports when docker run -p gives none.","default":"127.0.0.1"}}},"names":{"type":"object","additionalProperties":false,"description":"Names for containers on the host: NAME.ENVIRONMENT.localhost.","properties":{"http":{"type":"integer","minimum":1,"maximum":65535,"description":"Loopback port for http://NAME.ENVIRONMENT.localhost:PORT."},"https":{"type":"integer","minimum":1,"maximum":65535,"description":"Loopback port for https://NAME.ENVIRONMENT.localhost:PORT."}}},"engine":{"type":"object","additionalProperties":false,"description":"Settings of dockerd.","properties":{"config":{"$ref":"daemon.schema.json","description":"Any key of daemon.json.","default":{}},"registryMirrors":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/mirror"},"description":"Docker Hub mirrors, as URLs: registry-mirrors of daemon.json.","default":[]},"insecureRegistries":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/registry"},"description":"Registries without TLS: insecure-registries of daemon.json.","default":[]},"trustedCertificates":{"type":"array","items":{"type":"string"},"description":"CA certificates that dockerd trusts in addition to the public ones, for registries and proxies: paths of PEM files, relative to this file, or PEM text.","default":[]},"addressPools":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/pool"},"description":"Address ranges for new networks: default-address-pools of daemon.json."},"proxies":{"type":"object","additionalProperties":false,"description":"Proxies that dockerd uses. A URL with a password must be a reference: {fromEnv: NAME} or {fromFile: PATH}.","properties":{"http":{"$ref":"#/definitions/secret","description":"Proxy for http URLs."},"https":{"$ref":"#/definitions/secret","description":"Proxy for https URLs."},"noProxy":{"type":"string","description":"Comma-separated hosts that bypass the proxy."}}},"socket":{"type":"string","pattern":"\\S","description":"Path of docker.sock on the host; auto = in the environment's runtime directory.","default":"auto","x-expected":"must be a path, or auto"},"context":{"type":"boolean","description":"Create the docker context desktop-NAME.","default":false}}},"shares":{"type":"array","description":"Folders of the host to share with the VM, e.g. for docker run -v.","items":{"type":"object","additionalProperties":false,"required":["source"],"properties":{"source":{"type":"string","pattern":"\\S","description":"Folder of the host, relative to this file.","x-expected":"must be the path of a folder, e.g. ./src"},"target":{"type":"string","pattern":"^/","description":"Path in the VM. Default: the same path as on the host.","x-expected":"must be an absolute path, e.g. /work"},"writable":{"type":"boolean","description":"Whether the VM may write to it. Default false."},"events":{"type":"boolean","description":"Whether changes on the host cause inotify events in the VM. Default true."}}},"default":[]},"guest":{"type":"object","additionalProperties":false,"description":"Settings inside the VM.","properties":{"sysctl":{"type":"object","additionalProperties":{"type":["string","integer"]},"description":"Kernel parameters by name, e.g. vm.max_map_count.","default":{}},"sshAgent":{"type":["boolean","string"],"description":"Whether containers may use your SSH agent, via /run/host-services/ssh-auth.sock: true = the agent in SSH_AUTH_SOCK, or the path of its socket.","default":false},"platforms":{"type":"array","items":{"enum":["arm","arm64","loong64","mips64le","ppc64le","riscv64","s390x"]},"description":"Other CPU architectures to emulate, for docker run --platform linux/arm64.","default":[]},"builder":{"enum":["desktop","linuxkit"],"description":"Builder of the guest image: desktop itself, or the linuxkit program on PATH.","default":"desktop"},"services":{"$ref":"linuxkit.schema.json#/definitions/containers","title":"list of LinuxKit services","description":"Additional services of the VM, with LinuxKit's fields. image: path of a docker save archive or an OCI layout (./web.tar), or desktop/tools, which has a shell.","default":[]},"files":{"$ref":"linuxkit.schema.json#/properties/files","title":"list of LinuxKit files","description":"Additional files of the VM, with LinuxKit's fields; source is relative to this file.","default":[]}}},"history":{"type":"object","additionalProperties":false,"description":"Which generations (recorded applies) to keep; the newest complete one is always kept.","properties":{"keep":{"type":"integer","minimum":1,"maximum":100000,"description":"Number of newest generations to keep.","default":50},"maxAge":{"$ref":"#/definitions/duration","description":"How long to keep them, e.g. 90d. Default: no limit."}}},"signatures":{"type":"object","additionalProperties":false,"description":"Which artefacts must be signed, and by whom; see docs/signatures.md.","properties":{"keys":{"type":"array","maxItems":64,"items":{"type":"string","pattern":"^RW[A-Za-z0-9+/]{54}$","x-expected":"must be a minisign public key, RW and 54 more characters"},"description":"Trusted public keys, as printed by `desktop signature keygen` and minisign.","default":[]},"require":{"type":"array","uniqueItems":true,"items":{"enum":["image","plan"]},"description":"image: guest images must be signed before a VM boots from them, and on import. plan: saved plans must be signed.","default":[]}}},"policy":{"type":"array","description":"Rules for the effective configuration and its plans; see docs/policy.md.","items":{"$ref":"#/definitions/rule"},"default":[]}},"definitions":{"effect":{"enum":["live","reload","restart-engine","restart-vm","recreate"],"title":"effect"},"rule":{"type":"object","title":"rule","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name of the rule in messages.","x-expected":"must be letters, digits, dots, dashes and underscores"},"path":{"type":"string","description":"Key that the rule checks, e.g. vm.memory; * matches any key or list index, e.g. ports[*].address."},"effect":{"anyOf":[{"$ref":"#/definitions/effect"},{"type":"array","items":{"$ref":"#/definitions/effect"}}],"description":"Effects that a plan may not contain; with path, only those caused by that key."},"require":{"const":true,"description":"Whether a non-empty value is required."},"allow":{"description":"Allowed value or list of values; every value at the path must be one of them. * in text is a wildcard."},"deny":{"description":"Forbidden value or list of values. * in text is a wildcard."},"min":{"type":["number","string"],"description":"Minimum number, size or duration."},"max":{"type":["number","string"],"description":"Maximum number, size or duration."},"matches":{"type":"string","description":"Regular expression that the value must match."},"message":{"type":"string","description":"Reason, shown when the rule is broken."},"severity":{"enum":["error","warn"],"description":"error (the default) fails with exit code 5; warn only prints a warning."}}},"size":{"type":"string","description":"A size such as 2GiB, 512MiB, 20GB.","title":"size"},"duration":{"type":"string","description":"A duration such as 30s, 5m, 1h.","title":"duration"},"secret":{"type":["string","object"],"additionalProperties":false,"properties":{"fromEnv":{"type":"string","description":"Environment variable that holds the value."},"fromFile":{"type":"string","description":"File that holds the value, relative to desktop.yaml."}},"minProperties":1,"maxProperties":1,"x-expected":"must have either fromEnv or fromFile","title":"string or reference","description":"A string, or its source: {fromEnv: NAME} or {fromFile: PATH}."}}};
const schema12 = {"type":"string","description":"A size such as 2GiB, 512MiB, 20GB.","title":"size"};
const schema18 = {"type":"object","additionalProperties":false,"description":"Which destinations the VM and its containers may reach. Gateway services (DHCP, DNS, time) and port mappings always work.","properties":{"preset":{"enum":["open","lockdown"],"description":"open: allow unmatched traffic. lockdown: deny unmatched traffic, resolve only names that a rule allows, and reject rules that allow everything or nearly everything."},"default":{"enum":["allow","deny"],"description":"Action for traffic that no rule matches. The preset, if any, sets it.","default":"allow"},"rules":{"type":"array","description":"The first match wins. Checked when a name is resolved and when a connection, datagram or ping leaves.","items":{"type":"object","additionalProperties":false,"properties":{"allow":{"type":"string","description":"TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]; the target is an address or CIDR (of IPv6 in brackets), a name, *.name for all names below, or * for everything."},"deny":{"type":"string","description":"As allow."}}},"default":[]}}};
const schema19 = {"type":"string","description":"A duration such as 30s, 5m, 1h.","title":"duration"};
const schema29 = {"type":"string","pattern":"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$","x-expected":"must be a URL of a registry: http(s)://HOST[:PORT], without user and query"};
const schema26 = {"type":"string","pattern":"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$","x-expected":"must be HOST, HOST:PORT or a network in CIDR notation, without http://"};
const schema22 = {"type":"object","additionalProperties":false,"required":["base","size"],"properties":{"base":{"type":"string","description":"Network in CIDR notation."},"size":{"type":"integer","minimum":1,"maximum":128,"description":"Prefix length of each network allocated from it."}}};
const schema35 = {"type":["string","object"],"additionalProperties":false,"properties":{"fromEnv":{"type":"string","description":"Environment variable that holds the value."},"fromFile":{"type":"string","description":"File that holds the value, relative to desktop.yaml."}},"minProperties":1,"maxProperties":1,"x-expected":"must have either fromEnv or fromFile","title":"string or reference","description":"A string, or its source: {fromEnv: NAME} or {fromFile: PATH}."};
const func2 = Object.prototype.hasOwnProperty;

const pattern0 = new RegExp("^[a-z0-9][a-z0-9._-]{0,40}$", "u");
const pattern1 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
const pattern2 = new RegExp("^0?[0-7]{3}$", "u");
const pattern8 = new RegExp("^https?://[^\\s/?#@]+(/[^\\s?#]*)?$", "u");
const pattern5 = new RegExp("^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$", "u");
const pattern13 = new RegExp("\\S", "u");
const pattern10 = new RegExp("^/", "u");
const pattern16 = new RegExp("^RW[A-Za-z0-9+/]{54}$", "u");
const schema21 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"daemon.schema.json","title":"DaemonFile","description":"Keys of daemon.json in dockerd 26.1.","$comment":"x-effect: what a change costs. x-neutral: dockerd takes the key on reload only when it is there, so a key that is taken out is rendered as this. x-resets: a reload without the key gives it its default. x-refused: keys that the guest itself decides.","type":"object","additionalProperties":false,"properties":{"allow-nondistributable-artifacts":{"type":"array","items":{"type":"string"},"description":"Registries to which nondistributable layers are pushed too.","x-effect":"reload","x-neutral":[]},"authorization-plugins":{"type":"array","items":{"type":"string"},"description":"Plugins that allow or deny each API request.","x-effect":"reload","x-resets":true},"bip":{"type":"string","description":"Address and prefix length of the docker0 bridge, e.g. 172.17.0.1/16.","x-effect":"restart-engine"},"bridge":{"type":"string","description":"Bridge to attach containers to; none = no default bridge.","x-effect":"restart-engine"},"builder":{"type":"object","additionalProperties":false,"description":"BuildKit: cache and entitlements.","properties":{"gc":{"type":"object","additionalProperties":false,"description":"Garbage collection of the build cache.","properties":{"enabled":{"type":"boolean","description":"Whether to collect."},"defaultKeepStorage":{"type":"string","description":"Cache size to keep, e.g. 10GB."},"policy":{"type":"array","description":"Rules, applied in order.","items":{"type":"object","additionalProperties":false,"properties":{"all":{"type":"boolean","description":"Whether to collect internal and frontend cache too."},"filter":{"type":"array","items":{"type":"string"},"description":"Filters for the cache that the rule applies to, e.g. unused-for=2200h."},"keepStorage":{"type":"string","description":"Cache size that this rule keeps, e.g. 5GB."}}}}}},"entitlements":{"type":"object","additionalProperties":false,"description":"Entitlements that builds may request.","properties":{"network-host":{"type":"boolean","description":"Host network."},"security-insecure":{"type":"boolean","description":"Run without the security sandbox."}}},"history":{"type":"object","additionalProperties":false,"description":"Build history.","properties":{"maxAge":{"type":"string","description":"Maximum age of a record, e.g. 48h."},"maxEntries":{"type":"integer","minimum":0,"description":"Maximum number of records."}}}},"x-effect":"restart-engine"},"cdi-spec-dirs":{"type":"array","items":{"type":"string"},"description":"Folders with Container Device Interface (CDI) specs.","x-effect":"restart-engine"},"cgroup-parent":{"type":"string","description":"Parent cgroup of all containers.","x-effect":"restart-engine"},"debug":{"type":"boolean","description":"Log at debug level and enable the debug API.","x-effect":"reload","x-neutral":false},"default-address-pools":{"type":"array","description":"Address ranges for new networks.","items":{"$ref":"#/definitions/pool"},"x-effect":"restart-engine"},"default-cgroupns-mode":{"enum":["private","host"],"description":"cgroup namespace of new containers.","x-effect":"reload","x-neutral":"private"},"default-gateway":{"type":"string","description":"IPv4 gateway of containers on the default bridge.","x-effect":"restart-engine"},"default-gateway-v6":{"type":"string","description":"IPv6 gateway of containers on the default bridge.","x-effect":"restart-engine"},"default-ipc-mode":{"enum":["private","shareable"],"description":"IPC namespace of new containers.","x-effect":"reload","x-neutral":"private"},"default-network-opts":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"string"},"description":"Options by name."},"description":"Options of new networks, by driver. Default: MTU of bridge and overlay networks derived from network.mtu.","x-effect":"restart-engine"},"default-runtime":{"type":"string","description":"Default OCI runtime.","minLength":1,"x-effect":"reload","x-neutral":"runc"},"default-shm-size":{"$ref":"#/definitions/engineSize","description":"Size of /dev/shm in new containers, e.g. 64M.","x-effect":"reload","x-neutral":"64M"},"default-ulimits":{"type":"object","additionalProperties":{"$ref":"#/definitions/ulimit"},"description":"Resource limits of new containers, by name.","x-effect":"restart-engine"},"dns":{"type":"array","items":{"type":"string"},"description":"DNS servers for containers, instead of the VM's.","x-effect":"restart-engine"},"dns-opts":{"type":"array","items":{"type":"string"},"description":"resolv.conf options for containers.","x-effect":"restart-engine"},"dns-search":{"type":"array","items":{"type":"string"},"description":"DNS search domains for containers.","x-effect":"restart-engine"},"exec-opts":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Runtime options, NAME=VALUE.","x-effect":"restart-engine"},"experimental":{"type":"boolean","description":"Enable experimental features.","x-effect":"restart-engine"},"features":{"type":"object","additionalProperties":{"type":"boolean"},"description":"dockerd features to enable or disable, by name. containerd-snapshotter restarts the engine and hides the storage driver's images and containers.","x-effect":"reload","x-resets":true},"fixed-cidr":{"type":"string","description":"Subrange of the default bridge's network for container addresses.","x-effect":"restart-engine"},"fixed-cidr-v6":{"type":"string","description":"IPv6 network for containers on the default bridge.","x-effect":"restart-engine"},"host-gateway-ip":{"type":"string","description":"Address of host-gateway in docker run --add-host.","x-effect":"restart-engine"},"icc":{"type":"boolean","description":"Whether containers on the default bridge may reach each other.","x-effect":"restart-engine"},"init":{"type":"boolean","description":"Run an init process as PID 1 in every container.","x-effect":"restart-engine"},"init-path":{"type":"string","description":"Path of docker-init in the guest.","x-effect":"restart-engine"},"insecure-registries":{"type":"array","items":{"$ref":"#/definitions/registry"},"description":"Registries without TLS or with an untrusted certificate: HOST, HOST:PORT or CIDR.","x-effect":"reload","x-neutral":[]},"ip":{"type":"string","description":"Default address in the VM for published ports.","x-effect":"restart-engine"},"ip-forward":{"type":"boolean","description":"Whether dockerd enables net.ipv4.ip_forward.","x-effect":"restart-engine"},"ip-masq":{"type":"boolean","description":"Whether packets of containers leave with the VM's address (NAT).","x-effect":"restart-engine"},"ip6tables":{"type":"boolean","description":"Whether dockerd manages ip6tables rules; experimental.","x-effect":"restart-engine"},"iptables":{"type":"boolean","description":"Whether dockerd manages iptables rules.","x-effect":"restart-engine"},"ipv6":{"type":"boolean","description":"Whether the default bridge has IPv6.","x-effect":"restart-engine"},"labels":{"type":"array","items":{"$ref":"#/definitions/label"},"description":"Engine labels, NAME=VALUE.","x-effect":"reload","x-neutral":[]},"live-restore":{"type":"boolean","description":"Whether containers keep running while dockerd is down.","x-effect":"reload","x-neutral":false},"log-driver":{"type":"string","description":"Default logging driver of containers.","minLength":1,"x-effect":"restart-engine"},"log-format":{"enum":["text","json"],"description":"Format of dockerd's log.","x-effect":"restart-engine"},"log-level":{"enum":["panic","fatal","error","warn","info","debug","trace"],"description":"Log level of dockerd.","x-effect":"restart-engine"},"log-opts":{"type":"object","additionalProperties":{"type":"string"},"description":"Options of the logging driver; values are strings.","x-effect":"restart-engine"},"max-concurrent-downloads":{"type":"integer","minimum":0,"description":"Maximum concurrent downloads per pull. Default 3.","x-effect":"reload","x-resets":true},"max-concurrent-uploads":{"type":"integer","minimum":0,"description":"Maximum concurrent uploads per push. Default 5.","x-effect":"reload","x-resets":true},"max-download-attempts":{"type":"integer","minimum":0,"description":"Maximum download attempts per layer. Default 5.","x-effect":"reload","x-resets":true},"metrics-addr":{"type":"string","description":"Address and port in the VM for Prometheus metrics.","x-effect":"restart-engine"},"mtu":{"type":"integer","minimum":0,"description":"MTU of the default bridge. Default: network.mtu.","x-effect":"restart-engine"},"network-control-plane-mtu":{"type":"integer","minimum":0,"description":"MTU of the swarm control plane. Default 1500.","x-effect":"restart-engine"},"no-new-privileges":{"type":"boolean","description":"Set no-new-privileges for new containers, so that setuid programs grant nothing.","x-effect":"restart-engine"},"node-generic-resources":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Generic resources of this swarm node, NAME=VALUE.","x-effect":"restart-engine"},"proxies":{"type":"object","additionalProperties":false,"description":"Proxies that dockerd uses.","properties":{"http-proxy":{"type":"string","description":"For http URLs."},"https-proxy":{"type":"string","description":"For https URLs."},"no-proxy":{"type":"string","description":"Comma-separated hosts that bypass the proxy."}},"x-effect":"restart-engine"},"raw-logs":{"type":"boolean","description":"Write dockerd's log with full timestamps and no colours.","x-effect":"restart-engine"},"registry-mirrors":{"type":"array","items":{"$ref":"#/definitions/mirror"},"description":"Docker Hub mirrors, as URLs.","x-effect":"reload","x-neutral":[]},"runtimes":{"type":"object","additionalProperties":{"$ref":"#/definitions/runtime"},"description":"Additional OCI runtimes, by name.","x-effect":"reload","x-neutral":{}},"seccomp-profile":{"type":"string","description":"Path of a seccomp profile in the guest; unconfined = none, builtin = the default profile.","x-effect":"restart-engine"},"selinux-enabled":{"type":"boolean","description":"Enable SELinux support.","x-effect":"restart-engine"},"shutdown-timeout":{"type":"integer","minimum":-1,"description":"Grace period of containers when dockerd shuts down, in seconds; -1 = unlimited. Default 15.","x-effect":"reload","x-neutral":15},"storage-driver":{"type":"string","description":"Storage driver. Changing it hides the images and containers of the previous driver.","minLength":1,"x-effect":"restart-engine"},"storage-opts":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Options of the storage driver, NAME=VALUE.","x-effect":"restart-engine"},"userland-proxy":{"type":"boolean","description":"Whether a proxy process serves ports published on loopback addresses.","x-effect":"restart-engine"},"userland-proxy-path":{"type":"string","description":"Path of docker-proxy in the guest.","pattern":"^/","x-expected":"must be an absolute path in the guest","x-effect":"restart-engine"},"userns-remap":{"type":"string","description":"default: root in containers is mapped to the user dockremap.","x-effect":"restart-engine"}},"x-refused":{"api-cors-header":"browsers have no access to the engine","containerd":"the guest starts containerd itself","containerd-namespace":"the guest starts containerd itself","containerd-plugin-namespace":"the guest starts containerd itself","cpu-rt-period":"it needs cgroup v1, and the guest has cgroup v2","cpu-rt-runtime":"it needs cgroup v1, and the guest has cgroup v2","cri-containerd":"the guest starts containerd itself","data-root":"it is on the data disk; vm.disk sets the size","exec-root":"set by the guest","group":"only the host reaches the socket","hosts":"the host reaches the engine through a dedicated channel; see engine.socket","network-diagnostic-port":"it would open a port without authentication","pidfile":"set by the guest","resolv-conf":"the gateway resolves names; see network.dns","rootless":"the guest runs the engine as root","swarm-default-advertise-addr":"the guest passes eth0 on the command line","tls":"the engine listens on its unix socket only","tlscacert":"the engine listens on its unix socket only","tlscert":"the engine listens on its unix socket only","tlskey":"the engine listens on its unix socket only","tlsverify":"the engine listens on its unix socket only"},"definitions":{"assignment":{"type":"string","pattern":"^[^=]+=","x-expected":"must be NAME=VALUE"},"label":{"type":"string","pattern":"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=","x-expected":"must be NAME=VALUE, with a name outside com.docker, io.docker and org.dockerproject"},"mirror":{"type":"string","pattern":"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$","x-expected":"must be a URL of a registry: http(s)://HOST[:PORT], without user and query"},"registry":{"type":"string","pattern":"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$","x-expected":"must be HOST, HOST:PORT or a network in CIDR notation, without http://"},"engineSize":{"type":"string","pattern":"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$","x-expected":"must be a size in dockerd syntax, e.g. 64M"},"pool":{"type":"object","additionalProperties":false,"required":["base","size"],"properties":{"base":{"type":"string","description":"Network in CIDR notation."},"size":{"type":"integer","minimum":1,"maximum":128,"description":"Prefix length of each network allocated from it."}}},"ulimit":{"type":"object","additionalProperties":false,"required":["Name","Hard","Soft"],"properties":{"Name":{"type":"string","description":"Name of the limit, the same as its key."},"Hard":{"type":"integer","minimum":-1,"description":"Hard limit; -1 = none."},"Soft":{"type":"integer","minimum":-1,"description":"Soft limit; -1 = none."}}},"runtime":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"Program in the guest."},"runtimeArgs":{"type":"array","items":{"type":"string"},"description":"Arguments of the program."},"runtimeType":{"type":"string","description":"containerd shim, e.g. io.containerd.runc.v2."},"options":{"type":"object","description":"Options of the shim."}}}}};
const schema23 = {"type":"string","pattern":"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$","x-expected":"must be a size in dockerd syntax, e.g. 64M"};
const schema24 = {"type":"object","additionalProperties":false,"required":["Name","Hard","Soft"],"properties":{"Name":{"type":"string","description":"Name of the limit, the same as its key."},"Hard":{"type":"integer","minimum":-1,"description":"Hard limit; -1 = none."},"Soft":{"type":"integer","minimum":-1,"description":"Soft limit; -1 = none."}}};
const schema25 = {"type":"string","pattern":"^[^=]+=","x-expected":"must be NAME=VALUE"};
const schema27 = {"type":"string","pattern":"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=","x-expected":"must be NAME=VALUE, with a name outside com.docker, io.docker and org.dockerproject"};
const schema30 = {"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"Program in the guest."},"runtimeArgs":{"type":"array","items":{"type":"string"},"description":"Arguments of the program."},"runtimeType":{"type":"string","description":"containerd shim, e.g. io.containerd.runc.v2."},"options":{"type":"object","description":"Options of the shim."}}};

const pattern3 = new RegExp("^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$", "u");
const pattern4 = new RegExp("^[^=]+=", "u");
const pattern6 = new RegExp("^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="daemon.schema.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema21.properties, key0))){
(vErrors ??= []).push({instancePath,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema21,data});errors++;
}
}
if(data["allow-nondistributable-artifacts"] !== undefined){
let data0 = data["allow-nondistributable-artifacts"];
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/allow-nondistributable-artifacts/" + i0,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["allow-nondistributable-artifacts"].items,data:data1});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/allow-nondistributable-artifacts",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["allow-nondistributable-artifacts"],data:data0});errors++;
}
}
if(data["authorization-plugins"] !== undefined){
let data2 = data["authorization-plugins"];
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/authorization-plugins/" + i1,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["authorization-plugins"].items,data:data3});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/authorization-plugins",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["authorization-plugins"],data:data2});errors++;
}
}
if(data.bip !== undefined){
let data4 = data.bip;
if(typeof data4 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bip",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.bip,data:data4});errors++;
}
}
if(data.bridge !== undefined){
let data5 = data.bridge;
if(typeof data5 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bridge",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.bridge,data:data5});errors++;
}
}
if(data.builder !== undefined){
let data6 = data.builder;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
if(!(((key1 === "gc") || (key1 === "entitlements")) || (key1 === "history"))){
(vErrors ??= []).push({instancePath:instancePath+"/builder",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema21.properties.builder,data:data6});errors++;
}
}
if(data6.gc !== undefined){
let data7 = data6.gc;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((key2 === "enabled") || (key2 === "defaultKeepStorage")) || (key2 === "policy"))){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",parentSchema:schema21.properties.builder.properties.gc,data:data7});errors++;
}
}
if(data7.enabled !== undefined){
let data8 = data7.enabled;
if(typeof data8 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/enabled",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.builder.properties.gc.properties.enabled,data:data8});errors++;
}
}
if(data7.defaultKeepStorage !== undefined){
let data9 = data7.defaultKeepStorage;
if(typeof data9 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/defaultKeepStorage",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.builder.properties.gc.properties.defaultKeepStorage,data:data9});errors++;
}
}
if(data7.policy !== undefined){
let data10 = data7.policy;
if(Array.isArray(data10)){
const len2 = data10.length;
for(let i2=0; i2<len2; i2++){
let data11 = data10[i2];
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key3 in data11){
if(!(((key3 === "all") || (key3 === "filter")) || (key3 === "keepStorage"))){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2,keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items,data:data11});errors++;
}
}
if(data11.all !== undefined){
let data12 = data11.all;
if(typeof data12 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2+"/all",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items.properties.all,data:data12});errors++;
}
}
if(data11.filter !== undefined){
let data13 = data11.filter;
if(Array.isArray(data13)){
const len3 = data13.length;
for(let i3=0; i3<len3; i3++){
let data14 = data13[i3];
if(typeof data14 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2+"/filter/" + i3,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items.properties.filter.items,data:data14});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2+"/filter",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items.properties.filter,data:data13});errors++;
}
}
if(data11.keepStorage !== undefined){
let data15 = data11.keepStorage;
if(typeof data15 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2+"/keepStorage",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items.properties.keepStorage,data:data15});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy/" + i2,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.builder.properties.gc.properties.policy.items,data:data11});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc/policy",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties.builder.properties.gc.properties.policy,data:data10});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/gc",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.builder.properties.gc,data:data7});errors++;
}
}
if(data6.entitlements !== undefined){
let data16 = data6.entitlements;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key4 in data16){
if(!((key4 === "network-host") || (key4 === "security-insecure"))){
(vErrors ??= []).push({instancePath:instancePath+"/builder/entitlements",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",parentSchema:schema21.properties.builder.properties.entitlements,data:data16});errors++;
}
}
if(data16["network-host"] !== undefined){
let data17 = data16["network-host"];
if(typeof data17 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/entitlements/network-host",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.builder.properties.entitlements.properties["network-host"],data:data17});errors++;
}
}
if(data16["security-insecure"] !== undefined){
let data18 = data16["security-insecure"];
if(typeof data18 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/entitlements/security-insecure",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.builder.properties.entitlements.properties["security-insecure"],data:data18});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/entitlements",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.builder.properties.entitlements,data:data16});errors++;
}
}
if(data6.history !== undefined){
let data19 = data6.history;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key5 in data19){
if(!((key5 === "maxAge") || (key5 === "maxEntries"))){
(vErrors ??= []).push({instancePath:instancePath+"/builder/history",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",parentSchema:schema21.properties.builder.properties.history,data:data19});errors++;
}
}
if(data19.maxAge !== undefined){
let data20 = data19.maxAge;
if(typeof data20 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/builder/history/maxAge",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.builder.properties.history.properties.maxAge,data:data20});errors++;
}
}
if(data19.maxEntries !== undefined){
let data21 = data19.maxEntries;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
(vErrors ??= []).push({instancePath:instancePath+"/builder/history/maxEntries",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties.builder.properties.history.properties.maxEntries,data:data21});errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
(vErrors ??= []).push({instancePath:instancePath+"/builder/history/maxEntries",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties.builder.properties.history.properties.maxEntries,data:data21});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder/history",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.builder.properties.history,data:data19});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/builder",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.builder,data:data6});errors++;
}
}
if(data["cdi-spec-dirs"] !== undefined){
let data22 = data["cdi-spec-dirs"];
if(Array.isArray(data22)){
const len4 = data22.length;
for(let i4=0; i4<len4; i4++){
let data23 = data22[i4];
if(typeof data23 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/cdi-spec-dirs/" + i4,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["cdi-spec-dirs"].items,data:data23});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/cdi-spec-dirs",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["cdi-spec-dirs"],data:data22});errors++;
}
}
if(data["cgroup-parent"] !== undefined){
let data24 = data["cgroup-parent"];
if(typeof data24 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/cgroup-parent",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["cgroup-parent"],data:data24});errors++;
}
}
if(data.debug !== undefined){
let data25 = data.debug;
if(typeof data25 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/debug",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.debug,data:data25});errors++;
}
}
if(data["default-address-pools"] !== undefined){
let data26 = data["default-address-pools"];
if(Array.isArray(data26)){
const len5 = data26.length;
for(let i5=0; i5<len5; i5++){
let data27 = data26[i5];
if(data27 && typeof data27 == "object" && !Array.isArray(data27)){
if(data27.base === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5,keyword:"required",params:{missingProperty: "base"},message:"must have required property '"+"base"+"'",parentSchema:schema22,data:data27});errors++;
}
if(data27.size === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5,keyword:"required",params:{missingProperty: "size"},message:"must have required property '"+"size"+"'",parentSchema:schema22,data:data27});errors++;
}
for(const key6 in data27){
if(!((key6 === "base") || (key6 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5,keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",parentSchema:schema22,data:data27});errors++;
}
}
if(data27.base !== undefined){
let data28 = data27.base;
if(typeof data28 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5+"/base",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema22.properties.base,data:data28});errors++;
}
}
if(data27.size !== undefined){
let data29 = data27.size;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema22.properties.size,data:data29});errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 128 || isNaN(data29)){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5+"/size",keyword:"maximum",params:{comparison: "<=", limit: 128},message:"must be <= 128",parentSchema:schema22.properties.size,data:data29});errors++;
}
if(data29 < 1 || isNaN(data29)){
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5+"/size",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema22.properties.size,data:data29});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools/" + i5,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema22,data:data27});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-address-pools",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["default-address-pools"],data:data26});errors++;
}
}
if(data["default-cgroupns-mode"] !== undefined){
let data30 = data["default-cgroupns-mode"];
if(!((data30 === "private") || (data30 === "host"))){
(vErrors ??= []).push({instancePath:instancePath+"/default-cgroupns-mode",keyword:"enum",params:{allowedValues: schema21.properties["default-cgroupns-mode"].enum},message:"must be equal to one of the allowed values",parentSchema:schema21.properties["default-cgroupns-mode"],data:data30});errors++;
}
}
if(data["default-gateway"] !== undefined){
let data31 = data["default-gateway"];
if(typeof data31 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/default-gateway",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["default-gateway"],data:data31});errors++;
}
}
if(data["default-gateway-v6"] !== undefined){
let data32 = data["default-gateway-v6"];
if(typeof data32 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/default-gateway-v6",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["default-gateway-v6"],data:data32});errors++;
}
}
if(data["default-ipc-mode"] !== undefined){
let data33 = data["default-ipc-mode"];
if(!((data33 === "private") || (data33 === "shareable"))){
(vErrors ??= []).push({instancePath:instancePath+"/default-ipc-mode",keyword:"enum",params:{allowedValues: schema21.properties["default-ipc-mode"].enum},message:"must be equal to one of the allowed values",parentSchema:schema21.properties["default-ipc-mode"],data:data33});errors++;
}
}
if(data["default-network-opts"] !== undefined){
let data34 = data["default-network-opts"];
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key7 in data34){
let data35 = data34[key7];
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key8 in data35){
let data36 = data35[key8];
if(typeof data36 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/default-network-opts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["default-network-opts"].additionalProperties.additionalProperties,data:data36});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-network-opts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties["default-network-opts"].additionalProperties,data:data35});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-network-opts",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties["default-network-opts"],data:data34});errors++;
}
}
if(data["default-runtime"] !== undefined){
let data37 = data["default-runtime"];
if(typeof data37 === "string"){
if(func6(data37) < 1){
(vErrors ??= []).push({instancePath:instancePath+"/default-runtime",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",parentSchema:schema21.properties["default-runtime"],data:data37});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-runtime",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["default-runtime"],data:data37});errors++;
}
}
if(data["default-shm-size"] !== undefined){
let data38 = data["default-shm-size"];
if(typeof data38 === "string"){
if(!pattern3.test(data38)){
(vErrors ??= []).push({instancePath:instancePath+"/default-shm-size",keyword:"pattern",params:{pattern: "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$"},message:"must match pattern \""+"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$"+"\"",parentSchema:schema23,data:data38});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-shm-size",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema23,data:data38});errors++;
}
}
if(data["default-ulimits"] !== undefined){
let data39 = data["default-ulimits"];
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
for(const key9 in data39){
let data40 = data39[key9];
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
if(data40.Name === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"required",params:{missingProperty: "Name"},message:"must have required property '"+"Name"+"'",parentSchema:schema24,data:data40});errors++;
}
if(data40.Hard === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"required",params:{missingProperty: "Hard"},message:"must have required property '"+"Hard"+"'",parentSchema:schema24,data:data40});errors++;
}
if(data40.Soft === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"required",params:{missingProperty: "Soft"},message:"must have required property '"+"Soft"+"'",parentSchema:schema24,data:data40});errors++;
}
for(const key10 in data40){
if(!(((key10 === "Name") || (key10 === "Hard")) || (key10 === "Soft"))){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",parentSchema:schema24,data:data40});errors++;
}
}
if(data40.Name !== undefined){
let data41 = data40.Name;
if(typeof data41 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema24.properties.Name,data:data41});errors++;
}
}
if(data40.Hard !== undefined){
let data42 = data40.Hard;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Hard",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema24.properties.Hard,data:data42});errors++;
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 < -1 || isNaN(data42)){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Hard",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",parentSchema:schema24.properties.Hard,data:data42});errors++;
}
}
}
if(data40.Soft !== undefined){
let data43 = data40.Soft;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Soft",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema24.properties.Soft,data:data43});errors++;
}
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 < -1 || isNaN(data43)){
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Soft",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",parentSchema:schema24.properties.Soft,data:data43});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema24,data:data40});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/default-ulimits",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties["default-ulimits"],data:data39});errors++;
}
}
if(data.dns !== undefined){
let data44 = data.dns;
if(Array.isArray(data44)){
const len6 = data44.length;
for(let i6=0; i6<len6; i6++){
let data45 = data44[i6];
if(typeof data45 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/dns/" + i6,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.dns.items,data:data45});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/dns",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties.dns,data:data44});errors++;
}
}
if(data["dns-opts"] !== undefined){
let data46 = data["dns-opts"];
if(Array.isArray(data46)){
const len7 = data46.length;
for(let i7=0; i7<len7; i7++){
let data47 = data46[i7];
if(typeof data47 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/dns-opts/" + i7,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["dns-opts"].items,data:data47});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/dns-opts",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["dns-opts"],data:data46});errors++;
}
}
if(data["dns-search"] !== undefined){
let data48 = data["dns-search"];
if(Array.isArray(data48)){
const len8 = data48.length;
for(let i8=0; i8<len8; i8++){
let data49 = data48[i8];
if(typeof data49 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/dns-search/" + i8,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["dns-search"].items,data:data49});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/dns-search",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["dns-search"],data:data48});errors++;
}
}
if(data["exec-opts"] !== undefined){
let data50 = data["exec-opts"];
if(Array.isArray(data50)){
const len9 = data50.length;
for(let i9=0; i9<len9; i9++){
let data51 = data50[i9];
if(typeof data51 === "string"){
if(!pattern4.test(data51)){
(vErrors ??= []).push({instancePath:instancePath+"/exec-opts/" + i9,keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",parentSchema:schema25,data:data51});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/exec-opts/" + i9,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema25,data:data51});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/exec-opts",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["exec-opts"],data:data50});errors++;
}
}
if(data.experimental !== undefined){
let data52 = data.experimental;
if(typeof data52 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/experimental",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.experimental,data:data52});errors++;
}
}
if(data.features !== undefined){
let data53 = data.features;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key11 in data53){
let data54 = data53[key11];
if(typeof data54 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/features/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.features.additionalProperties,data:data54});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/features",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.features,data:data53});errors++;
}
}
if(data["fixed-cidr"] !== undefined){
let data55 = data["fixed-cidr"];
if(typeof data55 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/fixed-cidr",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["fixed-cidr"],data:data55});errors++;
}
}
if(data["fixed-cidr-v6"] !== undefined){
let data56 = data["fixed-cidr-v6"];
if(typeof data56 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/fixed-cidr-v6",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["fixed-cidr-v6"],data:data56});errors++;
}
}
if(data["host-gateway-ip"] !== undefined){
let data57 = data["host-gateway-ip"];
if(typeof data57 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/host-gateway-ip",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["host-gateway-ip"],data:data57});errors++;
}
}
if(data.icc !== undefined){
let data58 = data.icc;
if(typeof data58 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/icc",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.icc,data:data58});errors++;
}
}
if(data.init !== undefined){
let data59 = data.init;
if(typeof data59 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/init",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.init,data:data59});errors++;
}
}
if(data["init-path"] !== undefined){
let data60 = data["init-path"];
if(typeof data60 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/init-path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["init-path"],data:data60});errors++;
}
}
if(data["insecure-registries"] !== undefined){
let data61 = data["insecure-registries"];
if(Array.isArray(data61)){
const len10 = data61.length;
for(let i10=0; i10<len10; i10++){
let data62 = data61[i10];
if(typeof data62 === "string"){
if(!pattern5.test(data62)){
(vErrors ??= []).push({instancePath:instancePath+"/insecure-registries/" + i10,keyword:"pattern",params:{pattern: "^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"},message:"must match pattern \""+"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"+"\"",parentSchema:schema26,data:data62});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/insecure-registries/" + i10,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema26,data:data62});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/insecure-registries",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["insecure-registries"],data:data61});errors++;
}
}
if(data.ip !== undefined){
let data63 = data.ip;
if(typeof data63 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/ip",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.ip,data:data63});errors++;
}
}
if(data["ip-forward"] !== undefined){
let data64 = data["ip-forward"];
if(typeof data64 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/ip-forward",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["ip-forward"],data:data64});errors++;
}
}
if(data["ip-masq"] !== undefined){
let data65 = data["ip-masq"];
if(typeof data65 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/ip-masq",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["ip-masq"],data:data65});errors++;
}
}
if(data.ip6tables !== undefined){
let data66 = data.ip6tables;
if(typeof data66 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/ip6tables",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.ip6tables,data:data66});errors++;
}
}
if(data.iptables !== undefined){
let data67 = data.iptables;
if(typeof data67 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/iptables",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.iptables,data:data67});errors++;
}
}
if(data.ipv6 !== undefined){
let data68 = data.ipv6;
if(typeof data68 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/ipv6",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties.ipv6,data:data68});errors++;
}
}
if(data.labels !== undefined){
let data69 = data.labels;
if(Array.isArray(data69)){
const len11 = data69.length;
for(let i11=0; i11<len11; i11++){
let data70 = data69[i11];
if(typeof data70 === "string"){
if(!pattern6.test(data70)){
(vErrors ??= []).push({instancePath:instancePath+"/labels/" + i11,keyword:"pattern",params:{pattern: "^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+="},message:"must match pattern \""+"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+="+"\"",parentSchema:schema27,data:data70});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/labels/" + i11,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema27,data:data70});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/labels",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties.labels,data:data69});errors++;
}
}
if(data["live-restore"] !== undefined){
let data71 = data["live-restore"];
if(typeof data71 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/live-restore",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["live-restore"],data:data71});errors++;
}
}
if(data["log-driver"] !== undefined){
let data72 = data["log-driver"];
if(typeof data72 === "string"){
if(func6(data72) < 1){
(vErrors ??= []).push({instancePath:instancePath+"/log-driver",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",parentSchema:schema21.properties["log-driver"],data:data72});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/log-driver",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["log-driver"],data:data72});errors++;
}
}
if(data["log-format"] !== undefined){
let data73 = data["log-format"];
if(!((data73 === "text") || (data73 === "json"))){
(vErrors ??= []).push({instancePath:instancePath+"/log-format",keyword:"enum",params:{allowedValues: schema21.properties["log-format"].enum},message:"must be equal to one of the allowed values",parentSchema:schema21.properties["log-format"],data:data73});errors++;
}
}
if(data["log-level"] !== undefined){
let data74 = data["log-level"];
if(!(((((((data74 === "panic") || (data74 === "fatal")) || (data74 === "error")) || (data74 === "warn")) || (data74 === "info")) || (data74 === "debug")) || (data74 === "trace"))){
(vErrors ??= []).push({instancePath:instancePath+"/log-level",keyword:"enum",params:{allowedValues: schema21.properties["log-level"].enum},message:"must be equal to one of the allowed values",parentSchema:schema21.properties["log-level"],data:data74});errors++;
}
}
if(data["log-opts"] !== undefined){
let data75 = data["log-opts"];
if(data75 && typeof data75 == "object" && !Array.isArray(data75)){
for(const key12 in data75){
let data76 = data75[key12];
if(typeof data76 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/log-opts/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["log-opts"].additionalProperties,data:data76});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/log-opts",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties["log-opts"],data:data75});errors++;
}
}
if(data["max-concurrent-downloads"] !== undefined){
let data77 = data["max-concurrent-downloads"];
if(!(((typeof data77 == "number") && (!(data77 % 1) && !isNaN(data77))) && (isFinite(data77)))){
(vErrors ??= []).push({instancePath:instancePath+"/max-concurrent-downloads",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties["max-concurrent-downloads"],data:data77});errors++;
}
if((typeof data77 == "number") && (isFinite(data77))){
if(data77 < 0 || isNaN(data77)){
(vErrors ??= []).push({instancePath:instancePath+"/max-concurrent-downloads",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties["max-concurrent-downloads"],data:data77});errors++;
}
}
}
if(data["max-concurrent-uploads"] !== undefined){
let data78 = data["max-concurrent-uploads"];
if(!(((typeof data78 == "number") && (!(data78 % 1) && !isNaN(data78))) && (isFinite(data78)))){
(vErrors ??= []).push({instancePath:instancePath+"/max-concurrent-uploads",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties["max-concurrent-uploads"],data:data78});errors++;
}
if((typeof data78 == "number") && (isFinite(data78))){
if(data78 < 0 || isNaN(data78)){
(vErrors ??= []).push({instancePath:instancePath+"/max-concurrent-uploads",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties["max-concurrent-uploads"],data:data78});errors++;
}
}
}
if(data["max-download-attempts"] !== undefined){
let data79 = data["max-download-attempts"];
if(!(((typeof data79 == "number") && (!(data79 % 1) && !isNaN(data79))) && (isFinite(data79)))){
(vErrors ??= []).push({instancePath:instancePath+"/max-download-attempts",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties["max-download-attempts"],data:data79});errors++;
}
if((typeof data79 == "number") && (isFinite(data79))){
if(data79 < 0 || isNaN(data79)){
(vErrors ??= []).push({instancePath:instancePath+"/max-download-attempts",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties["max-download-attempts"],data:data79});errors++;
}
}
}
if(data["metrics-addr"] !== undefined){
let data80 = data["metrics-addr"];
if(typeof data80 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/metrics-addr",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["metrics-addr"],data:data80});errors++;
}
}
if(data.mtu !== undefined){
let data81 = data.mtu;
if(!(((typeof data81 == "number") && (!(data81 % 1) && !isNaN(data81))) && (isFinite(data81)))){
(vErrors ??= []).push({instancePath:instancePath+"/mtu",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties.mtu,data:data81});errors++;
}
if((typeof data81 == "number") && (isFinite(data81))){
if(data81 < 0 || isNaN(data81)){
(vErrors ??= []).push({instancePath:instancePath+"/mtu",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties.mtu,data:data81});errors++;
}
}
}
if(data["network-control-plane-mtu"] !== undefined){
let data82 = data["network-control-plane-mtu"];
if(!(((typeof data82 == "number") && (!(data82 % 1) && !isNaN(data82))) && (isFinite(data82)))){
(vErrors ??= []).push({instancePath:instancePath+"/network-control-plane-mtu",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties["network-control-plane-mtu"],data:data82});errors++;
}
if((typeof data82 == "number") && (isFinite(data82))){
if(data82 < 0 || isNaN(data82)){
(vErrors ??= []).push({instancePath:instancePath+"/network-control-plane-mtu",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema21.properties["network-control-plane-mtu"],data:data82});errors++;
}
}
}
if(data["no-new-privileges"] !== undefined){
let data83 = data["no-new-privileges"];
if(typeof data83 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/no-new-privileges",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["no-new-privileges"],data:data83});errors++;
}
}
if(data["node-generic-resources"] !== undefined){
let data84 = data["node-generic-resources"];
if(Array.isArray(data84)){
const len12 = data84.length;
for(let i12=0; i12<len12; i12++){
let data85 = data84[i12];
if(typeof data85 === "string"){
if(!pattern4.test(data85)){
(vErrors ??= []).push({instancePath:instancePath+"/node-generic-resources/" + i12,keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",parentSchema:schema25,data:data85});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/node-generic-resources/" + i12,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema25,data:data85});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/node-generic-resources",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["node-generic-resources"],data:data84});errors++;
}
}
if(data.proxies !== undefined){
let data86 = data.proxies;
if(data86 && typeof data86 == "object" && !Array.isArray(data86)){
for(const key13 in data86){
if(!(((key13 === "http-proxy") || (key13 === "https-proxy")) || (key13 === "no-proxy"))){
(vErrors ??= []).push({instancePath:instancePath+"/proxies",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",parentSchema:schema21.properties.proxies,data:data86});errors++;
}
}
if(data86["http-proxy"] !== undefined){
let data87 = data86["http-proxy"];
if(typeof data87 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/proxies/http-proxy",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.proxies.properties["http-proxy"],data:data87});errors++;
}
}
if(data86["https-proxy"] !== undefined){
let data88 = data86["https-proxy"];
if(typeof data88 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/proxies/https-proxy",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.proxies.properties["https-proxy"],data:data88});errors++;
}
}
if(data86["no-proxy"] !== undefined){
let data89 = data86["no-proxy"];
if(typeof data89 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/proxies/no-proxy",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties.proxies.properties["no-proxy"],data:data89});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/proxies",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.proxies,data:data86});errors++;
}
}
if(data["raw-logs"] !== undefined){
let data90 = data["raw-logs"];
if(typeof data90 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/raw-logs",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["raw-logs"],data:data90});errors++;
}
}
if(data["registry-mirrors"] !== undefined){
let data91 = data["registry-mirrors"];
if(Array.isArray(data91)){
const len13 = data91.length;
for(let i13=0; i13<len13; i13++){
let data92 = data91[i13];
if(typeof data92 === "string"){
if(!pattern8.test(data92)){
(vErrors ??= []).push({instancePath:instancePath+"/registry-mirrors/" + i13,keyword:"pattern",params:{pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"+"\"",parentSchema:schema29,data:data92});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/registry-mirrors/" + i13,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema29,data:data92});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/registry-mirrors",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["registry-mirrors"],data:data91});errors++;
}
}
if(data.runtimes !== undefined){
let data93 = data.runtimes;
if(data93 && typeof data93 == "object" && !Array.isArray(data93)){
for(const key14 in data93){
let data94 = data93[key14];
if(data94 && typeof data94 == "object" && !Array.isArray(data94)){
for(const key15 in data94){
if(!((((key15 === "path") || (key15 === "runtimeArgs")) || (key15 === "runtimeType")) || (key15 === "options"))){
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties",parentSchema:schema30,data:data94});errors++;
}
}
if(data94.path !== undefined){
let data95 = data94.path;
if(typeof data95 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema30.properties.path,data:data95});errors++;
}
}
if(data94.runtimeArgs !== undefined){
let data96 = data94.runtimeArgs;
if(Array.isArray(data96)){
const len14 = data96.length;
for(let i14=0; i14<len14; i14++){
let data97 = data96[i14];
if(typeof data97 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeArgs/" + i14,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema30.properties.runtimeArgs.items,data:data97});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeArgs",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema30.properties.runtimeArgs,data:data96});errors++;
}
}
if(data94.runtimeType !== undefined){
let data98 = data94.runtimeType;
if(typeof data98 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeType",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema30.properties.runtimeType,data:data98});errors++;
}
}
if(data94.options !== undefined){
let data99 = data94.options;
if(!(data99 && typeof data99 == "object" && !Array.isArray(data99))){
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/options",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema30.properties.options,data:data99});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema30,data:data94});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/runtimes",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21.properties.runtimes,data:data93});errors++;
}
}
if(data["seccomp-profile"] !== undefined){
let data100 = data["seccomp-profile"];
if(typeof data100 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/seccomp-profile",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["seccomp-profile"],data:data100});errors++;
}
}
if(data["selinux-enabled"] !== undefined){
let data101 = data["selinux-enabled"];
if(typeof data101 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/selinux-enabled",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["selinux-enabled"],data:data101});errors++;
}
}
if(data["shutdown-timeout"] !== undefined){
let data102 = data["shutdown-timeout"];
if(!(((typeof data102 == "number") && (!(data102 % 1) && !isNaN(data102))) && (isFinite(data102)))){
(vErrors ??= []).push({instancePath:instancePath+"/shutdown-timeout",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema21.properties["shutdown-timeout"],data:data102});errors++;
}
if((typeof data102 == "number") && (isFinite(data102))){
if(data102 < -1 || isNaN(data102)){
(vErrors ??= []).push({instancePath:instancePath+"/shutdown-timeout",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",parentSchema:schema21.properties["shutdown-timeout"],data:data102});errors++;
}
}
}
if(data["storage-driver"] !== undefined){
let data103 = data["storage-driver"];
if(typeof data103 === "string"){
if(func6(data103) < 1){
(vErrors ??= []).push({instancePath:instancePath+"/storage-driver",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",parentSchema:schema21.properties["storage-driver"],data:data103});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/storage-driver",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["storage-driver"],data:data103});errors++;
}
}
if(data["storage-opts"] !== undefined){
let data104 = data["storage-opts"];
if(Array.isArray(data104)){
const len15 = data104.length;
for(let i15=0; i15<len15; i15++){
let data105 = data104[i15];
if(typeof data105 === "string"){
if(!pattern4.test(data105)){
(vErrors ??= []).push({instancePath:instancePath+"/storage-opts/" + i15,keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",parentSchema:schema25,data:data105});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/storage-opts/" + i15,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema25,data:data105});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/storage-opts",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema21.properties["storage-opts"],data:data104});errors++;
}
}
if(data["userland-proxy"] !== undefined){
let data106 = data["userland-proxy"];
if(typeof data106 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/userland-proxy",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema21.properties["userland-proxy"],data:data106});errors++;
}
}
if(data["userland-proxy-path"] !== undefined){
let data107 = data["userland-proxy-path"];
if(typeof data107 === "string"){
if(!pattern10.test(data107)){
(vErrors ??= []).push({instancePath:instancePath+"/userland-proxy-path",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",parentSchema:schema21.properties["userland-proxy-path"],data:data107});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/userland-proxy-path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["userland-proxy-path"],data:data107});errors++;
}
}
if(data["userns-remap"] !== undefined){
let data108 = data["userns-remap"];
if(typeof data108 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/userns-remap",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema21.properties["userns-remap"],data:data108});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema21,data});errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema39 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"image":{"type":"string"},"capabilities":{"$ref":"#/definitions/strings"},"capabilities.add":{"$ref":"#/definitions/strings"},"ambient":{"$ref":"#/definitions/strings"},"mounts":{"$ref":"#/definitions/mounts"},"binds":{"$ref":"#/definitions/strings"},"binds.add":{"$ref":"#/definitions/strings"},"devices":{"$ref":"#/definitions/devices"},"tmpfs":{"$ref":"#/definitions/strings"},"command":{"$ref":"#/definitions/strings"},"env":{"$ref":"#/definitions/strings"},"cwd":{"type":"string"},"net":{"type":"string"},"pid":{"type":"string"},"ipc":{"type":"string"},"uts":{"type":"string"},"userns":{"type":"string"},"hostname":{"type":"string"},"readonly":{"type":"boolean"},"maskedPaths":{"$ref":"#/definitions/strings"},"readonlyPaths":{"$ref":"#/definitions/strings"},"uid":{"$ref":"#/definitions/id"},"gid":{"$ref":"#/definitions/id"},"additionalGids":{"type":"array","items":{"type":["string","integer"]}},"noNewPrivileges":{"type":"boolean"},"oomScoreAdj":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"rootfsPropagation":{"type":"string"},"cgroupsPath":{"type":"string"},"resources":{"$ref":"#/definitions/resources"},"sysctl":{"$ref":"#/definitions/texts"},"rlimits":{"$ref":"#/definitions/strings"},"uidMappings":{"$ref":"#/definitions/idMappings"},"gidMappings":{"$ref":"#/definitions/idMappings"},"annotations":{"$ref":"#/definitions/texts"},"runtime":{"$ref":"#/definitions/runtime"}},"required":["name","image"]}};
const schema38 = {"type":"array","items":{"type":"string"}};
const schema49 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"`all` allows every device of the type."},"type":{"type":"string"},"major":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"minor":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"mode":{"type":"string","description":"Octal."}}}};
const schema55 = {"type":["string","integer"],"description":"Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order."};
const schema62 = {"type":"object","additionalProperties":{"type":"string"}};
const schema45 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"hostID":{"type":"integer"},"containerID":{"type":"integer"},"size":{"type":"integer","minimum":0,"maximum":4294967295}}}};
const schema43 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"destination":{"type":"string"},"type":{"type":"string"},"source":{"type":"string"},"options":{"$ref":"#/definitions/strings"},"uidmappings":{"$ref":"#/definitions/idMappings"},"gidmappings":{"$ref":"#/definitions/idMappings"}}}};

function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
for(const key0 in data0){
if(!((((((key0 === "destination") || (key0 === "type")) || (key0 === "source")) || (key0 === "options")) || (key0 === "uidmappings")) || (key0 === "gidmappings"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema43.items,data:data0});errors++;
}
}
if(data0.destination !== undefined){
let data1 = data0.destination;
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/destination",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema43.items.properties.destination,data:data1});errors++;
}
}
if(data0.type !== undefined){
let data2 = data0.type;
if(typeof data2 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/type",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema43.items.properties.type,data:data2});errors++;
}
}
if(data0.source !== undefined){
let data3 = data0.source;
if(typeof data3 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/source",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema43.items.properties.source,data:data3});errors++;
}
}
if(data0.options !== undefined){
let data4 = data0.options;
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(typeof data5 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/options/" + i1,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data5});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/options",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data4});errors++;
}
}
if(data0.uidmappings !== undefined){
let data6 = data0.uidmappings;
if(Array.isArray(data6)){
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key1 in data7){
if(!(((key1 === "hostID") || (key1 === "containerID")) || (key1 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2,keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema45.items,data:data7});errors++;
}
}
if(data7.hostID !== undefined){
let data8 = data7.hostID;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/hostID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.hostID,data:data8});errors++;
}
}
if(data7.containerID !== undefined){
let data9 = data7.containerID;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/containerID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.containerID,data:data9});errors++;
}
}
if(data7.size !== undefined){
let data10 = data7.size;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.size,data:data10});errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 4294967295 || isNaN(data10)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",parentSchema:schema45.items.properties.size,data:data10});errors++;
}
if(data10 < 0 || isNaN(data10)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema45.items.properties.size,data:data10});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings/" + i2,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema45.items,data:data7});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidmappings",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema45,data:data6});errors++;
}
}
if(data0.gidmappings !== undefined){
let data11 = data0.gidmappings;
if(Array.isArray(data11)){
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
for(const key2 in data12){
if(!(((key2 === "hostID") || (key2 === "containerID")) || (key2 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3,keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",parentSchema:schema45.items,data:data12});errors++;
}
}
if(data12.hostID !== undefined){
let data13 = data12.hostID;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/hostID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.hostID,data:data13});errors++;
}
}
if(data12.containerID !== undefined){
let data14 = data12.containerID;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/containerID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.containerID,data:data14});errors++;
}
}
if(data12.size !== undefined){
let data15 = data12.size;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.size,data:data15});errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 4294967295 || isNaN(data15)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",parentSchema:schema45.items.properties.size,data:data15});errors++;
}
if(data15 < 0 || isNaN(data15)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema45.items.properties.size,data:data15});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings/" + i3,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema45.items,data:data12});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidmappings",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema45,data:data11});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema43.items,data:data0});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema43,data});errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

const schema57 = {"type":"object","additionalProperties":false,"properties":{"devices":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"allow":{"type":"boolean"},"type":{"type":"string"},"major":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"minor":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"access":{"type":"string"}}}},"memory":{"type":"object","additionalProperties":false,"properties":{"limit":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"reservation":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"swap":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"kernel":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"kernelTCP":{"type":"integer"},"swappiness":{"type":"integer","minimum":0,"maximum":18446744073709552000},"disableOOMKiller":{"type":"boolean"}}},"cpu":{"type":"object","additionalProperties":false,"properties":{"shares":{"type":"integer","minimum":0,"maximum":18446744073709552000},"quota":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"period":{"type":"integer","minimum":0,"maximum":18446744073709552000},"realtimeRuntime":{"type":"integer"},"realtimePeriod":{"type":"integer"},"cpus":{"type":"string"},"mems":{"type":"string"}}},"pids":{"type":"object","additionalProperties":false,"properties":{"limit":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000}}},"blockio":{"type":"object","additionalProperties":false,"properties":{"weight":{"type":"integer","minimum":0,"maximum":65535},"leafWeight":{"type":"integer"},"weightDevice":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"major":{"type":"integer"},"minor":{"type":"integer"},"weight":{"type":"integer"},"leafWeight":{"type":"integer"}}}},"throttleReadBpsDevice":{"$ref":"#/definitions/throttles"},"throttleWriteBpsDevice":{"$ref":"#/definitions/throttles"},"throttleReadIOPSDevice":{"$ref":"#/definitions/throttles"},"throttleWriteIOPSDevice":{"$ref":"#/definitions/throttles"}}},"hugepageLimits":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"pageSize":{"type":"integer"},"limit":{"type":"integer"}}}},"network":{"type":"object","additionalProperties":false,"properties":{"classID":{"type":"integer"},"priorities":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"priority":{"type":"integer","minimum":0,"maximum":4294967295}}}}}}}};
const schema58 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"major":{"type":"integer"},"minor":{"type":"integer"},"rate":{"type":"integer"}}}};

function validate17(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((((key0 === "devices") || (key0 === "memory")) || (key0 === "cpu")) || (key0 === "pids")) || (key0 === "blockio")) || (key0 === "hugepageLimits")) || (key0 === "network"))){
(vErrors ??= []).push({instancePath,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema57,data});errors++;
}
}
if(data.devices !== undefined){
let data0 = data.devices;
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
if(!(((((key1 === "allow") || (key1 === "type")) || (key1 === "major")) || (key1 === "minor")) || (key1 === "access"))){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0,keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema57.properties.devices.items,data:data1});errors++;
}
}
if(data1.allow !== undefined){
let data2 = data1.allow;
if(typeof data2 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/allow",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema57.properties.devices.items.properties.allow,data:data2});errors++;
}
}
if(data1.type !== undefined){
let data3 = data1.type;
if(typeof data3 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/type",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema57.properties.devices.items.properties.type,data:data3});errors++;
}
}
if(data1.major !== undefined){
let data4 = data1.major;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.devices.items.properties.major,data:data4});errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 9223372036854776000 || isNaN(data4)){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/major",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.devices.items.properties.major,data:data4});errors++;
}
if(data4 < -9223372036854776000 || isNaN(data4)){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/major",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.devices.items.properties.major,data:data4});errors++;
}
}
}
if(data1.minor !== undefined){
let data5 = data1.minor;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.devices.items.properties.minor,data:data5});errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 9223372036854776000 || isNaN(data5)){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/minor",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.devices.items.properties.minor,data:data5});errors++;
}
if(data5 < -9223372036854776000 || isNaN(data5)){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/minor",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.devices.items.properties.minor,data:data5});errors++;
}
}
}
if(data1.access !== undefined){
let data6 = data1.access;
if(typeof data6 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0+"/access",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema57.properties.devices.items.properties.access,data:data6});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/devices/" + i0,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.devices.items,data:data1});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/devices",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema57.properties.devices,data:data0});errors++;
}
}
if(data.memory !== undefined){
let data7 = data.memory;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((((((key2 === "limit") || (key2 === "reservation")) || (key2 === "swap")) || (key2 === "kernel")) || (key2 === "kernelTCP")) || (key2 === "swappiness")) || (key2 === "disableOOMKiller"))){
(vErrors ??= []).push({instancePath:instancePath+"/memory",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",parentSchema:schema57.properties.memory,data:data7});errors++;
}
}
if(data7.limit !== undefined){
let data8 = data7.limit;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/limit",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.limit,data:data8});errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 9223372036854776000 || isNaN(data8)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/limit",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.memory.properties.limit,data:data8});errors++;
}
if(data8 < -9223372036854776000 || isNaN(data8)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/limit",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.memory.properties.limit,data:data8});errors++;
}
}
}
if(data7.reservation !== undefined){
let data9 = data7.reservation;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/reservation",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.reservation,data:data9});errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 9223372036854776000 || isNaN(data9)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/reservation",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.memory.properties.reservation,data:data9});errors++;
}
if(data9 < -9223372036854776000 || isNaN(data9)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/reservation",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.memory.properties.reservation,data:data9});errors++;
}
}
}
if(data7.swap !== undefined){
let data10 = data7.swap;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swap",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.swap,data:data10});errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 9223372036854776000 || isNaN(data10)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swap",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.memory.properties.swap,data:data10});errors++;
}
if(data10 < -9223372036854776000 || isNaN(data10)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swap",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.memory.properties.swap,data:data10});errors++;
}
}
}
if(data7.kernel !== undefined){
let data11 = data7.kernel;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/kernel",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.kernel,data:data11});errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 9223372036854776000 || isNaN(data11)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/kernel",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.memory.properties.kernel,data:data11});errors++;
}
if(data11 < -9223372036854776000 || isNaN(data11)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/kernel",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.memory.properties.kernel,data:data11});errors++;
}
}
}
if(data7.kernelTCP !== undefined){
let data12 = data7.kernelTCP;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/kernelTCP",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.kernelTCP,data:data12});errors++;
}
}
if(data7.swappiness !== undefined){
let data13 = data7.swappiness;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swappiness",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.memory.properties.swappiness,data:data13});errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 18446744073709552000 || isNaN(data13)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swappiness",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",parentSchema:schema57.properties.memory.properties.swappiness,data:data13});errors++;
}
if(data13 < 0 || isNaN(data13)){
(vErrors ??= []).push({instancePath:instancePath+"/memory/swappiness",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema57.properties.memory.properties.swappiness,data:data13});errors++;
}
}
}
if(data7.disableOOMKiller !== undefined){
let data14 = data7.disableOOMKiller;
if(typeof data14 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/memory/disableOOMKiller",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema57.properties.memory.properties.disableOOMKiller,data:data14});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/memory",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.memory,data:data7});errors++;
}
}
if(data.cpu !== undefined){
let data15 = data.cpu;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key3 in data15){
if(!(((((((key3 === "shares") || (key3 === "quota")) || (key3 === "period")) || (key3 === "realtimeRuntime")) || (key3 === "realtimePeriod")) || (key3 === "cpus")) || (key3 === "mems"))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",parentSchema:schema57.properties.cpu,data:data15});errors++;
}
}
if(data15.shares !== undefined){
let data16 = data15.shares;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/shares",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.cpu.properties.shares,data:data16});errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 18446744073709552000 || isNaN(data16)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/shares",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",parentSchema:schema57.properties.cpu.properties.shares,data:data16});errors++;
}
if(data16 < 0 || isNaN(data16)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/shares",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema57.properties.cpu.properties.shares,data:data16});errors++;
}
}
}
if(data15.quota !== undefined){
let data17 = data15.quota;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/quota",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.cpu.properties.quota,data:data17});errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 9223372036854776000 || isNaN(data17)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/quota",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.cpu.properties.quota,data:data17});errors++;
}
if(data17 < -9223372036854776000 || isNaN(data17)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/quota",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.cpu.properties.quota,data:data17});errors++;
}
}
}
if(data15.period !== undefined){
let data18 = data15.period;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/period",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.cpu.properties.period,data:data18});errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 18446744073709552000 || isNaN(data18)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/period",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",parentSchema:schema57.properties.cpu.properties.period,data:data18});errors++;
}
if(data18 < 0 || isNaN(data18)){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/period",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema57.properties.cpu.properties.period,data:data18});errors++;
}
}
}
if(data15.realtimeRuntime !== undefined){
let data19 = data15.realtimeRuntime;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/realtimeRuntime",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.cpu.properties.realtimeRuntime,data:data19});errors++;
}
}
if(data15.realtimePeriod !== undefined){
let data20 = data15.realtimePeriod;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/realtimePeriod",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.cpu.properties.realtimePeriod,data:data20});errors++;
}
}
if(data15.cpus !== undefined){
let data21 = data15.cpus;
if(typeof data21 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/cpus",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema57.properties.cpu.properties.cpus,data:data21});errors++;
}
}
if(data15.mems !== undefined){
let data22 = data15.mems;
if(typeof data22 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/cpu/mems",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema57.properties.cpu.properties.mems,data:data22});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/cpu",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.cpu,data:data15});errors++;
}
}
if(data.pids !== undefined){
let data23 = data.pids;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
for(const key4 in data23){
if(!(key4 === "limit")){
(vErrors ??= []).push({instancePath:instancePath+"/pids",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",parentSchema:schema57.properties.pids,data:data23});errors++;
}
}
if(data23.limit !== undefined){
let data24 = data23.limit;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
(vErrors ??= []).push({instancePath:instancePath+"/pids/limit",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.pids.properties.limit,data:data24});errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 9223372036854776000 || isNaN(data24)){
(vErrors ??= []).push({instancePath:instancePath+"/pids/limit",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema57.properties.pids.properties.limit,data:data24});errors++;
}
if(data24 < -9223372036854776000 || isNaN(data24)){
(vErrors ??= []).push({instancePath:instancePath+"/pids/limit",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema57.properties.pids.properties.limit,data:data24});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/pids",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.pids,data:data23});errors++;
}
}
if(data.blockio !== undefined){
let data25 = data.blockio;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key5 in data25){
if(!(((((((key5 === "weight") || (key5 === "leafWeight")) || (key5 === "weightDevice")) || (key5 === "throttleReadBpsDevice")) || (key5 === "throttleWriteBpsDevice")) || (key5 === "throttleReadIOPSDevice")) || (key5 === "throttleWriteIOPSDevice"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",parentSchema:schema57.properties.blockio,data:data25});errors++;
}
}
if(data25.weight !== undefined){
let data26 = data25.weight;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weight",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.weight,data:data26});errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 65535 || isNaN(data26)){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weight",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",parentSchema:schema57.properties.blockio.properties.weight,data:data26});errors++;
}
if(data26 < 0 || isNaN(data26)){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weight",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema57.properties.blockio.properties.weight,data:data26});errors++;
}
}
}
if(data25.leafWeight !== undefined){
let data27 = data25.leafWeight;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/leafWeight",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.leafWeight,data:data27});errors++;
}
}
if(data25.weightDevice !== undefined){
let data28 = data25.weightDevice;
if(Array.isArray(data28)){
const len1 = data28.length;
for(let i1=0; i1<len1; i1++){
let data29 = data28[i1];
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
for(const key6 in data29){
if(!((((key6 === "major") || (key6 === "minor")) || (key6 === "weight")) || (key6 === "leafWeight"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1,keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",parentSchema:schema57.properties.blockio.properties.weightDevice.items,data:data29});errors++;
}
}
if(data29.major !== undefined){
let data30 = data29.major;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.weightDevice.items.properties.major,data:data30});errors++;
}
}
if(data29.minor !== undefined){
let data31 = data29.minor;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.weightDevice.items.properties.minor,data:data31});errors++;
}
}
if(data29.weight !== undefined){
let data32 = data29.weight;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1+"/weight",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.weightDevice.items.properties.weight,data:data32});errors++;
}
}
if(data29.leafWeight !== undefined){
let data33 = data29.leafWeight;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1+"/leafWeight",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.blockio.properties.weightDevice.items.properties.leafWeight,data:data33});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice/" + i1,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.blockio.properties.weightDevice.items,data:data29});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/weightDevice",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema57.properties.blockio.properties.weightDevice,data:data28});errors++;
}
}
if(data25.throttleReadBpsDevice !== undefined){
let data34 = data25.throttleReadBpsDevice;
if(Array.isArray(data34)){
const len2 = data34.length;
for(let i2=0; i2<len2; i2++){
let data35 = data34[i2];
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key7 in data35){
if(!(((key7 === "major") || (key7 === "minor")) || (key7 === "rate"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2,keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",parentSchema:schema58.items,data:data35});errors++;
}
}
if(data35.major !== undefined){
let data36 = data35.major;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.major,data:data36});errors++;
}
}
if(data35.minor !== undefined){
let data37 = data35.minor;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.minor,data:data37});errors++;
}
}
if(data35.rate !== undefined){
let data38 = data35.rate;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/rate",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.rate,data:data38});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema58.items,data:data35});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadBpsDevice",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema58,data:data34});errors++;
}
}
if(data25.throttleWriteBpsDevice !== undefined){
let data39 = data25.throttleWriteBpsDevice;
if(Array.isArray(data39)){
const len3 = data39.length;
for(let i3=0; i3<len3; i3++){
let data40 = data39[i3];
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key8 in data40){
if(!(((key8 === "major") || (key8 === "minor")) || (key8 === "rate"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3,keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",parentSchema:schema58.items,data:data40});errors++;
}
}
if(data40.major !== undefined){
let data41 = data40.major;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.major,data:data41});errors++;
}
}
if(data40.minor !== undefined){
let data42 = data40.minor;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.minor,data:data42});errors++;
}
}
if(data40.rate !== undefined){
let data43 = data40.rate;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/rate",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.rate,data:data43});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema58.items,data:data40});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteBpsDevice",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema58,data:data39});errors++;
}
}
if(data25.throttleReadIOPSDevice !== undefined){
let data44 = data25.throttleReadIOPSDevice;
if(Array.isArray(data44)){
const len4 = data44.length;
for(let i4=0; i4<len4; i4++){
let data45 = data44[i4];
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
for(const key9 in data45){
if(!(((key9 === "major") || (key9 === "minor")) || (key9 === "rate"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4,keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",parentSchema:schema58.items,data:data45});errors++;
}
}
if(data45.major !== undefined){
let data46 = data45.major;
if(!(((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46))) && (isFinite(data46)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.major,data:data46});errors++;
}
}
if(data45.minor !== undefined){
let data47 = data45.minor;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.minor,data:data47});errors++;
}
}
if(data45.rate !== undefined){
let data48 = data45.rate;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/rate",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.rate,data:data48});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema58.items,data:data45});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleReadIOPSDevice",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema58,data:data44});errors++;
}
}
if(data25.throttleWriteIOPSDevice !== undefined){
let data49 = data25.throttleWriteIOPSDevice;
if(Array.isArray(data49)){
const len5 = data49.length;
for(let i5=0; i5<len5; i5++){
let data50 = data49[i5];
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
for(const key10 in data50){
if(!(((key10 === "major") || (key10 === "minor")) || (key10 === "rate"))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5,keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",parentSchema:schema58.items,data:data50});errors++;
}
}
if(data50.major !== undefined){
let data51 = data50.major;
if(!(((typeof data51 == "number") && (!(data51 % 1) && !isNaN(data51))) && (isFinite(data51)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.major,data:data51});errors++;
}
}
if(data50.minor !== undefined){
let data52 = data50.minor;
if(!(((typeof data52 == "number") && (!(data52 % 1) && !isNaN(data52))) && (isFinite(data52)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.minor,data:data52});errors++;
}
}
if(data50.rate !== undefined){
let data53 = data50.rate;
if(!(((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53))) && (isFinite(data53)))){
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/rate",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema58.items.properties.rate,data:data53});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema58.items,data:data50});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio/throttleWriteIOPSDevice",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema58,data:data49});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/blockio",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.blockio,data:data25});errors++;
}
}
if(data.hugepageLimits !== undefined){
let data54 = data.hugepageLimits;
if(Array.isArray(data54)){
const len6 = data54.length;
for(let i6=0; i6<len6; i6++){
let data55 = data54[i6];
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
for(const key11 in data55){
if(!((key11 === "pageSize") || (key11 === "limit"))){
(vErrors ??= []).push({instancePath:instancePath+"/hugepageLimits/" + i6,keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",parentSchema:schema57.properties.hugepageLimits.items,data:data55});errors++;
}
}
if(data55.pageSize !== undefined){
let data56 = data55.pageSize;
if(!(((typeof data56 == "number") && (!(data56 % 1) && !isNaN(data56))) && (isFinite(data56)))){
(vErrors ??= []).push({instancePath:instancePath+"/hugepageLimits/" + i6+"/pageSize",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.hugepageLimits.items.properties.pageSize,data:data56});errors++;
}
}
if(data55.limit !== undefined){
let data57 = data55.limit;
if(!(((typeof data57 == "number") && (!(data57 % 1) && !isNaN(data57))) && (isFinite(data57)))){
(vErrors ??= []).push({instancePath:instancePath+"/hugepageLimits/" + i6+"/limit",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.hugepageLimits.items.properties.limit,data:data57});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/hugepageLimits/" + i6,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.hugepageLimits.items,data:data55});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/hugepageLimits",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema57.properties.hugepageLimits,data:data54});errors++;
}
}
if(data.network !== undefined){
let data58 = data.network;
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
for(const key12 in data58){
if(!((key12 === "classID") || (key12 === "priorities"))){
(vErrors ??= []).push({instancePath:instancePath+"/network",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",parentSchema:schema57.properties.network,data:data58});errors++;
}
}
if(data58.classID !== undefined){
let data59 = data58.classID;
if(!(((typeof data59 == "number") && (!(data59 % 1) && !isNaN(data59))) && (isFinite(data59)))){
(vErrors ??= []).push({instancePath:instancePath+"/network/classID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.network.properties.classID,data:data59});errors++;
}
}
if(data58.priorities !== undefined){
let data60 = data58.priorities;
if(Array.isArray(data60)){
const len7 = data60.length;
for(let i7=0; i7<len7; i7++){
let data61 = data60[i7];
if(data61 && typeof data61 == "object" && !Array.isArray(data61)){
for(const key13 in data61){
if(!((key13 === "name") || (key13 === "priority"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7,keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",parentSchema:schema57.properties.network.properties.priorities.items,data:data61});errors++;
}
}
if(data61.name !== undefined){
let data62 = data61.name;
if(typeof data62 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema57.properties.network.properties.priorities.items.properties.name,data:data62});errors++;
}
}
if(data61.priority !== undefined){
let data63 = data61.priority;
if(!(((typeof data63 == "number") && (!(data63 % 1) && !isNaN(data63))) && (isFinite(data63)))){
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7+"/priority",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema57.properties.network.properties.priorities.items.properties.priority,data:data63});errors++;
}
if((typeof data63 == "number") && (isFinite(data63))){
if(data63 > 4294967295 || isNaN(data63)){
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7+"/priority",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",parentSchema:schema57.properties.network.properties.priorities.items.properties.priority,data:data63});errors++;
}
if(data63 < 0 || isNaN(data63)){
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7+"/priority",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema57.properties.network.properties.priorities.items.properties.priority,data:data63});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities/" + i7,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.network.properties.priorities.items,data:data61});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/priorities",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema57.properties.network.properties.priorities,data:data60});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57.properties.network,data:data58});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema57,data});errors++;
}
validate17.errors = vErrors;
return errors === 0;
}

const schema67 = {"type":"object","additionalProperties":false,"properties":{"cgroups":{"$ref":"#/definitions/strings"},"mounts":{"$ref":"#/definitions/mounts"},"mkdir":{"$ref":"#/definitions/strings"},"interfaces":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"add":{"type":"string"},"peer":{"type":"string"},"createInRoot":{"type":"boolean"}}}},"bindNS":{"type":"object","additionalProperties":false,"properties":{"cgroup":{"type":"string"},"ipc":{"type":"string"},"mnt":{"type":"string"},"net":{"type":"string"},"pid":{"type":"string"},"user":{"type":"string"},"uts":{"type":"string"}}},"namespace":{"type":"string","description":"containerd namespace of the service."}}};

function validate19(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "cgroups") || (key0 === "mounts")) || (key0 === "mkdir")) || (key0 === "interfaces")) || (key0 === "bindNS")) || (key0 === "namespace"))){
(vErrors ??= []).push({instancePath,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema67,data});errors++;
}
}
if(data.cgroups !== undefined){
let data0 = data.cgroups;
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/cgroups/" + i0,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data1});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/cgroups",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data0});errors++;
}
}
if(data.mounts !== undefined){
if(!(validate15(data.mounts, {instancePath:instancePath+"/mounts",parentData:data,parentDataProperty:"mounts",rootData}))){
vErrors = vErrors === null ? validate15.errors : vErrors.concat(validate15.errors);
errors = vErrors.length;
}
}
if(data.mkdir !== undefined){
let data3 = data.mkdir;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/mkdir/" + i1,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data4});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/mkdir",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data3});errors++;
}
}
if(data.interfaces !== undefined){
let data5 = data.interfaces;
if(Array.isArray(data5)){
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
if(!((((key1 === "name") || (key1 === "add")) || (key1 === "peer")) || (key1 === "createInRoot"))){
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2,keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema67.properties.interfaces.items,data:data6});errors++;
}
}
if(data6.name !== undefined){
let data7 = data6.name;
if(typeof data7 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.interfaces.items.properties.name,data:data7});errors++;
}
}
if(data6.add !== undefined){
let data8 = data6.add;
if(typeof data8 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2+"/add",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.interfaces.items.properties.add,data:data8});errors++;
}
}
if(data6.peer !== undefined){
let data9 = data6.peer;
if(typeof data9 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2+"/peer",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.interfaces.items.properties.peer,data:data9});errors++;
}
}
if(data6.createInRoot !== undefined){
let data10 = data6.createInRoot;
if(typeof data10 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2+"/createInRoot",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema67.properties.interfaces.items.properties.createInRoot,data:data10});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/interfaces/" + i2,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema67.properties.interfaces.items,data:data6});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/interfaces",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema67.properties.interfaces,data:data5});errors++;
}
}
if(data.bindNS !== undefined){
let data11 = data.bindNS;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key2 in data11){
if(!(((((((key2 === "cgroup") || (key2 === "ipc")) || (key2 === "mnt")) || (key2 === "net")) || (key2 === "pid")) || (key2 === "user")) || (key2 === "uts"))){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",parentSchema:schema67.properties.bindNS,data:data11});errors++;
}
}
if(data11.cgroup !== undefined){
let data12 = data11.cgroup;
if(typeof data12 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/cgroup",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.cgroup,data:data12});errors++;
}
}
if(data11.ipc !== undefined){
let data13 = data11.ipc;
if(typeof data13 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/ipc",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.ipc,data:data13});errors++;
}
}
if(data11.mnt !== undefined){
let data14 = data11.mnt;
if(typeof data14 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/mnt",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.mnt,data:data14});errors++;
}
}
if(data11.net !== undefined){
let data15 = data11.net;
if(typeof data15 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/net",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.net,data:data15});errors++;
}
}
if(data11.pid !== undefined){
let data16 = data11.pid;
if(typeof data16 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/pid",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.pid,data:data16});errors++;
}
}
if(data11.user !== undefined){
let data17 = data11.user;
if(typeof data17 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/user",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.user,data:data17});errors++;
}
}
if(data11.uts !== undefined){
let data18 = data11.uts;
if(typeof data18 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/bindNS/uts",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.bindNS.properties.uts,data:data18});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/bindNS",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema67.properties.bindNS,data:data11});errors++;
}
}
if(data.namespace !== undefined){
let data19 = data.namespace;
if(typeof data19 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/namespace",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema67.properties.namespace,data:data19});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema67,data});errors++;
}
validate19.errors = vErrors;
return errors === 0;
}


function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.name === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",parentSchema:schema39.items,data:data0});errors++;
}
if(data0.image === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"required",params:{missingProperty: "image"},message:"must have required property '"+"image"+"'",parentSchema:schema39.items,data:data0});errors++;
}
for(const key0 in data0){
if(!(func2.call(schema39.items.properties, key0))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema39.items,data:data0});errors++;
}
}
if(data0.name !== undefined){
let data1 = data0.name;
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.name,data:data1});errors++;
}
}
if(data0.image !== undefined){
let data2 = data0.image;
if(typeof data2 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/image",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.image,data:data2});errors++;
}
}
if(data0.capabilities !== undefined){
let data3 = data0.capabilities;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/capabilities/" + i1,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data4});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/capabilities",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data3});errors++;
}
}
if(data0["capabilities.add"] !== undefined){
let data5 = data0["capabilities.add"];
if(Array.isArray(data5)){
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(typeof data6 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/capabilities.add/" + i2,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data6});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/capabilities.add",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data5});errors++;
}
}
if(data0.ambient !== undefined){
let data7 = data0.ambient;
if(Array.isArray(data7)){
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
let data8 = data7[i3];
if(typeof data8 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/ambient/" + i3,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data8});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/ambient",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data7});errors++;
}
}
if(data0.mounts !== undefined){
if(!(validate15(data0.mounts, {instancePath:instancePath+"/" + i0+"/mounts",parentData:data0,parentDataProperty:"mounts",rootData}))){
vErrors = vErrors === null ? validate15.errors : vErrors.concat(validate15.errors);
errors = vErrors.length;
}
}
if(data0.binds !== undefined){
let data10 = data0.binds;
if(Array.isArray(data10)){
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
let data11 = data10[i4];
if(typeof data11 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/binds/" + i4,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data11});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/binds",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data10});errors++;
}
}
if(data0["binds.add"] !== undefined){
let data12 = data0["binds.add"];
if(Array.isArray(data12)){
const len5 = data12.length;
for(let i5=0; i5<len5; i5++){
let data13 = data12[i5];
if(typeof data13 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/binds.add/" + i5,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data13});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/binds.add",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data12});errors++;
}
}
if(data0.devices !== undefined){
let data14 = data0.devices;
if(Array.isArray(data14)){
const len6 = data14.length;
for(let i6=0; i6<len6; i6++){
let data15 = data14[i6];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key1 in data15){
if(!(((((key1 === "path") || (key1 === "type")) || (key1 === "major")) || (key1 === "minor")) || (key1 === "mode"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6,keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema49.items,data:data15});errors++;
}
}
if(data15.path !== undefined){
let data16 = data15.path;
if(typeof data16 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema49.items.properties.path,data:data16});errors++;
}
}
if(data15.type !== undefined){
let data17 = data15.type;
if(typeof data17 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/type",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema49.items.properties.type,data:data17});errors++;
}
}
if(data15.major !== undefined){
let data18 = data15.major;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema49.items.properties.major,data:data18});errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 9223372036854776000 || isNaN(data18)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema49.items.properties.major,data:data18});errors++;
}
if(data18 < -9223372036854776000 || isNaN(data18)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema49.items.properties.major,data:data18});errors++;
}
}
}
if(data15.minor !== undefined){
let data19 = data15.minor;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema49.items.properties.minor,data:data19});errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 9223372036854776000 || isNaN(data19)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema49.items.properties.minor,data:data19});errors++;
}
if(data19 < -9223372036854776000 || isNaN(data19)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema49.items.properties.minor,data:data19});errors++;
}
}
}
if(data15.mode !== undefined){
let data20 = data15.mode;
if(typeof data20 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6+"/mode",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema49.items.properties.mode,data:data20});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices/" + i6,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema49.items,data:data15});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/devices",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema49,data:data14});errors++;
}
}
if(data0.tmpfs !== undefined){
let data21 = data0.tmpfs;
if(Array.isArray(data21)){
const len7 = data21.length;
for(let i7=0; i7<len7; i7++){
let data22 = data21[i7];
if(typeof data22 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/tmpfs/" + i7,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data22});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/tmpfs",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data21});errors++;
}
}
if(data0.command !== undefined){
let data23 = data0.command;
if(Array.isArray(data23)){
const len8 = data23.length;
for(let i8=0; i8<len8; i8++){
let data24 = data23[i8];
if(typeof data24 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/command/" + i8,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data24});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/command",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data23});errors++;
}
}
if(data0.env !== undefined){
let data25 = data0.env;
if(Array.isArray(data25)){
const len9 = data25.length;
for(let i9=0; i9<len9; i9++){
let data26 = data25[i9];
if(typeof data26 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/env/" + i9,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data26});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/env",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data25});errors++;
}
}
if(data0.cwd !== undefined){
let data27 = data0.cwd;
if(typeof data27 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/cwd",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.cwd,data:data27});errors++;
}
}
if(data0.net !== undefined){
let data28 = data0.net;
if(typeof data28 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/net",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.net,data:data28});errors++;
}
}
if(data0.pid !== undefined){
let data29 = data0.pid;
if(typeof data29 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/pid",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.pid,data:data29});errors++;
}
}
if(data0.ipc !== undefined){
let data30 = data0.ipc;
if(typeof data30 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/ipc",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.ipc,data:data30});errors++;
}
}
if(data0.uts !== undefined){
let data31 = data0.uts;
if(typeof data31 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uts",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.uts,data:data31});errors++;
}
}
if(data0.userns !== undefined){
let data32 = data0.userns;
if(typeof data32 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/userns",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.userns,data:data32});errors++;
}
}
if(data0.hostname !== undefined){
let data33 = data0.hostname;
if(typeof data33 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/hostname",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.hostname,data:data33});errors++;
}
}
if(data0.readonly !== undefined){
let data34 = data0.readonly;
if(typeof data34 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/readonly",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema39.items.properties.readonly,data:data34});errors++;
}
}
if(data0.maskedPaths !== undefined){
let data35 = data0.maskedPaths;
if(Array.isArray(data35)){
const len10 = data35.length;
for(let i10=0; i10<len10; i10++){
let data36 = data35[i10];
if(typeof data36 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/maskedPaths/" + i10,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data36});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/maskedPaths",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data35});errors++;
}
}
if(data0.readonlyPaths !== undefined){
let data37 = data0.readonlyPaths;
if(Array.isArray(data37)){
const len11 = data37.length;
for(let i11=0; i11<len11; i11++){
let data38 = data37[i11];
if(typeof data38 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/readonlyPaths/" + i11,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data38});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/readonlyPaths",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data37});errors++;
}
}
if(data0.uid !== undefined){
let data39 = data0.uid;
if((typeof data39 !== "string") && (!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39))))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uid",keyword:"type",params:{type: schema55.type},message:"must be string,integer",parentSchema:schema55,data:data39});errors++;
}
}
if(data0.gid !== undefined){
let data40 = data0.gid;
if((typeof data40 !== "string") && (!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40))))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gid",keyword:"type",params:{type: schema55.type},message:"must be string,integer",parentSchema:schema55,data:data40});errors++;
}
}
if(data0.additionalGids !== undefined){
let data41 = data0.additionalGids;
if(Array.isArray(data41)){
const len12 = data41.length;
for(let i12=0; i12<len12; i12++){
let data42 = data41[i12];
if((typeof data42 !== "string") && (!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42))))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/additionalGids/" + i12,keyword:"type",params:{type: schema39.items.properties.additionalGids.items.type},message:"must be string,integer",parentSchema:schema39.items.properties.additionalGids.items,data:data42});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/additionalGids",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema39.items.properties.additionalGids,data:data41});errors++;
}
}
if(data0.noNewPrivileges !== undefined){
let data43 = data0.noNewPrivileges;
if(typeof data43 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/noNewPrivileges",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema39.items.properties.noNewPrivileges,data:data43});errors++;
}
}
if(data0.oomScoreAdj !== undefined){
let data44 = data0.oomScoreAdj;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/oomScoreAdj",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema39.items.properties.oomScoreAdj,data:data44});errors++;
}
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 9223372036854776000 || isNaN(data44)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/oomScoreAdj",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",parentSchema:schema39.items.properties.oomScoreAdj,data:data44});errors++;
}
if(data44 < -9223372036854776000 || isNaN(data44)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/oomScoreAdj",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",parentSchema:schema39.items.properties.oomScoreAdj,data:data44});errors++;
}
}
}
if(data0.rootfsPropagation !== undefined){
let data45 = data0.rootfsPropagation;
if(typeof data45 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/rootfsPropagation",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.rootfsPropagation,data:data45});errors++;
}
}
if(data0.cgroupsPath !== undefined){
let data46 = data0.cgroupsPath;
if(typeof data46 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/cgroupsPath",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema39.items.properties.cgroupsPath,data:data46});errors++;
}
}
if(data0.resources !== undefined){
if(!(validate17(data0.resources, {instancePath:instancePath+"/" + i0+"/resources",parentData:data0,parentDataProperty:"resources",rootData}))){
vErrors = vErrors === null ? validate17.errors : vErrors.concat(validate17.errors);
errors = vErrors.length;
}
}
if(data0.sysctl !== undefined){
let data48 = data0.sysctl;
if(data48 && typeof data48 == "object" && !Array.isArray(data48)){
for(const key2 in data48){
let data49 = data48[key2];
if(typeof data49 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/sysctl/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema62.additionalProperties,data:data49});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/sysctl",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema62,data:data48});errors++;
}
}
if(data0.rlimits !== undefined){
let data50 = data0.rlimits;
if(Array.isArray(data50)){
const len13 = data50.length;
for(let i13=0; i13<len13; i13++){
let data51 = data50[i13];
if(typeof data51 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/rlimits/" + i13,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema38.items,data:data51});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/rlimits",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema38,data:data50});errors++;
}
}
if(data0.uidMappings !== undefined){
let data52 = data0.uidMappings;
if(Array.isArray(data52)){
const len14 = data52.length;
for(let i14=0; i14<len14; i14++){
let data53 = data52[i14];
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key3 in data53){
if(!(((key3 === "hostID") || (key3 === "containerID")) || (key3 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14,keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",parentSchema:schema45.items,data:data53});errors++;
}
}
if(data53.hostID !== undefined){
let data54 = data53.hostID;
if(!(((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54))) && (isFinite(data54)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/hostID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.hostID,data:data54});errors++;
}
}
if(data53.containerID !== undefined){
let data55 = data53.containerID;
if(!(((typeof data55 == "number") && (!(data55 % 1) && !isNaN(data55))) && (isFinite(data55)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/containerID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.containerID,data:data55});errors++;
}
}
if(data53.size !== undefined){
let data56 = data53.size;
if(!(((typeof data56 == "number") && (!(data56 % 1) && !isNaN(data56))) && (isFinite(data56)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.size,data:data56});errors++;
}
if((typeof data56 == "number") && (isFinite(data56))){
if(data56 > 4294967295 || isNaN(data56)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",parentSchema:schema45.items.properties.size,data:data56});errors++;
}
if(data56 < 0 || isNaN(data56)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema45.items.properties.size,data:data56});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings/" + i14,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema45.items,data:data53});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uidMappings",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema45,data:data52});errors++;
}
}
if(data0.gidMappings !== undefined){
let data57 = data0.gidMappings;
if(Array.isArray(data57)){
const len15 = data57.length;
for(let i15=0; i15<len15; i15++){
let data58 = data57[i15];
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
for(const key4 in data58){
if(!(((key4 === "hostID") || (key4 === "containerID")) || (key4 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15,keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",parentSchema:schema45.items,data:data58});errors++;
}
}
if(data58.hostID !== undefined){
let data59 = data58.hostID;
if(!(((typeof data59 == "number") && (!(data59 % 1) && !isNaN(data59))) && (isFinite(data59)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/hostID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.hostID,data:data59});errors++;
}
}
if(data58.containerID !== undefined){
let data60 = data58.containerID;
if(!(((typeof data60 == "number") && (!(data60 % 1) && !isNaN(data60))) && (isFinite(data60)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/containerID",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.containerID,data:data60});errors++;
}
}
if(data58.size !== undefined){
let data61 = data58.size;
if(!(((typeof data61 == "number") && (!(data61 % 1) && !isNaN(data61))) && (isFinite(data61)))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema45.items.properties.size,data:data61});errors++;
}
if((typeof data61 == "number") && (isFinite(data61))){
if(data61 > 4294967295 || isNaN(data61)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",parentSchema:schema45.items.properties.size,data:data61});errors++;
}
if(data61 < 0 || isNaN(data61)){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema45.items.properties.size,data:data61});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings/" + i15,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema45.items,data:data58});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gidMappings",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema45,data:data57});errors++;
}
}
if(data0.annotations !== undefined){
let data62 = data0.annotations;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key5 in data62){
let data63 = data62[key5];
if(typeof data63 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/annotations/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema62.additionalProperties,data:data63});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/annotations",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema62,data:data62});errors++;
}
}
if(data0.runtime !== undefined){
if(!(validate19(data0.runtime, {instancePath:instancePath+"/" + i0+"/runtime",parentData:data0,parentDataProperty:"runtime",rootData}))){
vErrors = vErrors === null ? validate19.errors : vErrors.concat(validate19.errors);
errors = vErrors.length;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema39.items,data:data0});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema39,data});errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema94 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string"},"directory":{"type":"boolean"},"symlink":{"type":"string"},"contents":{"type":"string"},"source":{"type":"string","description":"File on the host."},"metadata":{"type":"string","description":"yaml or json: this file itself."},"optional":{"type":"boolean","description":"Skip the file if the source cannot be read."},"mode":{"type":"string","description":"Octal. Default 0600, directories 0700."},"uid":{"$ref":"#/definitions/id"},"gid":{"$ref":"#/definitions/id"}}}};

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
for(const key0 in data0){
if(!(func2.call(schema94.items.properties, key0))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema94.items,data:data0});errors++;
}
}
if(data0.path !== undefined){
let data1 = data0.path;
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.path,data:data1});errors++;
}
}
if(data0.directory !== undefined){
let data2 = data0.directory;
if(typeof data2 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/directory",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema94.items.properties.directory,data:data2});errors++;
}
}
if(data0.symlink !== undefined){
let data3 = data0.symlink;
if(typeof data3 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/symlink",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.symlink,data:data3});errors++;
}
}
if(data0.contents !== undefined){
let data4 = data0.contents;
if(typeof data4 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/contents",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.contents,data:data4});errors++;
}
}
if(data0.source !== undefined){
let data5 = data0.source;
if(typeof data5 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/source",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.source,data:data5});errors++;
}
}
if(data0.metadata !== undefined){
let data6 = data0.metadata;
if(typeof data6 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/metadata",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.metadata,data:data6});errors++;
}
}
if(data0.optional !== undefined){
let data7 = data0.optional;
if(typeof data7 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/optional",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema94.items.properties.optional,data:data7});errors++;
}
}
if(data0.mode !== undefined){
let data8 = data0.mode;
if(typeof data8 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/mode",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema94.items.properties.mode,data:data8});errors++;
}
}
if(data0.uid !== undefined){
let data9 = data0.uid;
if((typeof data9 !== "string") && (!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9))))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/uid",keyword:"type",params:{type: schema55.type},message:"must be string,integer",parentSchema:schema55,data:data9});errors++;
}
}
if(data0.gid !== undefined){
let data10 = data0.gid;
if((typeof data10 !== "string") && (!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10))))){
(vErrors ??= []).push({instancePath:instancePath+"/" + i0+"/gid",keyword:"type",params:{type: schema55.type},message:"must be string,integer",parentSchema:schema55,data:data10});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/" + i0,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema94.items,data:data0});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema94,data});errors++;
}
validate30.errors = vErrors;
return errors === 0;
}

const schema98 = {"type":"object","title":"rule","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name of the rule in messages.","x-expected":"must be letters, digits, dots, dashes and underscores"},"path":{"type":"string","description":"Key that the rule checks, e.g. vm.memory; * matches any key or list index, e.g. ports[*].address."},"effect":{"anyOf":[{"$ref":"#/definitions/effect"},{"type":"array","items":{"$ref":"#/definitions/effect"}}],"description":"Effects that a plan may not contain; with path, only those caused by that key."},"require":{"const":true,"description":"Whether a non-empty value is required."},"allow":{"description":"Allowed value or list of values; every value at the path must be one of them. * in text is a wildcard."},"deny":{"description":"Forbidden value or list of values. * in text is a wildcard."},"min":{"type":["number","string"],"description":"Minimum number, size or duration."},"max":{"type":["number","string"],"description":"Maximum number, size or duration."},"matches":{"type":"string","description":"Regular expression that the value must match."},"message":{"type":"string","description":"Reason, shown when the rule is broken."},"severity":{"enum":["error","warn"],"description":"error (the default) fails with exit code 5; warn only prints a warning."}}};
const schema99 = {"enum":["live","reload","restart-engine","restart-vm","recreate"],"title":"effect"};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
(vErrors ??= []).push({instancePath,keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",parentSchema:schema98,data});errors++;
}
for(const key0 in data){
if(!(func2.call(schema98.properties, key0))){
(vErrors ??= []).push({instancePath,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema98,data});errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern1.test(data0)){
(vErrors ??= []).push({instancePath:instancePath+"/name",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]*$"+"\"",parentSchema:schema98.properties.name,data:data0});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema98.properties.name,data:data0});errors++;
}
}
if(data.path !== undefined){
let data1 = data.path;
if(typeof data1 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/path",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema98.properties.path,data:data1});errors++;
}
}
if(data.effect !== undefined){
let data2 = data.effect;
const _errs7 = errors;
let valid1 = false;
const _errs8 = errors;
if(!(((((data2 === "live") || (data2 === "reload")) || (data2 === "restart-engine")) || (data2 === "restart-vm")) || (data2 === "recreate"))){
(vErrors ??= []).push({instancePath:instancePath+"/effect",keyword:"enum",params:{allowedValues: schema99.enum},message:"must be equal to one of the allowed values",parentSchema:schema99,data:data2});errors++;
}
var _valid0 = _errs8 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs10 = errors;
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(!(((((data3 === "live") || (data3 === "reload")) || (data3 === "restart-engine")) || (data3 === "restart-vm")) || (data3 === "recreate"))){
(vErrors ??= []).push({instancePath:instancePath+"/effect/" + i0,keyword:"enum",params:{allowedValues: schema99.enum},message:"must be equal to one of the allowed values",parentSchema:schema99,data:data3});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/effect",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema98.properties.effect.anyOf[1],data:data2});errors++;
}
var _valid0 = _errs10 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
(vErrors ??= []).push({instancePath:instancePath+"/effect",keyword:"anyOf",params:{},message:"must match a schema in anyOf",parentSchema:schema98.properties.effect,data:data2});errors++;
}
else {
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
}
}
if(data.require !== undefined){
let data4 = data.require;
if(true !== data4){
(vErrors ??= []).push({instancePath:instancePath+"/require",keyword:"const",params:{allowedValue: true},message:"must be equal to constant",parentSchema:schema98.properties.require,data:data4});errors++;
}
}
if(data.min !== undefined){
let data5 = data.min;
if((!((typeof data5 == "number") && (isFinite(data5)))) && (typeof data5 !== "string")){
(vErrors ??= []).push({instancePath:instancePath+"/min",keyword:"type",params:{type: schema98.properties.min.type},message:"must be number,string",parentSchema:schema98.properties.min,data:data5});errors++;
}
}
if(data.max !== undefined){
let data6 = data.max;
if((!((typeof data6 == "number") && (isFinite(data6)))) && (typeof data6 !== "string")){
(vErrors ??= []).push({instancePath:instancePath+"/max",keyword:"type",params:{type: schema98.properties.max.type},message:"must be number,string",parentSchema:schema98.properties.max,data:data6});errors++;
}
}
if(data.matches !== undefined){
let data7 = data.matches;
if(typeof data7 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/matches",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema98.properties.matches,data:data7});errors++;
}
}
if(data.message !== undefined){
let data8 = data.message;
if(typeof data8 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/message",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema98.properties.message,data:data8});errors++;
}
}
if(data.severity !== undefined){
let data9 = data.severity;
if(!((data9 === "error") || (data9 === "warn"))){
(vErrors ??= []).push({instancePath:instancePath+"/severity",keyword:"enum",params:{allowedValues: schema98.properties.severity.enum},message:"must be equal to one of the allowed values",parentSchema:schema98.properties.severity,data:data9});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema98,data});errors++;
}
validate32.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="desktop.schema.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
(vErrors ??= []).push({instancePath,keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'",parentSchema:schema11,data});errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
(vErrors ??= []).push({instancePath,keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",parentSchema:schema11,data});errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("desktop/v1" !== data0){
(vErrors ??= []).push({instancePath:instancePath+"/apiVersion",keyword:"const",params:{allowedValue: "desktop/v1"},message:"must be equal to constant",parentSchema:schema11.properties.apiVersion,data:data0});errors++;
}
}
if(data.name !== undefined){
let data1 = data.name;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
(vErrors ??= []).push({instancePath:instancePath+"/name",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,40}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,40}$"+"\"",parentSchema:schema11.properties.name,data:data1});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.name,data:data1});errors++;
}
}
if(data.requiredVersion !== undefined){
let data2 = data.requiredVersion;
if(typeof data2 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/requiredVersion",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.requiredVersion,data:data2});errors++;
}
}
if(data.extends !== undefined){
let data3 = data.extends;
if((typeof data3 !== "string") && (!(Array.isArray(data3)))){
(vErrors ??= []).push({instancePath:instancePath+"/extends",keyword:"type",params:{type: schema11.properties.extends.type},message:"must be string,array",parentSchema:schema11.properties.extends,data:data3});errors++;
}
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(typeof data4 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/extends/" + i0,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.extends.items,data:data4});errors++;
}
}
}
}
if(data.vm !== undefined){
let data5 = data.vm;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key1 in data5){
if(!((((((((key1 === "cpus") || (key1 === "memory")) || (key1 === "swap")) || (key1 === "disk")) || (key1 === "accelerator")) || (key1 === "aslr")) || (key1 === "qemu")) || (key1 === "suspendOnStop"))){
(vErrors ??= []).push({instancePath:instancePath+"/vm",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",parentSchema:schema11.properties.vm,data:data5});errors++;
}
}
if(data5.cpus !== undefined){
let data6 = data5.cpus;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
(vErrors ??= []).push({instancePath:instancePath+"/vm/cpus",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.vm.properties.cpus,data:data6});errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 64 || isNaN(data6)){
(vErrors ??= []).push({instancePath:instancePath+"/vm/cpus",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64",parentSchema:schema11.properties.vm.properties.cpus,data:data6});errors++;
}
if(data6 < 1 || isNaN(data6)){
(vErrors ??= []).push({instancePath:instancePath+"/vm/cpus",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.vm.properties.cpus,data:data6});errors++;
}
}
}
if(data5.memory !== undefined){
let data7 = data5.memory;
if(typeof data7 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vm/memory",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data7});errors++;
}
}
if(data5.swap !== undefined){
let data8 = data5.swap;
if(typeof data8 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vm/swap",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data8});errors++;
}
}
if(data5.disk !== undefined){
let data9 = data5.disk;
if(typeof data9 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vm/disk",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data9});errors++;
}
}
if(data5.accelerator !== undefined){
let data10 = data5.accelerator;
if(!((((data10 === "auto") || (data10 === "kvm")) || (data10 === "hvf")) || (data10 === "tcg"))){
(vErrors ??= []).push({instancePath:instancePath+"/vm/accelerator",keyword:"enum",params:{allowedValues: schema11.properties.vm.properties.accelerator.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vm.properties.accelerator,data:data10});errors++;
}
}
if(data5.aslr !== undefined){
let data11 = data5.aslr;
if(!((data11 === "auto") || (data11 === "always"))){
(vErrors ??= []).push({instancePath:instancePath+"/vm/aslr",keyword:"enum",params:{allowedValues: schema11.properties.vm.properties.aslr.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vm.properties.aslr,data:data11});errors++;
}
}
if(data5.qemu !== undefined){
let data12 = data5.qemu;
if(!((data12 === "host") || (data12 === "debian"))){
(vErrors ??= []).push({instancePath:instancePath+"/vm/qemu",keyword:"enum",params:{allowedValues: schema11.properties.vm.properties.qemu.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vm.properties.qemu,data:data12});errors++;
}
}
if(data5.suspendOnStop !== undefined){
let data13 = data5.suspendOnStop;
if(typeof data13 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/vm/suspendOnStop",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.vm.properties.suspendOnStop,data:data13});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vm",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.vm,data:data5});errors++;
}
}
if(data.vms !== undefined){
let data14 = data.vms;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(Object.keys(data14).length < 1){
(vErrors ??= []).push({instancePath:instancePath+"/vms",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",parentSchema:schema11.properties.vms,data:data14});errors++;
}
for(const key2 in data14){
let data15 = data14[key2];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key3 in data15){
if(!(func2.call(schema11.properties.vms.additionalProperties.properties, key3))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",parentSchema:schema11.properties.vms.additionalProperties,data:data15});errors++;
}
}
if(data15.count !== undefined){
let data16 = data15.count;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/count",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.vms.additionalProperties.properties.count,data:data16});errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 100 || isNaN(data16)){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/count",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100",parentSchema:schema11.properties.vms.additionalProperties.properties.count,data:data16});errors++;
}
if(data16 < 1 || isNaN(data16)){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/count",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.vms.additionalProperties.properties.count,data:data16});errors++;
}
}
}
if(data15.cpus !== undefined){
let data17 = data15.cpus;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/cpus",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.vms.additionalProperties.properties.cpus,data:data17});errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 64 || isNaN(data17)){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/cpus",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64",parentSchema:schema11.properties.vms.additionalProperties.properties.cpus,data:data17});errors++;
}
if(data17 < 1 || isNaN(data17)){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/cpus",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.vms.additionalProperties.properties.cpus,data:data17});errors++;
}
}
}
if(data15.memory !== undefined){
let data18 = data15.memory;
if(typeof data18 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/memory",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data18});errors++;
}
}
if(data15.swap !== undefined){
let data19 = data15.swap;
if(typeof data19 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/swap",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data19});errors++;
}
}
if(data15.disk !== undefined){
let data20 = data15.disk;
if(typeof data20 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/disk",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema12,data:data20});errors++;
}
}
if(data15.accelerator !== undefined){
let data21 = data15.accelerator;
if(!((((data21 === "auto") || (data21 === "kvm")) || (data21 === "hvf")) || (data21 === "tcg"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/accelerator",keyword:"enum",params:{allowedValues: schema11.properties.vms.additionalProperties.properties.accelerator.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vms.additionalProperties.properties.accelerator,data:data21});errors++;
}
}
if(data15.qemu !== undefined){
let data22 = data15.qemu;
if(!((data22 === "host") || (data22 === "debian"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/qemu",keyword:"enum",params:{allowedValues: schema11.properties.vms.additionalProperties.properties.qemu.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vms.additionalProperties.properties.qemu,data:data22});errors++;
}
}
if(data15.suspendOnStop !== undefined){
let data23 = data15.suspendOnStop;
if(typeof data23 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/suspendOnStop",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.vms.additionalProperties.properties.suspendOnStop,data:data23});errors++;
}
}
if(data15.address !== undefined){
let data24 = data15.address;
if(typeof data24 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/address",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.vms.additionalProperties.properties.address,data:data24});errors++;
}
}
if(data15.egress !== undefined){
let data25 = data15.egress;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key4 in data25){
if(!(((key4 === "preset") || (key4 === "default")) || (key4 === "rules"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",parentSchema:schema18,data:data25});errors++;
}
}
if(data25.preset !== undefined){
let data26 = data25.preset;
if(!((data26 === "open") || (data26 === "lockdown"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/preset",keyword:"enum",params:{allowedValues: schema18.properties.preset.enum},message:"must be equal to one of the allowed values",parentSchema:schema18.properties.preset,data:data26});errors++;
}
}
if(data25.default !== undefined){
let data27 = data25.default;
if(!((data27 === "allow") || (data27 === "deny"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/default",keyword:"enum",params:{allowedValues: schema18.properties.default.enum},message:"must be equal to one of the allowed values",parentSchema:schema18.properties.default,data:data27});errors++;
}
}
if(data25.rules !== undefined){
let data28 = data25.rules;
if(Array.isArray(data28)){
const len1 = data28.length;
for(let i1=0; i1<len1; i1++){
let data29 = data28[i1];
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
for(const key5 in data29){
if(!((key5 === "allow") || (key5 === "deny"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/rules/" + i1,keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",parentSchema:schema18.properties.rules.items,data:data29});errors++;
}
}
if(data29.allow !== undefined){
let data30 = data29.allow;
if(typeof data30 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/rules/" + i1+"/allow",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema18.properties.rules.items.properties.allow,data:data30});errors++;
}
}
if(data29.deny !== undefined){
let data31 = data29.deny;
if(typeof data31 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/rules/" + i1+"/deny",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema18.properties.rules.items.properties.deny,data:data31});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/rules/" + i1,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema18.properties.rules.items,data:data29});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress/rules",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema18.properties.rules,data:data28});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/egress",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema18,data:data25});errors++;
}
}
if(data15.isolated !== undefined){
let data32 = data15.isolated;
if(typeof data32 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/isolated",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.vms.additionalProperties.properties.isolated,data:data32});errors++;
}
}
if(data15.swarm !== undefined){
let data33 = data15.swarm;
if(!((data33 === "manager") || (data33 === "worker"))){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/swarm",keyword:"enum",params:{allowedValues: schema11.properties.vms.additionalProperties.properties.swarm.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.vms.additionalProperties.properties.swarm,data:data33});errors++;
}
}
if(data15.labels !== undefined){
let data34 = data15.labels;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key6 in data34){
let data35 = data34[key6];
if(typeof data35 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/labels/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.vms.additionalProperties.properties.labels.additionalProperties,data:data35});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/labels",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.vms.additionalProperties.properties.labels,data:data34});errors++;
}
}
if(data15.host !== undefined){
let data36 = data15.host;
const _errs79 = errors;
let valid18 = false;
const _errs80 = errors;
if(typeof data36 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/host",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.vms.additionalProperties.properties.host.anyOf[0],data:data36});errors++;
}
var _valid0 = _errs80 === errors;
valid18 = valid18 || _valid0;
if(!valid18){
const _errs82 = errors;
if(Array.isArray(data36)){
if(data36.length < 1){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/host",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",parentSchema:schema11.properties.vms.additionalProperties.properties.host.anyOf[1],data:data36});errors++;
}
const len2 = data36.length;
for(let i2=0; i2<len2; i2++){
let data37 = data36[i2];
if(typeof data37 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/host/" + i2,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.vms.additionalProperties.properties.host.anyOf[1].items,data:data37});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/host",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.vms.additionalProperties.properties.host.anyOf[1],data:data36});errors++;
}
var _valid0 = _errs82 === errors;
valid18 = valid18 || _valid0;
}
if(!valid18){
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1")+"/host",keyword:"anyOf",params:{},message:"must match a schema in anyOf",parentSchema:schema11.properties.vms.additionalProperties.properties.host,data:data36});errors++;
}
else {
errors = _errs79;
if(vErrors !== null){
if(_errs79){
vErrors.length = _errs79;
}
else {
vErrors = null;
}
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.vms.additionalProperties,data:data15});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/vms",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.vms,data:data14});errors++;
}
}
if(data.hosts !== undefined){
let data38 = data.hosts;
if(data38 && typeof data38 == "object" && !Array.isArray(data38)){
for(const key7 in data38){
let data39 = data38[key7];
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
if(data39.ssh === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/hosts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"required",params:{missingProperty: "ssh"},message:"must have required property '"+"ssh"+"'",parentSchema:schema11.properties.hosts.additionalProperties,data:data39});errors++;
}
for(const key8 in data39){
if(!(key8 === "ssh")){
(vErrors ??= []).push({instancePath:instancePath+"/hosts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",parentSchema:schema11.properties.hosts.additionalProperties,data:data39});errors++;
}
}
if(data39.ssh !== undefined){
let data40 = data39.ssh;
if(typeof data40 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/hosts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/ssh",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.hosts.additionalProperties.properties.ssh,data:data40});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/hosts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.hosts.additionalProperties,data:data39});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/hosts",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.hosts,data:data38});errors++;
}
}
if(data.swarm !== undefined){
let data41 = data.swarm;
if(data41 && typeof data41 == "object" && !Array.isArray(data41)){
for(const key9 in data41){
if(!(key9 === "stack")){
(vErrors ??= []).push({instancePath:instancePath+"/swarm",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",parentSchema:schema11.properties.swarm,data:data41});errors++;
}
}
if(data41.stack !== undefined){
let data42 = data41.stack;
if((typeof data42 !== "string") && (!(data42 && typeof data42 == "object" && !Array.isArray(data42)))){
(vErrors ??= []).push({instancePath:instancePath+"/swarm/stack",keyword:"type",params:{type: schema11.properties.swarm.properties.stack.type},message:"must be string,object",parentSchema:schema11.properties.swarm.properties.stack,data:data42});errors++;
}
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
for(const key10 in data42){
let data43 = data42[key10];
if(typeof data43 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/swarm/stack/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.swarm.properties.stack.additionalProperties,data:data43});errors++;
}
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/swarm",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.swarm,data:data41});errors++;
}
}
if(data.network !== undefined){
let data44 = data.network;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
for(const key11 in data44){
if(!(func2.call(schema11.properties.network.properties, key11))){
(vErrors ??= []).push({instancePath:instancePath+"/network",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",parentSchema:schema11.properties.network,data:data44});errors++;
}
}
if(data44.subnet !== undefined){
let data45 = data44.subnet;
if(typeof data45 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/subnet",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.subnet,data:data45});errors++;
}
}
if(data44.gateway !== undefined){
let data46 = data44.gateway;
if(typeof data46 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/gateway",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.gateway,data:data46});errors++;
}
}
if(data44.address !== undefined){
let data47 = data44.address;
if(typeof data47 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/address",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.address,data:data47});errors++;
}
}
if(data44.host !== undefined){
let data48 = data44.host;
if(typeof data48 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/host",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.host,data:data48});errors++;
}
}
if(data44.mtu !== undefined){
let data49 = data44.mtu;
const _errs114 = errors;
let valid26 = false;
const _errs115 = errors;
if("auto" !== data49){
(vErrors ??= []).push({instancePath:instancePath+"/network/mtu",keyword:"const",params:{allowedValue: "auto"},message:"must be equal to constant",parentSchema:schema11.properties.network.properties.mtu.anyOf[0],data:data49});errors++;
}
var _valid1 = _errs115 === errors;
valid26 = valid26 || _valid1;
if(!valid26){
const _errs116 = errors;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
(vErrors ??= []).push({instancePath:instancePath+"/network/mtu",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data49});errors++;
}
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 65520 || isNaN(data49)){
(vErrors ??= []).push({instancePath:instancePath+"/network/mtu",keyword:"maximum",params:{comparison: "<=", limit: 65520},message:"must be <= 65520",parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data49});errors++;
}
if(data49 < 576 || isNaN(data49)){
(vErrors ??= []).push({instancePath:instancePath+"/network/mtu",keyword:"minimum",params:{comparison: ">=", limit: 576},message:"must be >= 576",parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data49});errors++;
}
}
var _valid1 = _errs116 === errors;
valid26 = valid26 || _valid1;
}
if(!valid26){
(vErrors ??= []).push({instancePath:instancePath+"/network/mtu",keyword:"anyOf",params:{},message:"must match a schema in anyOf",parentSchema:schema11.properties.network.properties.mtu,data:data49});errors++;
}
else {
errors = _errs114;
if(vErrors !== null){
if(_errs114){
vErrors.length = _errs114;
}
else {
vErrors = null;
}
}
}
}
if(data44.ipv6 !== undefined){
let data50 = data44.ipv6;
if(typeof data50 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/network/ipv6",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.network.properties.ipv6,data:data50});errors++;
}
}
if(data44.subnet6 !== undefined){
let data51 = data44.subnet6;
if(typeof data51 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/subnet6",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.subnet6,data:data51});errors++;
}
}
if(data44.dns !== undefined){
let data52 = data44.dns;
if(data52 && typeof data52 == "object" && !Array.isArray(data52)){
for(const key12 in data52){
if(!(((((key12 === "upstreams") || (key12 === "hosts")) || (key12 === "split")) || (key12 === "search")) || (key12 === "cache"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",parentSchema:schema11.properties.network.properties.dns,data:data52});errors++;
}
}
if(data52.upstreams !== undefined){
let data53 = data52.upstreams;
if(Array.isArray(data53)){
const len3 = data53.length;
for(let i3=0; i3<len3; i3++){
let data54 = data53[i3];
if(typeof data54 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/upstreams/" + i3,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.dns.properties.upstreams.items,data:data54});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/upstreams",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.network.properties.dns.properties.upstreams,data:data53});errors++;
}
}
if(data52.hosts !== undefined){
let data55 = data52.hosts;
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
for(const key13 in data55){
let data56 = data55[key13];
if(typeof data56 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/hosts/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.dns.properties.hosts.additionalProperties,data:data56});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/hosts",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.dns.properties.hosts,data:data55});errors++;
}
}
if(data52.split !== undefined){
let data57 = data52.split;
if(Array.isArray(data57)){
const len4 = data57.length;
for(let i4=0; i4<len4; i4++){
let data58 = data57[i4];
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
if(data58.domain === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4,keyword:"required",params:{missingProperty: "domain"},message:"must have required property '"+"domain"+"'",parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data58});errors++;
}
if(data58.servers === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4,keyword:"required",params:{missingProperty: "servers"},message:"must have required property '"+"servers"+"'",parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data58});errors++;
}
for(const key14 in data58){
if(!((key14 === "domain") || (key14 === "servers"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4,keyword:"additionalProperties",params:{additionalProperty: key14},message:"must NOT have additional properties",parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data58});errors++;
}
}
if(data58.domain !== undefined){
let data59 = data58.domain;
if(typeof data59 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4+"/domain",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.domain,data:data59});errors++;
}
}
if(data58.servers !== undefined){
let data60 = data58.servers;
if(Array.isArray(data60)){
if(data60.length < 1){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4+"/servers",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers,data:data60});errors++;
}
const len5 = data60.length;
for(let i5=0; i5<len5; i5++){
let data61 = data60[i5];
if(typeof data61 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4+"/servers/" + i5,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers.items,data:data61});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4+"/servers",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers,data:data60});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split/" + i4,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data58});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/split",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.network.properties.dns.properties.split,data:data57});errors++;
}
}
if(data52.search !== undefined){
let data62 = data52.search;
if(Array.isArray(data62)){
const len6 = data62.length;
for(let i6=0; i6<len6; i6++){
let data63 = data62[i6];
if(typeof data63 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/search/" + i6,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.dns.properties.search.items,data:data63});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/search",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.network.properties.dns.properties.search,data:data62});errors++;
}
}
if(data52.cache !== undefined){
let data64 = data52.cache;
if(data64 && typeof data64 == "object" && !Array.isArray(data64)){
for(const key15 in data64){
if(!(((key15 === "max") || (key15 === "minTTL")) || (key15 === "maxTTL"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties",parentSchema:schema11.properties.network.properties.dns.properties.cache,data:data64});errors++;
}
}
if(data64.max !== undefined){
let data65 = data64.max;
if(!(((typeof data65 == "number") && (!(data65 % 1) && !isNaN(data65))) && (isFinite(data65)))){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache/max",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data65});errors++;
}
if((typeof data65 == "number") && (isFinite(data65))){
if(data65 > 1000000 || isNaN(data65)){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache/max",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data65});errors++;
}
if(data65 < 0 || isNaN(data65)){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache/max",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data65});errors++;
}
}
}
if(data64.minTTL !== undefined){
let data66 = data64.minTTL;
if(typeof data66 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache/minTTL",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema19,data:data66});errors++;
}
}
if(data64.maxTTL !== undefined){
let data67 = data64.maxTTL;
if(typeof data67 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache/maxTTL",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema19,data:data67});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns/cache",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.dns.properties.cache,data:data64});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/dns",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.dns,data:data52});errors++;
}
}
if(data44.egress !== undefined){
let data68 = data44.egress;
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
for(const key16 in data68){
if(!(((key16 === "preset") || (key16 === "default")) || (key16 === "rules"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress",keyword:"additionalProperties",params:{additionalProperty: key16},message:"must NOT have additional properties",parentSchema:schema11.properties.network.properties.egress,data:data68});errors++;
}
}
if(data68.preset !== undefined){
let data69 = data68.preset;
if(!((data69 === "open") || (data69 === "lockdown"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/preset",keyword:"enum",params:{allowedValues: schema11.properties.network.properties.egress.properties.preset.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.network.properties.egress.properties.preset,data:data69});errors++;
}
}
if(data68.default !== undefined){
let data70 = data68.default;
if(!((data70 === "allow") || (data70 === "deny"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/default",keyword:"enum",params:{allowedValues: schema11.properties.network.properties.egress.properties.default.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.network.properties.egress.properties.default,data:data70});errors++;
}
}
if(data68.rules !== undefined){
let data71 = data68.rules;
if(Array.isArray(data71)){
const len7 = data71.length;
for(let i7=0; i7<len7; i7++){
let data72 = data71[i7];
if(data72 && typeof data72 == "object" && !Array.isArray(data72)){
for(const key17 in data72){
if(!((key17 === "allow") || (key17 === "deny"))){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/rules/" + i7,keyword:"additionalProperties",params:{additionalProperty: key17},message:"must NOT have additional properties",parentSchema:schema11.properties.network.properties.egress.properties.rules.items,data:data72});errors++;
}
}
if(data72.allow !== undefined){
let data73 = data72.allow;
if(typeof data73 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/rules/" + i7+"/allow",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.egress.properties.rules.items.properties.allow,data:data73});errors++;
}
}
if(data72.deny !== undefined){
let data74 = data72.deny;
if(typeof data74 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/rules/" + i7+"/deny",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.network.properties.egress.properties.rules.items.properties.deny,data:data74});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/rules/" + i7,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.egress.properties.rules.items,data:data72});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/egress/rules",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.network.properties.egress.properties.rules,data:data71});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network/egress",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network.properties.egress,data:data68});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/network",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.network,data:data44});errors++;
}
}
if(data.ports !== undefined){
let data75 = data.ports;
if(Array.isArray(data75)){
const len8 = data75.length;
for(let i8=0; i8<len8; i8++){
let data76 = data75[i8];
if((typeof data76 !== "string") && (!(data76 && typeof data76 == "object" && !Array.isArray(data76)))){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8,keyword:"type",params:{type: schema11.properties.ports.items.type},message:"must be string,object",parentSchema:schema11.properties.ports.items,data:data76});errors++;
}
if(data76 && typeof data76 == "object" && !Array.isArray(data76)){
if(data76.host === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8,keyword:"required",params:{missingProperty: "host"},message:"must have required property '"+"host"+"'",parentSchema:schema11.properties.ports.items,data:data76});errors++;
}
if(data76.guest === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8,keyword:"required",params:{missingProperty: "guest"},message:"must have required property '"+"guest"+"'",parentSchema:schema11.properties.ports.items,data:data76});errors++;
}
for(const key18 in data76){
if(!(((((key18 === "name") || (key18 === "host")) || (key18 === "guest")) || (key18 === "protocol")) || (key18 === "mode"))){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8,keyword:"additionalProperties",params:{additionalProperty: key18},message:"must NOT have additional properties",parentSchema:schema11.properties.ports.items,data:data76});errors++;
}
}
if(data76.name !== undefined){
let data77 = data76.name;
if(typeof data77 === "string"){
if(!pattern1.test(data77)){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/name",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]*$"+"\"",parentSchema:schema11.properties.ports.items.properties.name,data:data77});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/name",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.ports.items.properties.name,data:data77});errors++;
}
}
if(data76.host !== undefined){
let data78 = data76.host;
if((typeof data78 !== "string") && (!(((typeof data78 == "number") && (!(data78 % 1) && !isNaN(data78))) && (isFinite(data78))))){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/host",keyword:"type",params:{type: schema11.properties.ports.items.properties.host.type},message:"must be string,integer",parentSchema:schema11.properties.ports.items.properties.host,data:data78});errors++;
}
}
if(data76.guest !== undefined){
let data79 = data76.guest;
if((typeof data79 !== "string") && (!(((typeof data79 == "number") && (!(data79 % 1) && !isNaN(data79))) && (isFinite(data79))))){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/guest",keyword:"type",params:{type: schema11.properties.ports.items.properties.guest.type},message:"must be string,integer",parentSchema:schema11.properties.ports.items.properties.guest,data:data79});errors++;
}
}
if(data76.protocol !== undefined){
let data80 = data76.protocol;
if(!((data80 === "tcp") || (data80 === "udp"))){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/protocol",keyword:"enum",params:{allowedValues: schema11.properties.ports.items.properties.protocol.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.ports.items.properties.protocol,data:data80});errors++;
}
}
if(data76.mode !== undefined){
let data81 = data76.mode;
if(typeof data81 === "string"){
if(!pattern2.test(data81)){
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/mode",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"},message:"must match pattern \""+"^0?[0-7]{3}$"+"\"",parentSchema:schema11.properties.ports.items.properties.mode,data:data81});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/ports/" + i8+"/mode",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.ports.items.properties.mode,data:data81});errors++;
}
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/ports",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.ports,data:data75});errors++;
}
}
if(data.publish !== undefined){
let data82 = data.publish;
if(data82 && typeof data82 == "object" && !Array.isArray(data82)){
for(const key19 in data82){
if(!((key19 === "containers") || (key19 === "bind"))){
(vErrors ??= []).push({instancePath:instancePath+"/publish",keyword:"additionalProperties",params:{additionalProperty: key19},message:"must NOT have additional properties",parentSchema:schema11.properties.publish,data:data82});errors++;
}
}
if(data82.containers !== undefined){
let data83 = data82.containers;
if(typeof data83 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/publish/containers",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.publish.properties.containers,data:data83});errors++;
}
}
if(data82.bind !== undefined){
let data84 = data82.bind;
if(typeof data84 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/publish/bind",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.publish.properties.bind,data:data84});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/publish",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.publish,data:data82});errors++;
}
}
if(data.names !== undefined){
let data85 = data.names;
if(data85 && typeof data85 == "object" && !Array.isArray(data85)){
for(const key20 in data85){
if(!((key20 === "http") || (key20 === "https"))){
(vErrors ??= []).push({instancePath:instancePath+"/names",keyword:"additionalProperties",params:{additionalProperty: key20},message:"must NOT have additional properties",parentSchema:schema11.properties.names,data:data85});errors++;
}
}
if(data85.http !== undefined){
let data86 = data85.http;
if(!(((typeof data86 == "number") && (!(data86 % 1) && !isNaN(data86))) && (isFinite(data86)))){
(vErrors ??= []).push({instancePath:instancePath+"/names/http",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.names.properties.http,data:data86});errors++;
}
if((typeof data86 == "number") && (isFinite(data86))){
if(data86 > 65535 || isNaN(data86)){
(vErrors ??= []).push({instancePath:instancePath+"/names/http",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",parentSchema:schema11.properties.names.properties.http,data:data86});errors++;
}
if(data86 < 1 || isNaN(data86)){
(vErrors ??= []).push({instancePath:instancePath+"/names/http",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.names.properties.http,data:data86});errors++;
}
}
}
if(data85.https !== undefined){
let data87 = data85.https;
if(!(((typeof data87 == "number") && (!(data87 % 1) && !isNaN(data87))) && (isFinite(data87)))){
(vErrors ??= []).push({instancePath:instancePath+"/names/https",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.names.properties.https,data:data87});errors++;
}
if((typeof data87 == "number") && (isFinite(data87))){
if(data87 > 65535 || isNaN(data87)){
(vErrors ??= []).push({instancePath:instancePath+"/names/https",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",parentSchema:schema11.properties.names.properties.https,data:data87});errors++;
}
if(data87 < 1 || isNaN(data87)){
(vErrors ??= []).push({instancePath:instancePath+"/names/https",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.names.properties.https,data:data87});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/names",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.names,data:data85});errors++;
}
}
if(data.engine !== undefined){
let data88 = data.engine;
if(data88 && typeof data88 == "object" && !Array.isArray(data88)){
for(const key21 in data88){
if(!((((((((key21 === "config") || (key21 === "registryMirrors")) || (key21 === "insecureRegistries")) || (key21 === "trustedCertificates")) || (key21 === "addressPools")) || (key21 === "proxies")) || (key21 === "socket")) || (key21 === "context"))){
(vErrors ??= []).push({instancePath:instancePath+"/engine",keyword:"additionalProperties",params:{additionalProperty: key21},message:"must NOT have additional properties",parentSchema:schema11.properties.engine,data:data88});errors++;
}
}
if(data88.config !== undefined){
if(!(validate11(data88.config, {instancePath:instancePath+"/engine/config",parentData:data88,parentDataProperty:"config",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
}
if(data88.registryMirrors !== undefined){
let data90 = data88.registryMirrors;
if(Array.isArray(data90)){
const len9 = data90.length;
for(let i9=0; i9<len9; i9++){
let data91 = data90[i9];
if(typeof data91 === "string"){
if(!pattern8.test(data91)){
(vErrors ??= []).push({instancePath:instancePath+"/engine/registryMirrors/" + i9,keyword:"pattern",params:{pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"+"\"",parentSchema:schema29,data:data91});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/registryMirrors/" + i9,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema29,data:data91});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/registryMirrors",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.engine.properties.registryMirrors,data:data90});errors++;
}
}
if(data88.insecureRegistries !== undefined){
let data92 = data88.insecureRegistries;
if(Array.isArray(data92)){
const len10 = data92.length;
for(let i10=0; i10<len10; i10++){
let data93 = data92[i10];
if(typeof data93 === "string"){
if(!pattern5.test(data93)){
(vErrors ??= []).push({instancePath:instancePath+"/engine/insecureRegistries/" + i10,keyword:"pattern",params:{pattern: "^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"},message:"must match pattern \""+"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"+"\"",parentSchema:schema26,data:data93});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/insecureRegistries/" + i10,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema26,data:data93});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/insecureRegistries",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.engine.properties.insecureRegistries,data:data92});errors++;
}
}
if(data88.trustedCertificates !== undefined){
let data94 = data88.trustedCertificates;
if(Array.isArray(data94)){
const len11 = data94.length;
for(let i11=0; i11<len11; i11++){
let data95 = data94[i11];
if(typeof data95 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/trustedCertificates/" + i11,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.engine.properties.trustedCertificates.items,data:data95});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/trustedCertificates",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.engine.properties.trustedCertificates,data:data94});errors++;
}
}
if(data88.addressPools !== undefined){
let data96 = data88.addressPools;
if(Array.isArray(data96)){
const len12 = data96.length;
for(let i12=0; i12<len12; i12++){
let data97 = data96[i12];
if(data97 && typeof data97 == "object" && !Array.isArray(data97)){
if(data97.base === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12,keyword:"required",params:{missingProperty: "base"},message:"must have required property '"+"base"+"'",parentSchema:schema22,data:data97});errors++;
}
if(data97.size === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12,keyword:"required",params:{missingProperty: "size"},message:"must have required property '"+"size"+"'",parentSchema:schema22,data:data97});errors++;
}
for(const key22 in data97){
if(!((key22 === "base") || (key22 === "size"))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12,keyword:"additionalProperties",params:{additionalProperty: key22},message:"must NOT have additional properties",parentSchema:schema22,data:data97});errors++;
}
}
if(data97.base !== undefined){
let data98 = data97.base;
if(typeof data98 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12+"/base",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema22.properties.base,data:data98});errors++;
}
}
if(data97.size !== undefined){
let data99 = data97.size;
if(!(((typeof data99 == "number") && (!(data99 % 1) && !isNaN(data99))) && (isFinite(data99)))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12+"/size",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema22.properties.size,data:data99});errors++;
}
if((typeof data99 == "number") && (isFinite(data99))){
if(data99 > 128 || isNaN(data99)){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12+"/size",keyword:"maximum",params:{comparison: "<=", limit: 128},message:"must be <= 128",parentSchema:schema22.properties.size,data:data99});errors++;
}
if(data99 < 1 || isNaN(data99)){
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12+"/size",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema22.properties.size,data:data99});errors++;
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools/" + i12,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema22,data:data97});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/addressPools",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.engine.properties.addressPools,data:data96});errors++;
}
}
if(data88.proxies !== undefined){
let data100 = data88.proxies;
if(data100 && typeof data100 == "object" && !Array.isArray(data100)){
for(const key23 in data100){
if(!(((key23 === "http") || (key23 === "https")) || (key23 === "noProxy"))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies",keyword:"additionalProperties",params:{additionalProperty: key23},message:"must NOT have additional properties",parentSchema:schema11.properties.engine.properties.proxies,data:data100});errors++;
}
}
if(data100.http !== undefined){
let data101 = data100.http;
if((typeof data101 !== "string") && (!(data101 && typeof data101 == "object" && !Array.isArray(data101)))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http",keyword:"type",params:{type: schema35.type},message:"must be string,object",parentSchema:schema35,data:data101});errors++;
}
if(data101 && typeof data101 == "object" && !Array.isArray(data101)){
if(Object.keys(data101).length > 1){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http",keyword:"maxProperties",params:{limit: 1},message:"must NOT have more than 1 properties",parentSchema:schema35,data:data101});errors++;
}
if(Object.keys(data101).length < 1){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",parentSchema:schema35,data:data101});errors++;
}
for(const key24 in data101){
if(!((key24 === "fromEnv") || (key24 === "fromFile"))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http",keyword:"additionalProperties",params:{additionalProperty: key24},message:"must NOT have additional properties",parentSchema:schema35,data:data101});errors++;
}
}
if(data101.fromEnv !== undefined){
let data102 = data101.fromEnv;
if(typeof data102 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http/fromEnv",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema35.properties.fromEnv,data:data102});errors++;
}
}
if(data101.fromFile !== undefined){
let data103 = data101.fromFile;
if(typeof data103 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/http/fromFile",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema35.properties.fromFile,data:data103});errors++;
}
}
}
}
if(data100.https !== undefined){
let data104 = data100.https;
if((typeof data104 !== "string") && (!(data104 && typeof data104 == "object" && !Array.isArray(data104)))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https",keyword:"type",params:{type: schema35.type},message:"must be string,object",parentSchema:schema35,data:data104});errors++;
}
if(data104 && typeof data104 == "object" && !Array.isArray(data104)){
if(Object.keys(data104).length > 1){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https",keyword:"maxProperties",params:{limit: 1},message:"must NOT have more than 1 properties",parentSchema:schema35,data:data104});errors++;
}
if(Object.keys(data104).length < 1){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",parentSchema:schema35,data:data104});errors++;
}
for(const key25 in data104){
if(!((key25 === "fromEnv") || (key25 === "fromFile"))){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https",keyword:"additionalProperties",params:{additionalProperty: key25},message:"must NOT have additional properties",parentSchema:schema35,data:data104});errors++;
}
}
if(data104.fromEnv !== undefined){
let data105 = data104.fromEnv;
if(typeof data105 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https/fromEnv",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema35.properties.fromEnv,data:data105});errors++;
}
}
if(data104.fromFile !== undefined){
let data106 = data104.fromFile;
if(typeof data106 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/https/fromFile",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema35.properties.fromFile,data:data106});errors++;
}
}
}
}
if(data100.noProxy !== undefined){
let data107 = data100.noProxy;
if(typeof data107 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies/noProxy",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.engine.properties.proxies.properties.noProxy,data:data107});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/proxies",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.engine.properties.proxies,data:data100});errors++;
}
}
if(data88.socket !== undefined){
let data108 = data88.socket;
if(typeof data108 === "string"){
if(!pattern13.test(data108)){
(vErrors ??= []).push({instancePath:instancePath+"/engine/socket",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",parentSchema:schema11.properties.engine.properties.socket,data:data108});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine/socket",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.engine.properties.socket,data:data108});errors++;
}
}
if(data88.context !== undefined){
let data109 = data88.context;
if(typeof data109 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/engine/context",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.engine.properties.context,data:data109});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/engine",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.engine,data:data88});errors++;
}
}
if(data.shares !== undefined){
let data110 = data.shares;
if(Array.isArray(data110)){
const len13 = data110.length;
for(let i13=0; i13<len13; i13++){
let data111 = data110[i13];
if(data111 && typeof data111 == "object" && !Array.isArray(data111)){
if(data111.source === undefined){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13,keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'",parentSchema:schema11.properties.shares.items,data:data111});errors++;
}
for(const key26 in data111){
if(!((((key26 === "source") || (key26 === "target")) || (key26 === "writable")) || (key26 === "events"))){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13,keyword:"additionalProperties",params:{additionalProperty: key26},message:"must NOT have additional properties",parentSchema:schema11.properties.shares.items,data:data111});errors++;
}
}
if(data111.source !== undefined){
let data112 = data111.source;
if(typeof data112 === "string"){
if(!pattern13.test(data112)){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/source",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\"",parentSchema:schema11.properties.shares.items.properties.source,data:data112});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/source",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.shares.items.properties.source,data:data112});errors++;
}
}
if(data111.target !== undefined){
let data113 = data111.target;
if(typeof data113 === "string"){
if(!pattern10.test(data113)){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/target",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",parentSchema:schema11.properties.shares.items.properties.target,data:data113});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/target",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.shares.items.properties.target,data:data113});errors++;
}
}
if(data111.writable !== undefined){
let data114 = data111.writable;
if(typeof data114 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/writable",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.shares.items.properties.writable,data:data114});errors++;
}
}
if(data111.events !== undefined){
let data115 = data111.events;
if(typeof data115 !== "boolean"){
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13+"/events",keyword:"type",params:{type: "boolean"},message:"must be boolean",parentSchema:schema11.properties.shares.items.properties.events,data:data115});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/shares/" + i13,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.shares.items,data:data111});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/shares",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.shares,data:data110});errors++;
}
}
if(data.guest !== undefined){
let data116 = data.guest;
if(data116 && typeof data116 == "object" && !Array.isArray(data116)){
for(const key27 in data116){
if(!((((((key27 === "sysctl") || (key27 === "sshAgent")) || (key27 === "platforms")) || (key27 === "builder")) || (key27 === "services")) || (key27 === "files"))){
(vErrors ??= []).push({instancePath:instancePath+"/guest",keyword:"additionalProperties",params:{additionalProperty: key27},message:"must NOT have additional properties",parentSchema:schema11.properties.guest,data:data116});errors++;
}
}
if(data116.sysctl !== undefined){
let data117 = data116.sysctl;
if(data117 && typeof data117 == "object" && !Array.isArray(data117)){
for(const key28 in data117){
let data118 = data117[key28];
if((typeof data118 !== "string") && (!(((typeof data118 == "number") && (!(data118 % 1) && !isNaN(data118))) && (isFinite(data118))))){
(vErrors ??= []).push({instancePath:instancePath+"/guest/sysctl/" + key28.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: schema11.properties.guest.properties.sysctl.additionalProperties.type},message:"must be string,integer",parentSchema:schema11.properties.guest.properties.sysctl.additionalProperties,data:data118});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/guest/sysctl",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.guest.properties.sysctl,data:data117});errors++;
}
}
if(data116.sshAgent !== undefined){
let data119 = data116.sshAgent;
if((typeof data119 !== "boolean") && (typeof data119 !== "string")){
(vErrors ??= []).push({instancePath:instancePath+"/guest/sshAgent",keyword:"type",params:{type: schema11.properties.guest.properties.sshAgent.type},message:"must be boolean,string",parentSchema:schema11.properties.guest.properties.sshAgent,data:data119});errors++;
}
}
if(data116.platforms !== undefined){
let data120 = data116.platforms;
if(Array.isArray(data120)){
const len14 = data120.length;
for(let i14=0; i14<len14; i14++){
let data121 = data120[i14];
if(!(((((((data121 === "arm") || (data121 === "arm64")) || (data121 === "loong64")) || (data121 === "mips64le")) || (data121 === "ppc64le")) || (data121 === "riscv64")) || (data121 === "s390x"))){
(vErrors ??= []).push({instancePath:instancePath+"/guest/platforms/" + i14,keyword:"enum",params:{allowedValues: schema11.properties.guest.properties.platforms.items.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.guest.properties.platforms.items,data:data121});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/guest/platforms",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.guest.properties.platforms,data:data120});errors++;
}
}
if(data116.builder !== undefined){
let data122 = data116.builder;
if(!((data122 === "desktop") || (data122 === "linuxkit"))){
(vErrors ??= []).push({instancePath:instancePath+"/guest/builder",keyword:"enum",params:{allowedValues: schema11.properties.guest.properties.builder.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.guest.properties.builder,data:data122});errors++;
}
}
if(data116.services !== undefined){
if(!(validate25(data116.services, {instancePath:instancePath+"/guest/services",parentData:data116,parentDataProperty:"services",rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
}
if(data116.files !== undefined){
if(!(validate30(data116.files, {instancePath:instancePath+"/guest/files",parentData:data116,parentDataProperty:"files",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/guest",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.guest,data:data116});errors++;
}
}
if(data.history !== undefined){
let data125 = data.history;
if(data125 && typeof data125 == "object" && !Array.isArray(data125)){
for(const key29 in data125){
if(!((key29 === "keep") || (key29 === "maxAge"))){
(vErrors ??= []).push({instancePath:instancePath+"/history",keyword:"additionalProperties",params:{additionalProperty: key29},message:"must NOT have additional properties",parentSchema:schema11.properties.history,data:data125});errors++;
}
}
if(data125.keep !== undefined){
let data126 = data125.keep;
if(!(((typeof data126 == "number") && (!(data126 % 1) && !isNaN(data126))) && (isFinite(data126)))){
(vErrors ??= []).push({instancePath:instancePath+"/history/keep",keyword:"type",params:{type: "integer"},message:"must be integer",parentSchema:schema11.properties.history.properties.keep,data:data126});errors++;
}
if((typeof data126 == "number") && (isFinite(data126))){
if(data126 > 100000 || isNaN(data126)){
(vErrors ??= []).push({instancePath:instancePath+"/history/keep",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000",parentSchema:schema11.properties.history.properties.keep,data:data126});errors++;
}
if(data126 < 1 || isNaN(data126)){
(vErrors ??= []).push({instancePath:instancePath+"/history/keep",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",parentSchema:schema11.properties.history.properties.keep,data:data126});errors++;
}
}
}
if(data125.maxAge !== undefined){
let data127 = data125.maxAge;
if(typeof data127 !== "string"){
(vErrors ??= []).push({instancePath:instancePath+"/history/maxAge",keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema19,data:data127});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/history",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.history,data:data125});errors++;
}
}
if(data.signatures !== undefined){
let data128 = data.signatures;
if(data128 && typeof data128 == "object" && !Array.isArray(data128)){
for(const key30 in data128){
if(!((key30 === "keys") || (key30 === "require"))){
(vErrors ??= []).push({instancePath:instancePath+"/signatures",keyword:"additionalProperties",params:{additionalProperty: key30},message:"must NOT have additional properties",parentSchema:schema11.properties.signatures,data:data128});errors++;
}
}
if(data128.keys !== undefined){
let data129 = data128.keys;
if(Array.isArray(data129)){
if(data129.length > 64){
(vErrors ??= []).push({instancePath:instancePath+"/signatures/keys",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items",parentSchema:schema11.properties.signatures.properties.keys,data:data129});errors++;
}
const len15 = data129.length;
for(let i15=0; i15<len15; i15++){
let data130 = data129[i15];
if(typeof data130 === "string"){
if(!pattern16.test(data130)){
(vErrors ??= []).push({instancePath:instancePath+"/signatures/keys/" + i15,keyword:"pattern",params:{pattern: "^RW[A-Za-z0-9+/]{54}$"},message:"must match pattern \""+"^RW[A-Za-z0-9+/]{54}$"+"\"",parentSchema:schema11.properties.signatures.properties.keys.items,data:data130});errors++;
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/signatures/keys/" + i15,keyword:"type",params:{type: "string"},message:"must be string",parentSchema:schema11.properties.signatures.properties.keys.items,data:data130});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/signatures/keys",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.signatures.properties.keys,data:data129});errors++;
}
}
if(data128.require !== undefined){
let data131 = data128.require;
if(Array.isArray(data131)){
const len16 = data131.length;
for(let i16=0; i16<len16; i16++){
let data132 = data131[i16];
if(!((data132 === "image") || (data132 === "plan"))){
(vErrors ??= []).push({instancePath:instancePath+"/signatures/require/" + i16,keyword:"enum",params:{allowedValues: schema11.properties.signatures.properties.require.items.enum},message:"must be equal to one of the allowed values",parentSchema:schema11.properties.signatures.properties.require.items,data:data132});errors++;
}
}
let i17 = data131.length;
let j0;
if(i17 > 1){
outer0:
for(;i17--;){
for(j0 = i17; j0--;){
if(func0(data131[i17], data131[j0])){
(vErrors ??= []).push({instancePath:instancePath+"/signatures/require",keyword:"uniqueItems",params:{i: i17, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i17+" are identical)",parentSchema:schema11.properties.signatures.properties.require,data:data131});errors++;
break outer0;
}
}
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/signatures/require",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.signatures.properties.require,data:data131});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/signatures",keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11.properties.signatures,data:data128});errors++;
}
}
if(data.policy !== undefined){
let data133 = data.policy;
if(Array.isArray(data133)){
const len17 = data133.length;
for(let i18=0; i18<len17; i18++){
if(!(validate32(data133[i18], {instancePath:instancePath+"/policy/" + i18,parentData:data133,parentDataProperty:i18,rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
}
else {
(vErrors ??= []).push({instancePath:instancePath+"/policy",keyword:"type",params:{type: "array"},message:"must be array",parentSchema:schema11.properties.policy,data:data133});errors++;
}
}
}
else {
(vErrors ??= []).push({instancePath,keyword:"type",params:{type: "object"},message:"must be object",parentSchema:schema11,data});errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

