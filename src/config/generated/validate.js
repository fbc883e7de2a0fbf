// Generated from schemas/ by `npm run generate`.
import func5_ from 'ajv/dist/runtime/ucs2length.js';
const func5 = func5_.default ?? func5_;

export const validateDesktop = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"desktop.schema.json","title":"DesktopFile","description":"desktop.yaml: a Linux VM that runs Docker.","type":"object","additionalProperties":false,"required":["apiVersion"],"properties":{"apiVersion":{"const":"desktop/v1","description":"Version of this file's format."},"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,40}$","description":"Name of the environment: lower-case letters, digits, dot, dash and underscore. Default: the name of the file's folder.","x-expected":"must be lower-case letters, digits, dots, dashes and underscores, at most 41, and begin with a letter or digit"},"requiredVersion":{"type":"string","description":"Versions of desktop that may apply this file, e.g. >=0.1."},"extends":{"type":["string","array"],"items":{"type":"string"},"description":"File or files that this one goes over, relative to it."},"vm":{"type":"object","additionalProperties":false,"description":"The virtual machine's sizing.","properties":{"cpus":{"type":"integer","minimum":1,"maximum":64,"description":"Virtual CPUs.","default":2},"memory":{"$ref":"#/definitions/size","description":"Memory of the VM.","default":"2GiB"},"swap":{"$ref":"#/definitions/size","description":"Swap space of the VM, in a file on the data disk; 0MiB = none.","default":"0MiB"},"disk":{"$ref":"#/definitions/size","description":"Size of the data disk that holds images, containers and volumes.","default":"20GiB"},"accelerator":{"enum":["auto","kvm","hvf","tcg"],"description":"How QEMU runs guest code; auto takes the fastest that really works here.","default":"auto"},"suspendOnStop":{"type":"boolean","description":"desktop stop suspends the running VM; desktop start resumes it with its containers. false = stop shuts it down.","default":true}}},"network":{"type":"object","additionalProperties":false,"description":"The VM's own network, served by the forwarder.","properties":{"subnet":{"type":"string","description":"IPv4 network of the VM in CIDR form.","default":"192.168.65.0/24"},"gateway":{"type":"string","description":"Gateway and DNS server. Default: first address of the subnet."},"address":{"type":"string","description":"The VM's eth0. Default: third address of the subnet."},"host":{"type":"string","description":"host.docker.internal, which reaches the host's loopback. Default: the last address but one of the subnet (.254 of a /24)."},"mtu":{"anyOf":[{"const":"auto"},{"type":"integer","minimum":576,"maximum":65520}],"description":"Largest packet on the VM's link, announced by DHCP. auto = 65520, the fastest.","default":"auto"},"ipv6":{"type":"boolean","description":"IPv6 beside IPv4 on the VM's link: an address and a route for the VM, names, and the world as far as this host reaches it; docs/ipv6.md.","default":false},"subnet6":{"type":"string","description":"IPv6 network of the VM, a /64; gateway ::1, the VM ::3, the host's loopback ::fe in it. Default: a unique local one that follows from network.subnet."},"dns":{"type":"object","additionalProperties":false,"description":"Name resolution inside the VM and its containers.","properties":{"upstreams":{"type":"array","items":{"type":"string"},"description":"Servers to ask, in order: IP, IP:port, or system for those of the host.","default":["system"]},"hosts":{"type":"object","additionalProperties":{"type":"string"},"description":"Name → IP address, or another name that it is an alias of; *.name is a wildcard.","default":{}},"split":{"type":"array","description":"Servers for some domains only; the longest domain wins.","items":{"type":"object","additionalProperties":false,"required":["domain","servers"],"properties":{"domain":{"type":"string","description":"Domain, without *."},"servers":{"type":"array","items":{"type":"string"},"minItems":1,"description":"Servers for it: IP or IP:port."}}},"default":[]},"search":{"type":"array","items":{"type":"string"},"description":"Search domains, sent by DHCP; system = those of this host.","default":[]},"cache":{"type":"object","additionalProperties":false,"description":"Answers that are remembered.","properties":{"max":{"type":"integer","minimum":0,"maximum":1000000,"description":"Answers that are remembered; 0 = none.","default":10000},"minTTL":{"$ref":"#/definitions/duration","description":"Remember at least this long.","default":"0s"},"maxTTL":{"$ref":"#/definitions/duration","description":"Remember at most this long.","default":"1h"}}}}},"egress":{"type":"object","additionalProperties":false,"description":"What the VM and its containers may reach. Services of the gateway (DHCP, DNS, time) and port mappings always work.","properties":{"preset":{"enum":["open","lockdown"],"description":"open: allow what no rule denies. lockdown: deny what no rule allows, resolve only names that a rule allows, and refuse rules that allow everything or nearly everything."},"default":{"enum":["allow","deny"],"description":"For what no rule is about; a preset decides it.","default":"allow"},"rules":{"type":"array","description":"The first match wins. Judged when a name is asked for and when a connection, datagram or ping leaves.","items":{"type":"object","additionalProperties":false,"properties":{"allow":{"type":"string","description":"TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]; the target is an address or CIDR (of IPv6 in brackets), a name, *.name for all names below, or * for everything."},"deny":{"type":"string","description":"As allow."}}},"default":[]}}}}},"ports":{"type":"array","description":"Host ports that lead into the VM.","items":{"type":["string","object"],"additionalProperties":false,"required":["host","guest"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name in plans.","x-expected":"must be letters, digits, dots, dashes and underscores"},"host":{"type":["string","integer"],"description":"PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH. Address: default 127.0.0.1."},"guest":{"type":["string","integer"],"description":"PORT, FIRST-LAST or ADDRESS:PORT; the address is the VM's unless given, e.g. that of a container."},"protocol":{"enum":["tcp","udp"],"description":"Default tcp."},"mode":{"type":"string","pattern":"^0?[0-7]{3}$","description":"Permissions of a unix socket. Default 0600.","x-expected":"must be octal digits in quotes, e.g. \"0660\""}}},"default":[]},"publish":{"type":"object","additionalProperties":false,"description":"Ports that containers publish with docker run -p.","properties":{"containers":{"type":"boolean","description":"Ports that containers publish appear on the host.","default":true},"bind":{"type":"string","description":"Host address on which they appear when docker run names none.","default":"127.0.0.1"}}},"names":{"type":"object","additionalProperties":false,"description":"Names of containers on this host: NAME.ENVIRONMENT.localhost.","properties":{"http":{"type":"integer","minimum":1,"maximum":65535,"description":"Loopback port for http://NAME.ENVIRONMENT.localhost:PORT."},"https":{"type":"integer","minimum":1,"maximum":65535,"description":"Loopback port for https://NAME.ENVIRONMENT.localhost:PORT."}}},"engine":{"type":"object","additionalProperties":false,"description":"dockerd.","properties":{"config":{"$ref":"daemon.schema.json","description":"Any key of daemon.json.","default":{}},"registryMirrors":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/mirror"},"description":"Mirrors of Docker Hub, as URLs: registry-mirrors of daemon.json.","default":[]},"insecureRegistries":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/registry"},"description":"Registries without TLS: insecure-registries of daemon.json.","default":[]},"trustedCertificates":{"type":"array","items":{"type":"string"},"description":"Certificates of authorities that dockerd trusts in addition to the public ones, for registries and proxies: paths of PEM files, relative to this one, or PEM texts.","default":[]},"addressPools":{"type":"array","items":{"$ref":"daemon.schema.json#/definitions/pool"},"description":"Ranges that new networks are cut from: default-address-pools of daemon.json."},"proxies":{"type":"object","additionalProperties":false,"description":"Proxies that dockerd uses. A URL with a password must be a reference: {fromEnv: NAME} or {fromFile: PATH}.","properties":{"http":{"$ref":"#/definitions/secret","description":"For http URLs."},"https":{"$ref":"#/definitions/secret","description":"For https URLs."},"noProxy":{"type":"string","description":"Hosts reached directly, with commas between them."}}},"socket":{"type":"string","description":"Where docker.sock appears on the host; auto = the runtime directory of the environment.","default":"auto"},"context":{"type":"boolean","description":"Create the docker context desktop-NAME.","default":false}}},"shares":{"type":"array","description":"Folders of this host that are there in the VM, e.g. for docker run -v.","items":{"type":"object","additionalProperties":false,"required":["source"],"properties":{"source":{"type":"string","description":"Folder of this host, relative to this file."},"target":{"type":"string","pattern":"^/","description":"Where it is in the VM. Default: the same path as on this host.","x-expected":"must be an absolute path, e.g. /work"},"writable":{"type":"boolean","description":"Whether the VM may write to it. Default false."}}},"default":[]},"guest":{"type":"object","additionalProperties":false,"description":"Inside the VM.","properties":{"sysctl":{"type":"object","additionalProperties":{"type":["string","integer"]},"description":"Kernel parameters by name, e.g. vm.max_map_count.","default":{}},"builder":{"enum":["desktop","linuxkit"],"description":"What assembles the guest image: desktop itself, or LinuxKit's own program, found on PATH.","default":"desktop"},"services":{"$ref":"linuxkit.schema.json#/definitions/containers","title":"list of LinuxKit services","description":"More services of the VM, with the fields that LinuxKit has. image: an archive of docker save or an OCI layout by its path (./web.tar), or desktop/tools, which has a shell.","default":[]},"files":{"$ref":"linuxkit.schema.json#/properties/files","title":"list of LinuxKit files","description":"More files of the VM, with the fields that LinuxKit has; source is relative to this file.","default":[]}}},"history":{"type":"object","additionalProperties":false,"description":"Generations that are kept; the newest that was applied whole always is.","properties":{"keep":{"type":"integer","minimum":1,"maximum":100000,"description":"How many of the newest are kept.","default":50},"maxAge":{"$ref":"#/definitions/duration","description":"How long they are kept, e.g. 90d. Default: without end."}}},"policy":{"type":"array","description":"Rules that the configuration in effect and its plans must keep; docs/policy.md.","items":{"$ref":"#/definitions/rule"},"default":[]}},"definitions":{"effect":{"enum":["live","reload","restart-engine","restart-vm","recreate"],"title":"effect"},"rule":{"type":"object","title":"rule","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name in messages.","x-expected":"must be letters, digits, dots, dashes and underscores"},"path":{"type":"string","description":"Key that it is about, e.g. vm.memory; * stands for any key or list index, e.g. ports[*].address."},"effect":{"anyOf":[{"$ref":"#/definitions/effect"},{"type":"array","items":{"$ref":"#/definitions/effect"}}],"description":"Operations of these effects may not be in a plan; with path, only those that it causes."},"require":{"const":true,"description":"There must be a value, and not an empty one."},"allow":{"description":"Value or list of values; every value at the path must be one of them. Text may have * in it."},"deny":{"description":"Value or list of values that may not be at the path. Text may have * in it."},"min":{"type":["number","string"],"description":"Number, size or duration that is the least."},"max":{"type":["number","string"],"description":"Number, size or duration that is the most."},"matches":{"type":"string","description":"Regular expression that the value must match."},"message":{"type":"string","description":"Why, for whoever breaks it."},"severity":{"enum":["error","warn"],"description":"error (the default) ends with exit code 5; warn only prints a warning."}}},"size":{"type":"string","description":"A size such as 2GiB, 512MiB, 20GB.","title":"size"},"duration":{"type":"string","description":"A duration such as 30s, 5m, 1h.","title":"duration"},"secret":{"type":["string","object"],"additionalProperties":false,"properties":{"fromEnv":{"type":"string","description":"Environment variable that holds the value."},"fromFile":{"type":"string","description":"File that holds the value, relative to desktop.yaml."}},"minProperties":1,"maxProperties":1,"x-expected":"must have either fromEnv or fromFile","title":"text or reference","description":"A text, or where to find it: {fromEnv: NAME} or {fromFile: PATH}."}}};
const schema12 = {"type":"string","description":"A size such as 2GiB, 512MiB, 20GB.","title":"size"};
const schema15 = {"type":"string","description":"A duration such as 30s, 5m, 1h.","title":"duration"};
const schema25 = {"type":"string","pattern":"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$","x-expected":"must be a URL of a registry: http(s)://HOST[:PORT], without user and query"};
const schema22 = {"type":"string","pattern":"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$","x-expected":"must be HOST, HOST:PORT or a network in CIDR form, without http://"};
const schema18 = {"type":"object","additionalProperties":false,"required":["base","size"],"properties":{"base":{"type":"string","description":"Network in CIDR form."},"size":{"type":"integer","minimum":1,"maximum":128,"description":"Prefix length of each network that is cut from it."}}};
const schema31 = {"type":["string","object"],"additionalProperties":false,"properties":{"fromEnv":{"type":"string","description":"Environment variable that holds the value."},"fromFile":{"type":"string","description":"File that holds the value, relative to desktop.yaml."}},"minProperties":1,"maxProperties":1,"x-expected":"must have either fromEnv or fromFile","title":"text or reference","description":"A text, or where to find it: {fromEnv: NAME} or {fromFile: PATH}."};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^[a-z0-9][a-z0-9._-]{0,40}$", "u");
const pattern1 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
const pattern2 = new RegExp("^0?[0-7]{3}$", "u");
const pattern8 = new RegExp("^https?://[^\\s/?#@]+(/[^\\s?#]*)?$", "u");
const pattern5 = new RegExp("^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$", "u");
const pattern10 = new RegExp("^/", "u");
const schema17 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"daemon.schema.json","title":"DaemonFile","description":"Keys of daemon.json as dockerd 26.1 knows them.","$comment":"x-effect: what a change costs. x-neutral: dockerd takes the key on reload only when it is there, so a key that is taken out is rendered as this. x-resets: a reload without the key gives it its default. x-refused: keys that the guest itself decides.","type":"object","additionalProperties":false,"properties":{"allow-nondistributable-artifacts":{"type":"array","items":{"type":"string"},"description":"Registries that also get layers marked as not distributable.","x-effect":"reload","x-neutral":[]},"authorization-plugins":{"type":"array","items":{"type":"string"},"description":"Plugins that allow or deny each API request.","x-effect":"reload","x-resets":true},"bip":{"type":"string","description":"Address and prefix length of the docker0 bridge, e.g. 172.17.0.1/16.","x-effect":"restart-engine"},"bridge":{"type":"string","description":"Bridge that containers are attached to; none = no default bridge.","x-effect":"restart-engine"},"builder":{"type":"object","additionalProperties":false,"description":"BuildKit: its cache and what builds may do.","properties":{"gc":{"type":"object","additionalProperties":false,"description":"Collection of unused build cache.","properties":{"enabled":{"type":"boolean","description":"Collect at all."},"defaultKeepStorage":{"type":"string","description":"Cache that is always kept, e.g. 10GB."},"policy":{"type":"array","description":"Rules, tried in order.","items":{"type":"object","additionalProperties":false,"properties":{"all":{"type":"boolean","description":"Internal and frontend cache as well."},"filter":{"type":"array","items":{"type":"string"},"description":"Which cache the rule is for, e.g. unused-for=2200h."},"keepStorage":{"type":"string","description":"Cache that this rule keeps, e.g. 5GB."}}}}}},"entitlements":{"type":"object","additionalProperties":false,"description":"What a build may be granted.","properties":{"network-host":{"type":"boolean","description":"Use the host's network."},"security-insecure":{"type":"boolean","description":"Run without confinement."}}},"history":{"type":"object","additionalProperties":false,"description":"Records of earlier builds.","properties":{"maxAge":{"type":["string","integer"],"description":"Age at which a record goes, e.g. 48h."},"maxEntries":{"type":"integer","minimum":0,"description":"Records that are kept."}}}},"x-effect":"restart-engine"},"cdi-spec-dirs":{"type":"array","items":{"type":"string"},"description":"Folders with descriptions of devices for the Container Device Interface.","x-effect":"restart-engine"},"cgroup-parent":{"type":"string","description":"Parent cgroup of all containers.","x-effect":"restart-engine"},"debug":{"type":"boolean","description":"Log at debug level and offer the debug API.","x-effect":"reload","x-neutral":false},"default-address-pools":{"type":"array","description":"Ranges that new networks are cut from.","items":{"$ref":"#/definitions/pool"},"x-effect":"restart-engine"},"default-cgroupns-mode":{"enum":["private","host"],"description":"cgroup namespace of new containers.","x-effect":"reload","x-neutral":"private"},"default-gateway":{"type":"string","description":"IPv4 gateway that containers on the default bridge get.","x-effect":"restart-engine"},"default-gateway-v6":{"type":"string","description":"IPv6 gateway that containers on the default bridge get.","x-effect":"restart-engine"},"default-ipc-mode":{"enum":["private","shareable"],"description":"IPC namespace of new containers.","x-effect":"reload","x-neutral":"private"},"default-network-opts":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"string"},"description":"Options by name."},"description":"Options of new networks, by driver. Default: the MTU of bridge and overlay networks follows network.mtu.","x-effect":"restart-engine"},"default-runtime":{"type":"string","description":"OCI runtime of containers that ask for none.","minLength":1,"x-effect":"reload","x-neutral":"runc"},"default-shm-size":{"$ref":"#/definitions/engineSize","description":"Size of /dev/shm in new containers, e.g. 64M.","x-effect":"reload","x-neutral":"64M"},"default-ulimits":{"type":"object","additionalProperties":{"$ref":"#/definitions/ulimit"},"description":"Resource limits of new containers, by name.","x-effect":"restart-engine"},"dns":{"type":"array","items":{"type":"string"},"description":"Name servers that containers get instead of the VM's own.","x-effect":"restart-engine"},"dns-opts":{"type":"array","items":{"type":"string"},"description":"Options of resolv.conf in containers.","x-effect":"restart-engine"},"dns-search":{"type":"array","items":{"type":"string"},"description":"Search domains of containers.","x-effect":"restart-engine"},"exec-opts":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Options of the runtime, NAME=VALUE.","x-effect":"restart-engine"},"experimental":{"type":"boolean","description":"Offer experimental features.","x-effect":"restart-engine"},"features":{"type":"object","additionalProperties":{"type":"boolean"},"description":"Features of dockerd switched on or off, by name. containerd-snapshotter restarts the engine and hides images and containers of the storage driver.","x-effect":"reload","x-resets":true},"fixed-cidr":{"type":"string","description":"Part of the default bridge's network that containers get addresses from.","x-effect":"restart-engine"},"fixed-cidr-v6":{"type":"string","description":"IPv6 network that containers on the default bridge get addresses from.","x-effect":"restart-engine"},"host-gateway-ip":{"type":"string","description":"Address that host-gateway stands for in docker run --add-host.","x-effect":"restart-engine"},"icc":{"type":"boolean","description":"Containers on the default bridge may reach each other.","x-effect":"restart-engine"},"init":{"type":"boolean","description":"Run an init as process 1 of every container.","x-effect":"restart-engine"},"init-path":{"type":"string","description":"Path of docker-init in the guest.","x-effect":"restart-engine"},"insecure-registries":{"type":"array","items":{"$ref":"#/definitions/registry"},"description":"Registries reached without TLS or with a certificate nobody knows: HOST, HOST:PORT or CIDR.","x-effect":"reload","x-neutral":[]},"ip":{"type":"string","description":"Address in the VM that published ports are bound to when docker run names none.","x-effect":"restart-engine"},"ip-forward":{"type":"boolean","description":"dockerd switches net.ipv4.ip_forward on.","x-effect":"restart-engine"},"ip-masq":{"type":"boolean","description":"Containers' packets leave with the VM's address.","x-effect":"restart-engine"},"ip6tables":{"type":"boolean","description":"dockerd writes ip6tables rules; experimental.","x-effect":"restart-engine"},"iptables":{"type":"boolean","description":"dockerd writes iptables rules.","x-effect":"restart-engine"},"ipv6":{"type":"boolean","description":"IPv6 on the default bridge.","x-effect":"restart-engine"},"labels":{"type":"array","items":{"$ref":"#/definitions/label"},"description":"Labels of the engine, NAME=VALUE.","x-effect":"reload","x-neutral":[]},"live-restore":{"type":"boolean","description":"Containers keep running while dockerd is down.","x-effect":"reload","x-neutral":false},"log-driver":{"type":"string","description":"Where the output of containers goes.","minLength":1,"x-effect":"restart-engine"},"log-format":{"enum":["text","json"],"description":"Form of dockerd's own log.","x-effect":"restart-engine"},"log-level":{"enum":["panic","fatal","error","warn","info","debug","trace"],"description":"How much dockerd logs.","x-effect":"restart-engine"},"log-opts":{"type":"object","additionalProperties":{"type":"string"},"description":"Options of the log driver; values are texts.","x-effect":"restart-engine"},"max-concurrent-downloads":{"type":"integer","minimum":0,"description":"Layers that one pull downloads at a time. Default 3.","x-effect":"reload","x-resets":true},"max-concurrent-uploads":{"type":"integer","minimum":0,"description":"Layers that one push uploads at a time. Default 5.","x-effect":"reload","x-resets":true},"max-download-attempts":{"type":"integer","minimum":0,"description":"Attempts at each layer. Default 5.","x-effect":"reload","x-resets":true},"metrics-addr":{"type":"string","description":"Address and port in the VM where Prometheus metrics are served.","x-effect":"restart-engine"},"mtu":{"type":"integer","minimum":0,"description":"Largest packet on the default bridge. Default: network.mtu.","x-effect":"restart-engine"},"network-control-plane-mtu":{"type":"integer","minimum":0,"description":"Largest packet of the swarm's control plane. Default 1500.","x-effect":"restart-engine"},"no-new-privileges":{"type":"boolean","description":"New containers cannot gain privileges through set-user-id programs.","x-effect":"restart-engine"},"node-generic-resources":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Resources that a swarm node offers, NAME=VALUE.","x-effect":"restart-engine"},"proxies":{"type":"object","additionalProperties":false,"description":"Proxies that dockerd uses.","properties":{"http-proxy":{"type":"string","description":"For http URLs."},"https-proxy":{"type":"string","description":"For https URLs."},"no-proxy":{"type":"string","description":"Hosts reached directly, with commas between them."}},"x-effect":"restart-engine"},"raw-logs":{"type":"boolean","description":"dockerd's log with full time stamps and no colours.","x-effect":"restart-engine"},"registry-mirrors":{"type":"array","items":{"$ref":"#/definitions/mirror"},"description":"Mirrors of Docker Hub, as URLs.","x-effect":"reload","x-neutral":[]},"runtimes":{"type":"object","additionalProperties":{"$ref":"#/definitions/runtime"},"description":"Further OCI runtimes, by name.","x-effect":"reload","x-neutral":{}},"seccomp-profile":{"type":"string","description":"Path of a seccomp profile in the guest; unconfined = none, builtin = the usual one.","x-effect":"restart-engine"},"selinux-enabled":{"type":"boolean","description":"Use SELinux.","x-effect":"restart-engine"},"shutdown-timeout":{"type":"integer","minimum":-1,"description":"Seconds that containers have to stop when dockerd goes down; -1 = for ever. Default 15.","x-effect":"reload","x-neutral":15},"storage-driver":{"type":"string","description":"Storage driver. A change hides images and containers of the one before.","minLength":1,"x-effect":"restart-engine"},"storage-opts":{"type":"array","items":{"$ref":"#/definitions/assignment"},"description":"Options of the storage driver, NAME=VALUE.","x-effect":"restart-engine"},"userland-proxy":{"type":"boolean","description":"Ports published on loopback addresses go through a dedicated proxy process.","x-effect":"restart-engine"},"userland-proxy-path":{"type":"string","description":"Path of docker-proxy in the guest.","pattern":"^/","x-expected":"must be an absolute path in the guest","x-effect":"restart-engine"},"userns-remap":{"type":"string","description":"default: root in containers is mapped to the user dockremap.","x-effect":"restart-engine"}},"x-refused":{"api-cors-header":"browsers have no business with the engine","containerd":"the guest starts containerd itself","containerd-namespace":"the guest starts containerd itself","containerd-plugin-namespace":"the guest starts containerd itself","cpu-rt-period":"it needs cgroup v1, and the guest has cgroup v2","cpu-rt-runtime":"it needs cgroup v1, and the guest has cgroup v2","cri-containerd":"the guest starts containerd itself","data-root":"it is on the data disk; vm.disk sizes it","exec-root":"the guest decides it","group":"the socket is reached through the host only","hosts":"the host reaches the engine through its own channel; engine.socket says where","network-diagnostic-port":"it would open a port without authentication","pidfile":"the guest decides it","resolv-conf":"names are resolved by the gateway; see network.dns","rootless":"the guest runs the engine as root","swarm-default-advertise-addr":"the guest passes eth0 on the command line","tls":"the engine listens on its unix socket only","tlscacert":"the engine listens on its unix socket only","tlscert":"the engine listens on its unix socket only","tlskey":"the engine listens on its unix socket only","tlsverify":"the engine listens on its unix socket only"},"definitions":{"assignment":{"type":"string","pattern":"^[^=]+=","x-expected":"must be NAME=VALUE"},"label":{"type":"string","pattern":"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=","x-expected":"must be NAME=VALUE, with a name outside of com.docker, io.docker and org.dockerproject"},"mirror":{"type":"string","pattern":"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$","x-expected":"must be a URL of a registry: http(s)://HOST[:PORT], without user and query"},"registry":{"type":"string","pattern":"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$","x-expected":"must be HOST, HOST:PORT or a network in CIDR form, without http://"},"engineSize":{"type":"string","pattern":"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$","x-expected":"must be a size as dockerd reads it, e.g. 64M"},"pool":{"type":"object","additionalProperties":false,"required":["base","size"],"properties":{"base":{"type":"string","description":"Network in CIDR form."},"size":{"type":"integer","minimum":1,"maximum":128,"description":"Prefix length of each network that is cut from it."}}},"ulimit":{"type":"object","additionalProperties":false,"required":["Name","Hard","Soft"],"properties":{"Name":{"type":"string","description":"Name of the limit, the same as its key."},"Hard":{"type":"integer","minimum":-1,"description":"Upper bound of Soft; -1 = none."},"Soft":{"type":"integer","minimum":-1,"description":"Limit in force; -1 = none."}}},"runtime":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"Program in the guest."},"runtimeArgs":{"type":"array","items":{"type":"string"},"description":"Its arguments."},"runtimeType":{"type":"string","description":"containerd shim, e.g. io.containerd.runc.v2."},"options":{"type":"object","description":"Options of the shim."}}}}};
const schema19 = {"type":"string","pattern":"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$","x-expected":"must be a size as dockerd reads it, e.g. 64M"};
const schema20 = {"type":"object","additionalProperties":false,"required":["Name","Hard","Soft"],"properties":{"Name":{"type":"string","description":"Name of the limit, the same as its key."},"Hard":{"type":"integer","minimum":-1,"description":"Upper bound of Soft; -1 = none."},"Soft":{"type":"integer","minimum":-1,"description":"Limit in force; -1 = none."}}};
const schema21 = {"type":"string","pattern":"^[^=]+=","x-expected":"must be NAME=VALUE"};
const schema23 = {"type":"string","pattern":"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=","x-expected":"must be NAME=VALUE, with a name outside of com.docker, io.docker and org.dockerproject"};
const schema26 = {"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"Program in the guest."},"runtimeArgs":{"type":"array","items":{"type":"string"},"description":"Its arguments."},"runtimeType":{"type":"string","description":"containerd shim, e.g. io.containerd.runc.v2."},"options":{"type":"object","description":"Options of the shim."}}};

const pattern3 = new RegExp("^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$", "u");
const pattern4 = new RegExp("^[^=]+=", "u");
const pattern6 = new RegExp("^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="daemon.schema.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema17.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data["allow-nondistributable-artifacts"] !== undefined){
let data0 = data["allow-nondistributable-artifacts"];
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
const err1 = {instancePath:instancePath+"/allow-nondistributable-artifacts/" + i0,schemaPath:"#/properties/allow-nondistributable-artifacts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["allow-nondistributable-artifacts"].items.type,parentSchema:schema17.properties["allow-nondistributable-artifacts"].items,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath:instancePath+"/allow-nondistributable-artifacts",schemaPath:"#/properties/allow-nondistributable-artifacts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["allow-nondistributable-artifacts"].type,parentSchema:schema17.properties["allow-nondistributable-artifacts"],data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data["authorization-plugins"] !== undefined){
let data2 = data["authorization-plugins"];
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 !== "string"){
const err3 = {instancePath:instancePath+"/authorization-plugins/" + i1,schemaPath:"#/properties/authorization-plugins/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["authorization-plugins"].items.type,parentSchema:schema17.properties["authorization-plugins"].items,data:data3};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
else {
const err4 = {instancePath:instancePath+"/authorization-plugins",schemaPath:"#/properties/authorization-plugins/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["authorization-plugins"].type,parentSchema:schema17.properties["authorization-plugins"],data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.bip !== undefined){
let data4 = data.bip;
if(typeof data4 !== "string"){
const err5 = {instancePath:instancePath+"/bip",schemaPath:"#/properties/bip/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.bip.type,parentSchema:schema17.properties.bip,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.bridge !== undefined){
let data5 = data.bridge;
if(typeof data5 !== "string"){
const err6 = {instancePath:instancePath+"/bridge",schemaPath:"#/properties/bridge/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.bridge.type,parentSchema:schema17.properties.bridge,data:data5};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.builder !== undefined){
let data6 = data.builder;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
if(!(((key1 === "gc") || (key1 === "entitlements")) || (key1 === "history"))){
const err7 = {instancePath:instancePath+"/builder",schemaPath:"#/properties/builder/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.builder,data:data6};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data6.gc !== undefined){
let data7 = data6.gc;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((key2 === "enabled") || (key2 === "defaultKeepStorage")) || (key2 === "policy"))){
const err8 = {instancePath:instancePath+"/builder/gc",schemaPath:"#/properties/builder/properties/gc/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.builder.properties.gc,data:data7};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data7.enabled !== undefined){
let data8 = data7.enabled;
if(typeof data8 !== "boolean"){
const err9 = {instancePath:instancePath+"/builder/gc/enabled",schemaPath:"#/properties/builder/properties/gc/properties/enabled/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.builder.properties.gc.properties.enabled.type,parentSchema:schema17.properties.builder.properties.gc.properties.enabled,data:data8};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data7.defaultKeepStorage !== undefined){
let data9 = data7.defaultKeepStorage;
if(typeof data9 !== "string"){
const err10 = {instancePath:instancePath+"/builder/gc/defaultKeepStorage",schemaPath:"#/properties/builder/properties/gc/properties/defaultKeepStorage/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.builder.properties.gc.properties.defaultKeepStorage.type,parentSchema:schema17.properties.builder.properties.gc.properties.defaultKeepStorage,data:data9};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
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
const err11 = {instancePath:instancePath+"/builder/gc/policy/" + i2,schemaPath:"#/properties/builder/properties/gc/properties/policy/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items,data:data11};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data11.all !== undefined){
let data12 = data11.all;
if(typeof data12 !== "boolean"){
const err12 = {instancePath:instancePath+"/builder/gc/policy/" + i2+"/all",schemaPath:"#/properties/builder/properties/gc/properties/policy/items/properties/all/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.builder.properties.gc.properties.policy.items.properties.all.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items.properties.all,data:data12};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data11.filter !== undefined){
let data13 = data11.filter;
if(Array.isArray(data13)){
const len3 = data13.length;
for(let i3=0; i3<len3; i3++){
let data14 = data13[i3];
if(typeof data14 !== "string"){
const err13 = {instancePath:instancePath+"/builder/gc/policy/" + i2+"/filter/" + i3,schemaPath:"#/properties/builder/properties/gc/properties/policy/items/properties/filter/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.builder.properties.gc.properties.policy.items.properties.filter.items.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items.properties.filter.items,data:data14};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/builder/gc/policy/" + i2+"/filter",schemaPath:"#/properties/builder/properties/gc/properties/policy/items/properties/filter/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties.builder.properties.gc.properties.policy.items.properties.filter.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items.properties.filter,data:data13};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data11.keepStorage !== undefined){
let data15 = data11.keepStorage;
if(typeof data15 !== "string"){
const err15 = {instancePath:instancePath+"/builder/gc/policy/" + i2+"/keepStorage",schemaPath:"#/properties/builder/properties/gc/properties/policy/items/properties/keepStorage/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.builder.properties.gc.properties.policy.items.properties.keepStorage.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items.properties.keepStorage,data:data15};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/builder/gc/policy/" + i2,schemaPath:"#/properties/builder/properties/gc/properties/policy/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.builder.properties.gc.properties.policy.items.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy.items,data:data11};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/builder/gc/policy",schemaPath:"#/properties/builder/properties/gc/properties/policy/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties.builder.properties.gc.properties.policy.type,parentSchema:schema17.properties.builder.properties.gc.properties.policy,data:data10};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath:instancePath+"/builder/gc",schemaPath:"#/properties/builder/properties/gc/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.builder.properties.gc.type,parentSchema:schema17.properties.builder.properties.gc,data:data7};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data6.entitlements !== undefined){
let data16 = data6.entitlements;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key4 in data16){
if(!((key4 === "network-host") || (key4 === "security-insecure"))){
const err19 = {instancePath:instancePath+"/builder/entitlements",schemaPath:"#/properties/builder/properties/entitlements/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.builder.properties.entitlements,data:data16};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data16["network-host"] !== undefined){
let data17 = data16["network-host"];
if(typeof data17 !== "boolean"){
const err20 = {instancePath:instancePath+"/builder/entitlements/network-host",schemaPath:"#/properties/builder/properties/entitlements/properties/network-host/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.builder.properties.entitlements.properties["network-host"].type,parentSchema:schema17.properties.builder.properties.entitlements.properties["network-host"],data:data17};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data16["security-insecure"] !== undefined){
let data18 = data16["security-insecure"];
if(typeof data18 !== "boolean"){
const err21 = {instancePath:instancePath+"/builder/entitlements/security-insecure",schemaPath:"#/properties/builder/properties/entitlements/properties/security-insecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.builder.properties.entitlements.properties["security-insecure"].type,parentSchema:schema17.properties.builder.properties.entitlements.properties["security-insecure"],data:data18};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/builder/entitlements",schemaPath:"#/properties/builder/properties/entitlements/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.builder.properties.entitlements.type,parentSchema:schema17.properties.builder.properties.entitlements,data:data16};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data6.history !== undefined){
let data19 = data6.history;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key5 in data19){
if(!((key5 === "maxAge") || (key5 === "maxEntries"))){
const err23 = {instancePath:instancePath+"/builder/history",schemaPath:"#/properties/builder/properties/history/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.builder.properties.history,data:data19};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data19.maxAge !== undefined){
let data20 = data19.maxAge;
if((typeof data20 !== "string") && (!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20))))){
const err24 = {instancePath:instancePath+"/builder/history/maxAge",schemaPath:"#/properties/builder/properties/history/properties/maxAge/type",keyword:"type",params:{type: schema17.properties.builder.properties.history.properties.maxAge.type},message:"must be string,integer",schema:schema17.properties.builder.properties.history.properties.maxAge.type,parentSchema:schema17.properties.builder.properties.history.properties.maxAge,data:data20};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data19.maxEntries !== undefined){
let data21 = data19.maxEntries;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err25 = {instancePath:instancePath+"/builder/history/maxEntries",schemaPath:"#/properties/builder/properties/history/properties/maxEntries/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties.builder.properties.history.properties.maxEntries.type,parentSchema:schema17.properties.builder.properties.history.properties.maxEntries,data:data21};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
const err26 = {instancePath:instancePath+"/builder/history/maxEntries",schemaPath:"#/properties/builder/properties/history/properties/maxEntries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties.builder.properties.history.properties.maxEntries,data:data21};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
}
else {
const err27 = {instancePath:instancePath+"/builder/history",schemaPath:"#/properties/builder/properties/history/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.builder.properties.history.type,parentSchema:schema17.properties.builder.properties.history,data:data19};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/builder",schemaPath:"#/properties/builder/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.builder.type,parentSchema:schema17.properties.builder,data:data6};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data["cdi-spec-dirs"] !== undefined){
let data22 = data["cdi-spec-dirs"];
if(Array.isArray(data22)){
const len4 = data22.length;
for(let i4=0; i4<len4; i4++){
let data23 = data22[i4];
if(typeof data23 !== "string"){
const err29 = {instancePath:instancePath+"/cdi-spec-dirs/" + i4,schemaPath:"#/properties/cdi-spec-dirs/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["cdi-spec-dirs"].items.type,parentSchema:schema17.properties["cdi-spec-dirs"].items,data:data23};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/cdi-spec-dirs",schemaPath:"#/properties/cdi-spec-dirs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["cdi-spec-dirs"].type,parentSchema:schema17.properties["cdi-spec-dirs"],data:data22};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data["cgroup-parent"] !== undefined){
let data24 = data["cgroup-parent"];
if(typeof data24 !== "string"){
const err31 = {instancePath:instancePath+"/cgroup-parent",schemaPath:"#/properties/cgroup-parent/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["cgroup-parent"].type,parentSchema:schema17.properties["cgroup-parent"],data:data24};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.debug !== undefined){
let data25 = data.debug;
if(typeof data25 !== "boolean"){
const err32 = {instancePath:instancePath+"/debug",schemaPath:"#/properties/debug/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.debug.type,parentSchema:schema17.properties.debug,data:data25};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
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
const err33 = {instancePath:instancePath+"/default-address-pools/" + i5,schemaPath:"#/definitions/pool/required",keyword:"required",params:{missingProperty: "base"},message:"must have required property '"+"base"+"'",schema:schema18.required,parentSchema:schema18,data:data27};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data27.size === undefined){
const err34 = {instancePath:instancePath+"/default-address-pools/" + i5,schemaPath:"#/definitions/pool/required",keyword:"required",params:{missingProperty: "size"},message:"must have required property '"+"size"+"'",schema:schema18.required,parentSchema:schema18,data:data27};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
for(const key6 in data27){
if(!((key6 === "base") || (key6 === "size"))){
const err35 = {instancePath:instancePath+"/default-address-pools/" + i5,schemaPath:"#/definitions/pool/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",schema:false,parentSchema:schema18,data:data27};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data27.base !== undefined){
let data28 = data27.base;
if(typeof data28 !== "string"){
const err36 = {instancePath:instancePath+"/default-address-pools/" + i5+"/base",schemaPath:"#/definitions/pool/properties/base/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema18.properties.base.type,parentSchema:schema18.properties.base,data:data28};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data27.size !== undefined){
let data29 = data27.size;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err37 = {instancePath:instancePath+"/default-address-pools/" + i5+"/size",schemaPath:"#/definitions/pool/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema18.properties.size.type,parentSchema:schema18.properties.size,data:data29};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 128 || isNaN(data29)){
const err38 = {instancePath:instancePath+"/default-address-pools/" + i5+"/size",schemaPath:"#/definitions/pool/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 128},message:"must be <= 128",schema:128,parentSchema:schema18.properties.size,data:data29};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data29 < 1 || isNaN(data29)){
const err39 = {instancePath:instancePath+"/default-address-pools/" + i5+"/size",schemaPath:"#/definitions/pool/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema18.properties.size,data:data29};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
}
else {
const err40 = {instancePath:instancePath+"/default-address-pools/" + i5,schemaPath:"#/definitions/pool/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema18.type,parentSchema:schema18,data:data27};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath:instancePath+"/default-address-pools",schemaPath:"#/properties/default-address-pools/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["default-address-pools"].type,parentSchema:schema17.properties["default-address-pools"],data:data26};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data["default-cgroupns-mode"] !== undefined){
let data30 = data["default-cgroupns-mode"];
if(!((data30 === "private") || (data30 === "host"))){
const err42 = {instancePath:instancePath+"/default-cgroupns-mode",schemaPath:"#/properties/default-cgroupns-mode/enum",keyword:"enum",params:{allowedValues: schema17.properties["default-cgroupns-mode"].enum},message:"must be equal to one of the allowed values",schema:schema17.properties["default-cgroupns-mode"].enum,parentSchema:schema17.properties["default-cgroupns-mode"],data:data30};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data["default-gateway"] !== undefined){
let data31 = data["default-gateway"];
if(typeof data31 !== "string"){
const err43 = {instancePath:instancePath+"/default-gateway",schemaPath:"#/properties/default-gateway/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["default-gateway"].type,parentSchema:schema17.properties["default-gateway"],data:data31};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data["default-gateway-v6"] !== undefined){
let data32 = data["default-gateway-v6"];
if(typeof data32 !== "string"){
const err44 = {instancePath:instancePath+"/default-gateway-v6",schemaPath:"#/properties/default-gateway-v6/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["default-gateway-v6"].type,parentSchema:schema17.properties["default-gateway-v6"],data:data32};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data["default-ipc-mode"] !== undefined){
let data33 = data["default-ipc-mode"];
if(!((data33 === "private") || (data33 === "shareable"))){
const err45 = {instancePath:instancePath+"/default-ipc-mode",schemaPath:"#/properties/default-ipc-mode/enum",keyword:"enum",params:{allowedValues: schema17.properties["default-ipc-mode"].enum},message:"must be equal to one of the allowed values",schema:schema17.properties["default-ipc-mode"].enum,parentSchema:schema17.properties["default-ipc-mode"],data:data33};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
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
const err46 = {instancePath:instancePath+"/default-network-opts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/default-network-opts/additionalProperties/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["default-network-opts"].additionalProperties.additionalProperties.type,parentSchema:schema17.properties["default-network-opts"].additionalProperties.additionalProperties,data:data36};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
else {
const err47 = {instancePath:instancePath+"/default-network-opts/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/default-network-opts/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties["default-network-opts"].additionalProperties.type,parentSchema:schema17.properties["default-network-opts"].additionalProperties,data:data35};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/default-network-opts",schemaPath:"#/properties/default-network-opts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties["default-network-opts"].type,parentSchema:schema17.properties["default-network-opts"],data:data34};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data["default-runtime"] !== undefined){
let data37 = data["default-runtime"];
if(typeof data37 === "string"){
if(func5(data37) < 1){
const err49 = {instancePath:instancePath+"/default-runtime",schemaPath:"#/properties/default-runtime/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema17.properties["default-runtime"],data:data37};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/default-runtime",schemaPath:"#/properties/default-runtime/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["default-runtime"].type,parentSchema:schema17.properties["default-runtime"],data:data37};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data["default-shm-size"] !== undefined){
let data38 = data["default-shm-size"];
if(typeof data38 === "string"){
if(!pattern3.test(data38)){
const err51 = {instancePath:instancePath+"/default-shm-size",schemaPath:"#/definitions/engineSize/pattern",keyword:"pattern",params:{pattern: "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$"},message:"must match pattern \""+"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$"+"\"",schema:"^[0-9]+(\\.[0-9]+)? ?([kKmMgGtTpP]?[iI]?[bB]?)$",parentSchema:schema19,data:data38};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/default-shm-size",schemaPath:"#/definitions/engineSize/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema19.type,parentSchema:schema19,data:data38};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data["default-ulimits"] !== undefined){
let data39 = data["default-ulimits"];
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
for(const key9 in data39){
let data40 = data39[key9];
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
if(data40.Name === undefined){
const err53 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/ulimit/required",keyword:"required",params:{missingProperty: "Name"},message:"must have required property '"+"Name"+"'",schema:schema20.required,parentSchema:schema20,data:data40};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data40.Hard === undefined){
const err54 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/ulimit/required",keyword:"required",params:{missingProperty: "Hard"},message:"must have required property '"+"Hard"+"'",schema:schema20.required,parentSchema:schema20,data:data40};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(data40.Soft === undefined){
const err55 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/ulimit/required",keyword:"required",params:{missingProperty: "Soft"},message:"must have required property '"+"Soft"+"'",schema:schema20.required,parentSchema:schema20,data:data40};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
for(const key10 in data40){
if(!(((key10 === "Name") || (key10 === "Hard")) || (key10 === "Soft"))){
const err56 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/ulimit/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema20,data:data40};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data40.Name !== undefined){
let data41 = data40.Name;
if(typeof data41 !== "string"){
const err57 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Name",schemaPath:"#/definitions/ulimit/properties/Name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema20.properties.Name.type,parentSchema:schema20.properties.Name,data:data41};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data40.Hard !== undefined){
let data42 = data40.Hard;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
const err58 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Hard",schemaPath:"#/definitions/ulimit/properties/Hard/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema20.properties.Hard.type,parentSchema:schema20.properties.Hard,data:data42};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 < -1 || isNaN(data42)){
const err59 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Hard",schemaPath:"#/definitions/ulimit/properties/Hard/minimum",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",schema:-1,parentSchema:schema20.properties.Hard,data:data42};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
if(data40.Soft !== undefined){
let data43 = data40.Soft;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
const err60 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Soft",schemaPath:"#/definitions/ulimit/properties/Soft/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema20.properties.Soft.type,parentSchema:schema20.properties.Soft,data:data43};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 < -1 || isNaN(data43)){
const err61 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1")+"/Soft",schemaPath:"#/definitions/ulimit/properties/Soft/minimum",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",schema:-1,parentSchema:schema20.properties.Soft,data:data43};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
}
else {
const err62 = {instancePath:instancePath+"/default-ulimits/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/ulimit/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema20.type,parentSchema:schema20,data:data40};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
else {
const err63 = {instancePath:instancePath+"/default-ulimits",schemaPath:"#/properties/default-ulimits/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties["default-ulimits"].type,parentSchema:schema17.properties["default-ulimits"],data:data39};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data.dns !== undefined){
let data44 = data.dns;
if(Array.isArray(data44)){
const len6 = data44.length;
for(let i6=0; i6<len6; i6++){
let data45 = data44[i6];
if(typeof data45 !== "string"){
const err64 = {instancePath:instancePath+"/dns/" + i6,schemaPath:"#/properties/dns/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.dns.items.type,parentSchema:schema17.properties.dns.items,data:data45};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
else {
const err65 = {instancePath:instancePath+"/dns",schemaPath:"#/properties/dns/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties.dns.type,parentSchema:schema17.properties.dns,data:data44};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data["dns-opts"] !== undefined){
let data46 = data["dns-opts"];
if(Array.isArray(data46)){
const len7 = data46.length;
for(let i7=0; i7<len7; i7++){
let data47 = data46[i7];
if(typeof data47 !== "string"){
const err66 = {instancePath:instancePath+"/dns-opts/" + i7,schemaPath:"#/properties/dns-opts/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["dns-opts"].items.type,parentSchema:schema17.properties["dns-opts"].items,data:data47};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
else {
const err67 = {instancePath:instancePath+"/dns-opts",schemaPath:"#/properties/dns-opts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["dns-opts"].type,parentSchema:schema17.properties["dns-opts"],data:data46};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data["dns-search"] !== undefined){
let data48 = data["dns-search"];
if(Array.isArray(data48)){
const len8 = data48.length;
for(let i8=0; i8<len8; i8++){
let data49 = data48[i8];
if(typeof data49 !== "string"){
const err68 = {instancePath:instancePath+"/dns-search/" + i8,schemaPath:"#/properties/dns-search/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["dns-search"].items.type,parentSchema:schema17.properties["dns-search"].items,data:data49};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/dns-search",schemaPath:"#/properties/dns-search/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["dns-search"].type,parentSchema:schema17.properties["dns-search"],data:data48};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
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
const err70 = {instancePath:instancePath+"/exec-opts/" + i9,schemaPath:"#/definitions/assignment/pattern",keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",schema:"^[^=]+=",parentSchema:schema21,data:data51};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/exec-opts/" + i9,schemaPath:"#/definitions/assignment/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema21.type,parentSchema:schema21,data:data51};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
else {
const err72 = {instancePath:instancePath+"/exec-opts",schemaPath:"#/properties/exec-opts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["exec-opts"].type,parentSchema:schema17.properties["exec-opts"],data:data50};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data.experimental !== undefined){
let data52 = data.experimental;
if(typeof data52 !== "boolean"){
const err73 = {instancePath:instancePath+"/experimental",schemaPath:"#/properties/experimental/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.experimental.type,parentSchema:schema17.properties.experimental,data:data52};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data.features !== undefined){
let data53 = data.features;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key11 in data53){
let data54 = data53[key11];
if(typeof data54 !== "boolean"){
const err74 = {instancePath:instancePath+"/features/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/features/additionalProperties/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.features.additionalProperties.type,parentSchema:schema17.properties.features.additionalProperties,data:data54};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
else {
const err75 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.features.type,parentSchema:schema17.properties.features,data:data53};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data["fixed-cidr"] !== undefined){
let data55 = data["fixed-cidr"];
if(typeof data55 !== "string"){
const err76 = {instancePath:instancePath+"/fixed-cidr",schemaPath:"#/properties/fixed-cidr/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["fixed-cidr"].type,parentSchema:schema17.properties["fixed-cidr"],data:data55};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data["fixed-cidr-v6"] !== undefined){
let data56 = data["fixed-cidr-v6"];
if(typeof data56 !== "string"){
const err77 = {instancePath:instancePath+"/fixed-cidr-v6",schemaPath:"#/properties/fixed-cidr-v6/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["fixed-cidr-v6"].type,parentSchema:schema17.properties["fixed-cidr-v6"],data:data56};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data["host-gateway-ip"] !== undefined){
let data57 = data["host-gateway-ip"];
if(typeof data57 !== "string"){
const err78 = {instancePath:instancePath+"/host-gateway-ip",schemaPath:"#/properties/host-gateway-ip/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["host-gateway-ip"].type,parentSchema:schema17.properties["host-gateway-ip"],data:data57};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data.icc !== undefined){
let data58 = data.icc;
if(typeof data58 !== "boolean"){
const err79 = {instancePath:instancePath+"/icc",schemaPath:"#/properties/icc/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.icc.type,parentSchema:schema17.properties.icc,data:data58};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data.init !== undefined){
let data59 = data.init;
if(typeof data59 !== "boolean"){
const err80 = {instancePath:instancePath+"/init",schemaPath:"#/properties/init/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.init.type,parentSchema:schema17.properties.init,data:data59};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data["init-path"] !== undefined){
let data60 = data["init-path"];
if(typeof data60 !== "string"){
const err81 = {instancePath:instancePath+"/init-path",schemaPath:"#/properties/init-path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["init-path"].type,parentSchema:schema17.properties["init-path"],data:data60};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
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
const err82 = {instancePath:instancePath+"/insecure-registries/" + i10,schemaPath:"#/definitions/registry/pattern",keyword:"pattern",params:{pattern: "^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"},message:"must match pattern \""+"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"+"\"",schema:"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$",parentSchema:schema22,data:data62};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/insecure-registries/" + i10,schemaPath:"#/definitions/registry/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema22.type,parentSchema:schema22,data:data62};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
}
else {
const err84 = {instancePath:instancePath+"/insecure-registries",schemaPath:"#/properties/insecure-registries/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["insecure-registries"].type,parentSchema:schema17.properties["insecure-registries"],data:data61};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data.ip !== undefined){
let data63 = data.ip;
if(typeof data63 !== "string"){
const err85 = {instancePath:instancePath+"/ip",schemaPath:"#/properties/ip/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.ip.type,parentSchema:schema17.properties.ip,data:data63};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data["ip-forward"] !== undefined){
let data64 = data["ip-forward"];
if(typeof data64 !== "boolean"){
const err86 = {instancePath:instancePath+"/ip-forward",schemaPath:"#/properties/ip-forward/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["ip-forward"].type,parentSchema:schema17.properties["ip-forward"],data:data64};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data["ip-masq"] !== undefined){
let data65 = data["ip-masq"];
if(typeof data65 !== "boolean"){
const err87 = {instancePath:instancePath+"/ip-masq",schemaPath:"#/properties/ip-masq/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["ip-masq"].type,parentSchema:schema17.properties["ip-masq"],data:data65};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data.ip6tables !== undefined){
let data66 = data.ip6tables;
if(typeof data66 !== "boolean"){
const err88 = {instancePath:instancePath+"/ip6tables",schemaPath:"#/properties/ip6tables/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.ip6tables.type,parentSchema:schema17.properties.ip6tables,data:data66};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data.iptables !== undefined){
let data67 = data.iptables;
if(typeof data67 !== "boolean"){
const err89 = {instancePath:instancePath+"/iptables",schemaPath:"#/properties/iptables/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.iptables.type,parentSchema:schema17.properties.iptables,data:data67};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data.ipv6 !== undefined){
let data68 = data.ipv6;
if(typeof data68 !== "boolean"){
const err90 = {instancePath:instancePath+"/ipv6",schemaPath:"#/properties/ipv6/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties.ipv6.type,parentSchema:schema17.properties.ipv6,data:data68};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
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
const err91 = {instancePath:instancePath+"/labels/" + i11,schemaPath:"#/definitions/label/pattern",keyword:"pattern",params:{pattern: "^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+="},message:"must match pattern \""+"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+="+"\"",schema:"^(?![cC][oO][mM]\\.[dD][oO][cC][kK][eE][rR]\\.|[iI][oO]\\.[dD][oO][cC][kK][eE][rR]\\.|[oO][rR][gG]\\.[dD][oO][cC][kK][eE][rR][pP][rR][oO][jJ][eE][cC][tT]\\.)[^=]+=",parentSchema:schema23,data:data70};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
else {
const err92 = {instancePath:instancePath+"/labels/" + i11,schemaPath:"#/definitions/label/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema23.type,parentSchema:schema23,data:data70};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath:instancePath+"/labels",schemaPath:"#/properties/labels/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties.labels.type,parentSchema:schema17.properties.labels,data:data69};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data["live-restore"] !== undefined){
let data71 = data["live-restore"];
if(typeof data71 !== "boolean"){
const err94 = {instancePath:instancePath+"/live-restore",schemaPath:"#/properties/live-restore/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["live-restore"].type,parentSchema:schema17.properties["live-restore"],data:data71};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data["log-driver"] !== undefined){
let data72 = data["log-driver"];
if(typeof data72 === "string"){
if(func5(data72) < 1){
const err95 = {instancePath:instancePath+"/log-driver",schemaPath:"#/properties/log-driver/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema17.properties["log-driver"],data:data72};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/log-driver",schemaPath:"#/properties/log-driver/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["log-driver"].type,parentSchema:schema17.properties["log-driver"],data:data72};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data["log-format"] !== undefined){
let data73 = data["log-format"];
if(!((data73 === "text") || (data73 === "json"))){
const err97 = {instancePath:instancePath+"/log-format",schemaPath:"#/properties/log-format/enum",keyword:"enum",params:{allowedValues: schema17.properties["log-format"].enum},message:"must be equal to one of the allowed values",schema:schema17.properties["log-format"].enum,parentSchema:schema17.properties["log-format"],data:data73};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data["log-level"] !== undefined){
let data74 = data["log-level"];
if(!(((((((data74 === "panic") || (data74 === "fatal")) || (data74 === "error")) || (data74 === "warn")) || (data74 === "info")) || (data74 === "debug")) || (data74 === "trace"))){
const err98 = {instancePath:instancePath+"/log-level",schemaPath:"#/properties/log-level/enum",keyword:"enum",params:{allowedValues: schema17.properties["log-level"].enum},message:"must be equal to one of the allowed values",schema:schema17.properties["log-level"].enum,parentSchema:schema17.properties["log-level"],data:data74};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data["log-opts"] !== undefined){
let data75 = data["log-opts"];
if(data75 && typeof data75 == "object" && !Array.isArray(data75)){
for(const key12 in data75){
let data76 = data75[key12];
if(typeof data76 !== "string"){
const err99 = {instancePath:instancePath+"/log-opts/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/log-opts/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["log-opts"].additionalProperties.type,parentSchema:schema17.properties["log-opts"].additionalProperties,data:data76};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
}
else {
const err100 = {instancePath:instancePath+"/log-opts",schemaPath:"#/properties/log-opts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties["log-opts"].type,parentSchema:schema17.properties["log-opts"],data:data75};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data["max-concurrent-downloads"] !== undefined){
let data77 = data["max-concurrent-downloads"];
if(!(((typeof data77 == "number") && (!(data77 % 1) && !isNaN(data77))) && (isFinite(data77)))){
const err101 = {instancePath:instancePath+"/max-concurrent-downloads",schemaPath:"#/properties/max-concurrent-downloads/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties["max-concurrent-downloads"].type,parentSchema:schema17.properties["max-concurrent-downloads"],data:data77};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if((typeof data77 == "number") && (isFinite(data77))){
if(data77 < 0 || isNaN(data77)){
const err102 = {instancePath:instancePath+"/max-concurrent-downloads",schemaPath:"#/properties/max-concurrent-downloads/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties["max-concurrent-downloads"],data:data77};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
}
if(data["max-concurrent-uploads"] !== undefined){
let data78 = data["max-concurrent-uploads"];
if(!(((typeof data78 == "number") && (!(data78 % 1) && !isNaN(data78))) && (isFinite(data78)))){
const err103 = {instancePath:instancePath+"/max-concurrent-uploads",schemaPath:"#/properties/max-concurrent-uploads/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties["max-concurrent-uploads"].type,parentSchema:schema17.properties["max-concurrent-uploads"],data:data78};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
if((typeof data78 == "number") && (isFinite(data78))){
if(data78 < 0 || isNaN(data78)){
const err104 = {instancePath:instancePath+"/max-concurrent-uploads",schemaPath:"#/properties/max-concurrent-uploads/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties["max-concurrent-uploads"],data:data78};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
}
if(data["max-download-attempts"] !== undefined){
let data79 = data["max-download-attempts"];
if(!(((typeof data79 == "number") && (!(data79 % 1) && !isNaN(data79))) && (isFinite(data79)))){
const err105 = {instancePath:instancePath+"/max-download-attempts",schemaPath:"#/properties/max-download-attempts/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties["max-download-attempts"].type,parentSchema:schema17.properties["max-download-attempts"],data:data79};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if((typeof data79 == "number") && (isFinite(data79))){
if(data79 < 0 || isNaN(data79)){
const err106 = {instancePath:instancePath+"/max-download-attempts",schemaPath:"#/properties/max-download-attempts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties["max-download-attempts"],data:data79};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
}
if(data["metrics-addr"] !== undefined){
let data80 = data["metrics-addr"];
if(typeof data80 !== "string"){
const err107 = {instancePath:instancePath+"/metrics-addr",schemaPath:"#/properties/metrics-addr/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["metrics-addr"].type,parentSchema:schema17.properties["metrics-addr"],data:data80};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data.mtu !== undefined){
let data81 = data.mtu;
if(!(((typeof data81 == "number") && (!(data81 % 1) && !isNaN(data81))) && (isFinite(data81)))){
const err108 = {instancePath:instancePath+"/mtu",schemaPath:"#/properties/mtu/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties.mtu.type,parentSchema:schema17.properties.mtu,data:data81};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if((typeof data81 == "number") && (isFinite(data81))){
if(data81 < 0 || isNaN(data81)){
const err109 = {instancePath:instancePath+"/mtu",schemaPath:"#/properties/mtu/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties.mtu,data:data81};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
}
if(data["network-control-plane-mtu"] !== undefined){
let data82 = data["network-control-plane-mtu"];
if(!(((typeof data82 == "number") && (!(data82 % 1) && !isNaN(data82))) && (isFinite(data82)))){
const err110 = {instancePath:instancePath+"/network-control-plane-mtu",schemaPath:"#/properties/network-control-plane-mtu/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties["network-control-plane-mtu"].type,parentSchema:schema17.properties["network-control-plane-mtu"],data:data82};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if((typeof data82 == "number") && (isFinite(data82))){
if(data82 < 0 || isNaN(data82)){
const err111 = {instancePath:instancePath+"/network-control-plane-mtu",schemaPath:"#/properties/network-control-plane-mtu/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema17.properties["network-control-plane-mtu"],data:data82};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
}
if(data["no-new-privileges"] !== undefined){
let data83 = data["no-new-privileges"];
if(typeof data83 !== "boolean"){
const err112 = {instancePath:instancePath+"/no-new-privileges",schemaPath:"#/properties/no-new-privileges/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["no-new-privileges"].type,parentSchema:schema17.properties["no-new-privileges"],data:data83};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
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
const err113 = {instancePath:instancePath+"/node-generic-resources/" + i12,schemaPath:"#/definitions/assignment/pattern",keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",schema:"^[^=]+=",parentSchema:schema21,data:data85};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
else {
const err114 = {instancePath:instancePath+"/node-generic-resources/" + i12,schemaPath:"#/definitions/assignment/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema21.type,parentSchema:schema21,data:data85};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
}
else {
const err115 = {instancePath:instancePath+"/node-generic-resources",schemaPath:"#/properties/node-generic-resources/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["node-generic-resources"].type,parentSchema:schema17.properties["node-generic-resources"],data:data84};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data.proxies !== undefined){
let data86 = data.proxies;
if(data86 && typeof data86 == "object" && !Array.isArray(data86)){
for(const key13 in data86){
if(!(((key13 === "http-proxy") || (key13 === "https-proxy")) || (key13 === "no-proxy"))){
const err116 = {instancePath:instancePath+"/proxies",schemaPath:"#/properties/proxies/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",schema:false,parentSchema:schema17.properties.proxies,data:data86};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data86["http-proxy"] !== undefined){
let data87 = data86["http-proxy"];
if(typeof data87 !== "string"){
const err117 = {instancePath:instancePath+"/proxies/http-proxy",schemaPath:"#/properties/proxies/properties/http-proxy/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.proxies.properties["http-proxy"].type,parentSchema:schema17.properties.proxies.properties["http-proxy"],data:data87};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data86["https-proxy"] !== undefined){
let data88 = data86["https-proxy"];
if(typeof data88 !== "string"){
const err118 = {instancePath:instancePath+"/proxies/https-proxy",schemaPath:"#/properties/proxies/properties/https-proxy/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.proxies.properties["https-proxy"].type,parentSchema:schema17.properties.proxies.properties["https-proxy"],data:data88};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data86["no-proxy"] !== undefined){
let data89 = data86["no-proxy"];
if(typeof data89 !== "string"){
const err119 = {instancePath:instancePath+"/proxies/no-proxy",schemaPath:"#/properties/proxies/properties/no-proxy/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties.proxies.properties["no-proxy"].type,parentSchema:schema17.properties.proxies.properties["no-proxy"],data:data89};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
}
else {
const err120 = {instancePath:instancePath+"/proxies",schemaPath:"#/properties/proxies/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.proxies.type,parentSchema:schema17.properties.proxies,data:data86};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data["raw-logs"] !== undefined){
let data90 = data["raw-logs"];
if(typeof data90 !== "boolean"){
const err121 = {instancePath:instancePath+"/raw-logs",schemaPath:"#/properties/raw-logs/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["raw-logs"].type,parentSchema:schema17.properties["raw-logs"],data:data90};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
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
const err122 = {instancePath:instancePath+"/registry-mirrors/" + i13,schemaPath:"#/definitions/mirror/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"+"\"",schema:"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$",parentSchema:schema25,data:data92};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
else {
const err123 = {instancePath:instancePath+"/registry-mirrors/" + i13,schemaPath:"#/definitions/mirror/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema25.type,parentSchema:schema25,data:data92};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
}
else {
const err124 = {instancePath:instancePath+"/registry-mirrors",schemaPath:"#/properties/registry-mirrors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["registry-mirrors"].type,parentSchema:schema17.properties["registry-mirrors"],data:data91};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
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
const err125 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/runtime/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties",schema:false,parentSchema:schema26,data:data94};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data94.path !== undefined){
let data95 = data94.path;
if(typeof data95 !== "string"){
const err126 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/path",schemaPath:"#/definitions/runtime/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.properties.path.type,parentSchema:schema26.properties.path,data:data95};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(data94.runtimeArgs !== undefined){
let data96 = data94.runtimeArgs;
if(Array.isArray(data96)){
const len14 = data96.length;
for(let i14=0; i14<len14; i14++){
let data97 = data96[i14];
if(typeof data97 !== "string"){
const err127 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeArgs/" + i14,schemaPath:"#/definitions/runtime/properties/runtimeArgs/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.properties.runtimeArgs.items.type,parentSchema:schema26.properties.runtimeArgs.items,data:data97};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
}
else {
const err128 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeArgs",schemaPath:"#/definitions/runtime/properties/runtimeArgs/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema26.properties.runtimeArgs.type,parentSchema:schema26.properties.runtimeArgs,data:data96};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
if(data94.runtimeType !== undefined){
let data98 = data94.runtimeType;
if(typeof data98 !== "string"){
const err129 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/runtimeType",schemaPath:"#/definitions/runtime/properties/runtimeType/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema26.properties.runtimeType.type,parentSchema:schema26.properties.runtimeType,data:data98};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data94.options !== undefined){
let data99 = data94.options;
if(!(data99 && typeof data99 == "object" && !Array.isArray(data99))){
const err130 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1")+"/options",schemaPath:"#/definitions/runtime/properties/options/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema26.properties.options.type,parentSchema:schema26.properties.options,data:data99};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
}
else {
const err131 = {instancePath:instancePath+"/runtimes/" + key14.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/runtime/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema26.type,parentSchema:schema26,data:data94};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
}
else {
const err132 = {instancePath:instancePath+"/runtimes",schemaPath:"#/properties/runtimes/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.properties.runtimes.type,parentSchema:schema17.properties.runtimes,data:data93};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data["seccomp-profile"] !== undefined){
let data100 = data["seccomp-profile"];
if(typeof data100 !== "string"){
const err133 = {instancePath:instancePath+"/seccomp-profile",schemaPath:"#/properties/seccomp-profile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["seccomp-profile"].type,parentSchema:schema17.properties["seccomp-profile"],data:data100};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data["selinux-enabled"] !== undefined){
let data101 = data["selinux-enabled"];
if(typeof data101 !== "boolean"){
const err134 = {instancePath:instancePath+"/selinux-enabled",schemaPath:"#/properties/selinux-enabled/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["selinux-enabled"].type,parentSchema:schema17.properties["selinux-enabled"],data:data101};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data["shutdown-timeout"] !== undefined){
let data102 = data["shutdown-timeout"];
if(!(((typeof data102 == "number") && (!(data102 % 1) && !isNaN(data102))) && (isFinite(data102)))){
const err135 = {instancePath:instancePath+"/shutdown-timeout",schemaPath:"#/properties/shutdown-timeout/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema17.properties["shutdown-timeout"].type,parentSchema:schema17.properties["shutdown-timeout"],data:data102};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
if((typeof data102 == "number") && (isFinite(data102))){
if(data102 < -1 || isNaN(data102)){
const err136 = {instancePath:instancePath+"/shutdown-timeout",schemaPath:"#/properties/shutdown-timeout/minimum",keyword:"minimum",params:{comparison: ">=", limit: -1},message:"must be >= -1",schema:-1,parentSchema:schema17.properties["shutdown-timeout"],data:data102};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
}
if(data["storage-driver"] !== undefined){
let data103 = data["storage-driver"];
if(typeof data103 === "string"){
if(func5(data103) < 1){
const err137 = {instancePath:instancePath+"/storage-driver",schemaPath:"#/properties/storage-driver/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",schema:1,parentSchema:schema17.properties["storage-driver"],data:data103};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
else {
const err138 = {instancePath:instancePath+"/storage-driver",schemaPath:"#/properties/storage-driver/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["storage-driver"].type,parentSchema:schema17.properties["storage-driver"],data:data103};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
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
const err139 = {instancePath:instancePath+"/storage-opts/" + i15,schemaPath:"#/definitions/assignment/pattern",keyword:"pattern",params:{pattern: "^[^=]+="},message:"must match pattern \""+"^[^=]+="+"\"",schema:"^[^=]+=",parentSchema:schema21,data:data105};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/storage-opts/" + i15,schemaPath:"#/definitions/assignment/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema21.type,parentSchema:schema21,data:data105};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
else {
const err141 = {instancePath:instancePath+"/storage-opts",schemaPath:"#/properties/storage-opts/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema17.properties["storage-opts"].type,parentSchema:schema17.properties["storage-opts"],data:data104};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data["userland-proxy"] !== undefined){
let data106 = data["userland-proxy"];
if(typeof data106 !== "boolean"){
const err142 = {instancePath:instancePath+"/userland-proxy",schemaPath:"#/properties/userland-proxy/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema17.properties["userland-proxy"].type,parentSchema:schema17.properties["userland-proxy"],data:data106};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data["userland-proxy-path"] !== undefined){
let data107 = data["userland-proxy-path"];
if(typeof data107 === "string"){
if(!pattern10.test(data107)){
const err143 = {instancePath:instancePath+"/userland-proxy-path",schemaPath:"#/properties/userland-proxy-path/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema17.properties["userland-proxy-path"],data:data107};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
else {
const err144 = {instancePath:instancePath+"/userland-proxy-path",schemaPath:"#/properties/userland-proxy-path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["userland-proxy-path"].type,parentSchema:schema17.properties["userland-proxy-path"],data:data107};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
if(data["userns-remap"] !== undefined){
let data108 = data["userns-remap"];
if(typeof data108 !== "string"){
const err145 = {instancePath:instancePath+"/userns-remap",schemaPath:"#/properties/userns-remap/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema17.properties["userns-remap"].type,parentSchema:schema17.properties["userns-remap"],data:data108};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
}
else {
const err146 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema17.type,parentSchema:schema17,data};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema35 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"image":{"type":"string"},"capabilities":{"$ref":"#/definitions/strings"},"capabilities.add":{"$ref":"#/definitions/strings"},"ambient":{"$ref":"#/definitions/strings"},"mounts":{"$ref":"#/definitions/mounts"},"binds":{"$ref":"#/definitions/strings"},"binds.add":{"$ref":"#/definitions/strings"},"devices":{"$ref":"#/definitions/devices"},"tmpfs":{"$ref":"#/definitions/strings"},"command":{"$ref":"#/definitions/strings"},"env":{"$ref":"#/definitions/strings"},"cwd":{"type":"string"},"net":{"type":"string"},"pid":{"type":"string"},"ipc":{"type":"string"},"uts":{"type":"string"},"userns":{"type":"string"},"hostname":{"type":"string"},"readonly":{"type":"boolean"},"maskedPaths":{"$ref":"#/definitions/strings"},"readonlyPaths":{"$ref":"#/definitions/strings"},"uid":{"$ref":"#/definitions/id"},"gid":{"$ref":"#/definitions/id"},"additionalGids":{"type":"array","items":{"type":["string","integer"]}},"noNewPrivileges":{"type":"boolean"},"oomScoreAdj":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"rootfsPropagation":{"type":"string"},"cgroupsPath":{"type":"string"},"resources":{"$ref":"#/definitions/resources"},"sysctl":{"$ref":"#/definitions/texts"},"rlimits":{"$ref":"#/definitions/strings"},"uidMappings":{"$ref":"#/definitions/idMappings"},"gidMappings":{"$ref":"#/definitions/idMappings"},"annotations":{"$ref":"#/definitions/texts"},"runtime":{"$ref":"#/definitions/runtime"}},"required":["name","image"]}};
const schema34 = {"type":"array","items":{"type":"string"}};
const schema45 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"`all` allows every device of the type."},"type":{"type":"string"},"major":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"minor":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"mode":{"type":"string","description":"Octal."}}}};
const schema51 = {"type":["string","integer"],"description":"Number, or the name of an onboot, onshutdown or services entry: each has its own id, from 100 in order."};
const schema58 = {"type":"object","additionalProperties":{"type":"string"}};
const schema41 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"hostID":{"type":"integer"},"containerID":{"type":"integer"},"size":{"type":"integer","minimum":0,"maximum":4294967295}}}};
const schema39 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"destination":{"type":"string"},"type":{"type":"string"},"source":{"type":"string"},"options":{"$ref":"#/definitions/strings"},"uidmappings":{"$ref":"#/definitions/idMappings"},"gidmappings":{"$ref":"#/definitions/idMappings"}}}};

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
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema39.items,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data0.destination !== undefined){
let data1 = data0.destination;
if(typeof data1 !== "string"){
const err1 = {instancePath:instancePath+"/" + i0+"/destination",schemaPath:"#/items/properties/destination/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.items.properties.destination.type,parentSchema:schema39.items.properties.destination,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data0.type !== undefined){
let data2 = data0.type;
if(typeof data2 !== "string"){
const err2 = {instancePath:instancePath+"/" + i0+"/type",schemaPath:"#/items/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.items.properties.type.type,parentSchema:schema39.items.properties.type,data:data2};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data0.source !== undefined){
let data3 = data0.source;
if(typeof data3 !== "string"){
const err3 = {instancePath:instancePath+"/" + i0+"/source",schemaPath:"#/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema39.items.properties.source.type,parentSchema:schema39.items.properties.source,data:data3};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.options !== undefined){
let data4 = data0.options;
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(typeof data5 !== "string"){
const err4 = {instancePath:instancePath+"/" + i0+"/options/" + i1,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data5};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/" + i0+"/options",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
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
const err6 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2,schemaPath:"#/definitions/idMappings/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema41.items,data:data7};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data7.hostID !== undefined){
let data8 = data7.hostID;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err7 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/hostID",schemaPath:"#/definitions/idMappings/items/properties/hostID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.hostID.type,parentSchema:schema41.items.properties.hostID,data:data8};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data7.containerID !== undefined){
let data9 = data7.containerID;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err8 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/containerID",schemaPath:"#/definitions/idMappings/items/properties/containerID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.containerID.type,parentSchema:schema41.items.properties.containerID,data:data9};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data7.size !== undefined){
let data10 = data7.size;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err9 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.size.type,parentSchema:schema41.items.properties.size,data:data10};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 4294967295 || isNaN(data10)){
const err10 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema41.items.properties.size,data:data10};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data10 < 0 || isNaN(data10)){
const err11 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema41.items.properties.size,data:data10};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
}
else {
const err12 = {instancePath:instancePath+"/" + i0+"/uidmappings/" + i2,schemaPath:"#/definitions/idMappings/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema41.items.type,parentSchema:schema41.items,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/" + i0+"/uidmappings",schemaPath:"#/definitions/idMappings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema41.type,parentSchema:schema41,data:data6};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
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
const err14 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3,schemaPath:"#/definitions/idMappings/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema41.items,data:data12};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data12.hostID !== undefined){
let data13 = data12.hostID;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err15 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/hostID",schemaPath:"#/definitions/idMappings/items/properties/hostID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.hostID.type,parentSchema:schema41.items.properties.hostID,data:data13};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data12.containerID !== undefined){
let data14 = data12.containerID;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err16 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/containerID",schemaPath:"#/definitions/idMappings/items/properties/containerID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.containerID.type,parentSchema:schema41.items.properties.containerID,data:data14};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data12.size !== undefined){
let data15 = data12.size;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
const err17 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.size.type,parentSchema:schema41.items.properties.size,data:data15};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 4294967295 || isNaN(data15)){
const err18 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema41.items.properties.size,data:data15};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data15 < 0 || isNaN(data15)){
const err19 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema41.items.properties.size,data:data15};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
}
else {
const err20 = {instancePath:instancePath+"/" + i0+"/gidmappings/" + i3,schemaPath:"#/definitions/idMappings/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema41.items.type,parentSchema:schema41.items,data:data12};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/" + i0+"/gidmappings",schemaPath:"#/definitions/idMappings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema41.type,parentSchema:schema41,data:data11};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema39.items.type,parentSchema:schema39.items,data:data0};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema39.type,parentSchema:schema39,data};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

const schema53 = {"type":"object","additionalProperties":false,"properties":{"devices":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"allow":{"type":"boolean"},"type":{"type":"string"},"major":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"minor":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"access":{"type":"string"}}}},"memory":{"type":"object","additionalProperties":false,"properties":{"limit":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"reservation":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"swap":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"kernel":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"kernelTCP":{"type":"integer"},"swappiness":{"type":"integer","minimum":0,"maximum":18446744073709552000},"disableOOMKiller":{"type":"boolean"}}},"cpu":{"type":"object","additionalProperties":false,"properties":{"shares":{"type":"integer","minimum":0,"maximum":18446744073709552000},"quota":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000},"period":{"type":"integer","minimum":0,"maximum":18446744073709552000},"realtimeRuntime":{"type":"integer"},"realtimePeriod":{"type":"integer"},"cpus":{"type":"string"},"mems":{"type":"string"}}},"pids":{"type":"object","additionalProperties":false,"properties":{"limit":{"type":"integer","minimum":-9223372036854776000,"maximum":9223372036854776000}}},"blockio":{"type":"object","additionalProperties":false,"properties":{"weight":{"type":"integer","minimum":0,"maximum":65535},"leafWeight":{"type":"integer"},"weightDevice":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"major":{"type":"integer"},"minor":{"type":"integer"},"weight":{"type":"integer"},"leafWeight":{"type":"integer"}}}},"throttleReadBpsDevice":{"$ref":"#/definitions/throttles"},"throttleWriteBpsDevice":{"$ref":"#/definitions/throttles"},"throttleReadIOPSDevice":{"$ref":"#/definitions/throttles"},"throttleWriteIOPSDevice":{"$ref":"#/definitions/throttles"}}},"hugepageLimits":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"pageSize":{"type":"integer"},"limit":{"type":"integer"}}}},"network":{"type":"object","additionalProperties":false,"properties":{"classID":{"type":"integer"},"priorities":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"priority":{"type":"integer","minimum":0,"maximum":4294967295}}}}}}}};
const schema54 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"major":{"type":"integer"},"minor":{"type":"integer"},"rate":{"type":"integer"}}}};

function validate17(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((((((key0 === "devices") || (key0 === "memory")) || (key0 === "cpu")) || (key0 === "pids")) || (key0 === "blockio")) || (key0 === "hugepageLimits")) || (key0 === "network"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema53,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
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
const err1 = {instancePath:instancePath+"/devices/" + i0,schemaPath:"#/properties/devices/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.devices.items,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data1.allow !== undefined){
let data2 = data1.allow;
if(typeof data2 !== "boolean"){
const err2 = {instancePath:instancePath+"/devices/" + i0+"/allow",schemaPath:"#/properties/devices/items/properties/allow/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema53.properties.devices.items.properties.allow.type,parentSchema:schema53.properties.devices.items.properties.allow,data:data2};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data1.type !== undefined){
let data3 = data1.type;
if(typeof data3 !== "string"){
const err3 = {instancePath:instancePath+"/devices/" + i0+"/type",schemaPath:"#/properties/devices/items/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.properties.devices.items.properties.type.type,parentSchema:schema53.properties.devices.items.properties.type,data:data3};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data1.major !== undefined){
let data4 = data1.major;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err4 = {instancePath:instancePath+"/devices/" + i0+"/major",schemaPath:"#/properties/devices/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.devices.items.properties.major.type,parentSchema:schema53.properties.devices.items.properties.major,data:data4};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 9223372036854776000 || isNaN(data4)){
const err5 = {instancePath:instancePath+"/devices/" + i0+"/major",schemaPath:"#/properties/devices/items/properties/major/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.devices.items.properties.major,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data4 < -9223372036854776000 || isNaN(data4)){
const err6 = {instancePath:instancePath+"/devices/" + i0+"/major",schemaPath:"#/properties/devices/items/properties/major/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.devices.items.properties.major,data:data4};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
if(data1.minor !== undefined){
let data5 = data1.minor;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err7 = {instancePath:instancePath+"/devices/" + i0+"/minor",schemaPath:"#/properties/devices/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.devices.items.properties.minor.type,parentSchema:schema53.properties.devices.items.properties.minor,data:data5};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 9223372036854776000 || isNaN(data5)){
const err8 = {instancePath:instancePath+"/devices/" + i0+"/minor",schemaPath:"#/properties/devices/items/properties/minor/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.devices.items.properties.minor,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data5 < -9223372036854776000 || isNaN(data5)){
const err9 = {instancePath:instancePath+"/devices/" + i0+"/minor",schemaPath:"#/properties/devices/items/properties/minor/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.devices.items.properties.minor,data:data5};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
if(data1.access !== undefined){
let data6 = data1.access;
if(typeof data6 !== "string"){
const err10 = {instancePath:instancePath+"/devices/" + i0+"/access",schemaPath:"#/properties/devices/items/properties/access/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.properties.devices.items.properties.access.type,parentSchema:schema53.properties.devices.items.properties.access,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/devices/" + i0,schemaPath:"#/properties/devices/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.devices.items.type,parentSchema:schema53.properties.devices.items,data:data1};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/devices",schemaPath:"#/properties/devices/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema53.properties.devices.type,parentSchema:schema53.properties.devices,data:data0};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.memory !== undefined){
let data7 = data.memory;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((((((key2 === "limit") || (key2 === "reservation")) || (key2 === "swap")) || (key2 === "kernel")) || (key2 === "kernelTCP")) || (key2 === "swappiness")) || (key2 === "disableOOMKiller"))){
const err13 = {instancePath:instancePath+"/memory",schemaPath:"#/properties/memory/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.memory,data:data7};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data7.limit !== undefined){
let data8 = data7.limit;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err14 = {instancePath:instancePath+"/memory/limit",schemaPath:"#/properties/memory/properties/limit/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.limit.type,parentSchema:schema53.properties.memory.properties.limit,data:data8};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 9223372036854776000 || isNaN(data8)){
const err15 = {instancePath:instancePath+"/memory/limit",schemaPath:"#/properties/memory/properties/limit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.memory.properties.limit,data:data8};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data8 < -9223372036854776000 || isNaN(data8)){
const err16 = {instancePath:instancePath+"/memory/limit",schemaPath:"#/properties/memory/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.memory.properties.limit,data:data8};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
if(data7.reservation !== undefined){
let data9 = data7.reservation;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err17 = {instancePath:instancePath+"/memory/reservation",schemaPath:"#/properties/memory/properties/reservation/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.reservation.type,parentSchema:schema53.properties.memory.properties.reservation,data:data9};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 9223372036854776000 || isNaN(data9)){
const err18 = {instancePath:instancePath+"/memory/reservation",schemaPath:"#/properties/memory/properties/reservation/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.memory.properties.reservation,data:data9};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data9 < -9223372036854776000 || isNaN(data9)){
const err19 = {instancePath:instancePath+"/memory/reservation",schemaPath:"#/properties/memory/properties/reservation/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.memory.properties.reservation,data:data9};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
if(data7.swap !== undefined){
let data10 = data7.swap;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err20 = {instancePath:instancePath+"/memory/swap",schemaPath:"#/properties/memory/properties/swap/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.swap.type,parentSchema:schema53.properties.memory.properties.swap,data:data10};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 9223372036854776000 || isNaN(data10)){
const err21 = {instancePath:instancePath+"/memory/swap",schemaPath:"#/properties/memory/properties/swap/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.memory.properties.swap,data:data10};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data10 < -9223372036854776000 || isNaN(data10)){
const err22 = {instancePath:instancePath+"/memory/swap",schemaPath:"#/properties/memory/properties/swap/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.memory.properties.swap,data:data10};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
if(data7.kernel !== undefined){
let data11 = data7.kernel;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err23 = {instancePath:instancePath+"/memory/kernel",schemaPath:"#/properties/memory/properties/kernel/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.kernel.type,parentSchema:schema53.properties.memory.properties.kernel,data:data11};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 9223372036854776000 || isNaN(data11)){
const err24 = {instancePath:instancePath+"/memory/kernel",schemaPath:"#/properties/memory/properties/kernel/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.memory.properties.kernel,data:data11};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data11 < -9223372036854776000 || isNaN(data11)){
const err25 = {instancePath:instancePath+"/memory/kernel",schemaPath:"#/properties/memory/properties/kernel/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.memory.properties.kernel,data:data11};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
if(data7.kernelTCP !== undefined){
let data12 = data7.kernelTCP;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err26 = {instancePath:instancePath+"/memory/kernelTCP",schemaPath:"#/properties/memory/properties/kernelTCP/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.kernelTCP.type,parentSchema:schema53.properties.memory.properties.kernelTCP,data:data12};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data7.swappiness !== undefined){
let data13 = data7.swappiness;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err27 = {instancePath:instancePath+"/memory/swappiness",schemaPath:"#/properties/memory/properties/swappiness/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.memory.properties.swappiness.type,parentSchema:schema53.properties.memory.properties.swappiness,data:data13};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 18446744073709552000 || isNaN(data13)){
const err28 = {instancePath:instancePath+"/memory/swappiness",schemaPath:"#/properties/memory/properties/swappiness/maximum",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",schema:18446744073709552000,parentSchema:schema53.properties.memory.properties.swappiness,data:data13};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err29 = {instancePath:instancePath+"/memory/swappiness",schemaPath:"#/properties/memory/properties/swappiness/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.properties.memory.properties.swappiness,data:data13};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
if(data7.disableOOMKiller !== undefined){
let data14 = data7.disableOOMKiller;
if(typeof data14 !== "boolean"){
const err30 = {instancePath:instancePath+"/memory/disableOOMKiller",schemaPath:"#/properties/memory/properties/disableOOMKiller/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema53.properties.memory.properties.disableOOMKiller.type,parentSchema:schema53.properties.memory.properties.disableOOMKiller,data:data14};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/memory",schemaPath:"#/properties/memory/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.memory.type,parentSchema:schema53.properties.memory,data:data7};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.cpu !== undefined){
let data15 = data.cpu;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key3 in data15){
if(!(((((((key3 === "shares") || (key3 === "quota")) || (key3 === "period")) || (key3 === "realtimeRuntime")) || (key3 === "realtimePeriod")) || (key3 === "cpus")) || (key3 === "mems"))){
const err32 = {instancePath:instancePath+"/cpu",schemaPath:"#/properties/cpu/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.cpu,data:data15};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data15.shares !== undefined){
let data16 = data15.shares;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err33 = {instancePath:instancePath+"/cpu/shares",schemaPath:"#/properties/cpu/properties/shares/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.cpu.properties.shares.type,parentSchema:schema53.properties.cpu.properties.shares,data:data16};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 18446744073709552000 || isNaN(data16)){
const err34 = {instancePath:instancePath+"/cpu/shares",schemaPath:"#/properties/cpu/properties/shares/maximum",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",schema:18446744073709552000,parentSchema:schema53.properties.cpu.properties.shares,data:data16};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data16 < 0 || isNaN(data16)){
const err35 = {instancePath:instancePath+"/cpu/shares",schemaPath:"#/properties/cpu/properties/shares/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.properties.cpu.properties.shares,data:data16};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
if(data15.quota !== undefined){
let data17 = data15.quota;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err36 = {instancePath:instancePath+"/cpu/quota",schemaPath:"#/properties/cpu/properties/quota/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.cpu.properties.quota.type,parentSchema:schema53.properties.cpu.properties.quota,data:data17};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 9223372036854776000 || isNaN(data17)){
const err37 = {instancePath:instancePath+"/cpu/quota",schemaPath:"#/properties/cpu/properties/quota/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.cpu.properties.quota,data:data17};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data17 < -9223372036854776000 || isNaN(data17)){
const err38 = {instancePath:instancePath+"/cpu/quota",schemaPath:"#/properties/cpu/properties/quota/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.cpu.properties.quota,data:data17};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
if(data15.period !== undefined){
let data18 = data15.period;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err39 = {instancePath:instancePath+"/cpu/period",schemaPath:"#/properties/cpu/properties/period/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.cpu.properties.period.type,parentSchema:schema53.properties.cpu.properties.period,data:data18};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 18446744073709552000 || isNaN(data18)){
const err40 = {instancePath:instancePath+"/cpu/period",schemaPath:"#/properties/cpu/properties/period/maximum",keyword:"maximum",params:{comparison: "<=", limit: 18446744073709552000},message:"must be <= 18446744073709552000",schema:18446744073709552000,parentSchema:schema53.properties.cpu.properties.period,data:data18};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data18 < 0 || isNaN(data18)){
const err41 = {instancePath:instancePath+"/cpu/period",schemaPath:"#/properties/cpu/properties/period/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.properties.cpu.properties.period,data:data18};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
if(data15.realtimeRuntime !== undefined){
let data19 = data15.realtimeRuntime;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err42 = {instancePath:instancePath+"/cpu/realtimeRuntime",schemaPath:"#/properties/cpu/properties/realtimeRuntime/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.cpu.properties.realtimeRuntime.type,parentSchema:schema53.properties.cpu.properties.realtimeRuntime,data:data19};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data15.realtimePeriod !== undefined){
let data20 = data15.realtimePeriod;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err43 = {instancePath:instancePath+"/cpu/realtimePeriod",schemaPath:"#/properties/cpu/properties/realtimePeriod/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.cpu.properties.realtimePeriod.type,parentSchema:schema53.properties.cpu.properties.realtimePeriod,data:data20};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data15.cpus !== undefined){
let data21 = data15.cpus;
if(typeof data21 !== "string"){
const err44 = {instancePath:instancePath+"/cpu/cpus",schemaPath:"#/properties/cpu/properties/cpus/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.properties.cpu.properties.cpus.type,parentSchema:schema53.properties.cpu.properties.cpus,data:data21};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data15.mems !== undefined){
let data22 = data15.mems;
if(typeof data22 !== "string"){
const err45 = {instancePath:instancePath+"/cpu/mems",schemaPath:"#/properties/cpu/properties/mems/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.properties.cpu.properties.mems.type,parentSchema:schema53.properties.cpu.properties.mems,data:data22};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/cpu",schemaPath:"#/properties/cpu/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.cpu.type,parentSchema:schema53.properties.cpu,data:data15};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data.pids !== undefined){
let data23 = data.pids;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
for(const key4 in data23){
if(!(key4 === "limit")){
const err47 = {instancePath:instancePath+"/pids",schemaPath:"#/properties/pids/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.pids,data:data23};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data23.limit !== undefined){
let data24 = data23.limit;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
const err48 = {instancePath:instancePath+"/pids/limit",schemaPath:"#/properties/pids/properties/limit/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.pids.properties.limit.type,parentSchema:schema53.properties.pids.properties.limit,data:data24};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 9223372036854776000 || isNaN(data24)){
const err49 = {instancePath:instancePath+"/pids/limit",schemaPath:"#/properties/pids/properties/limit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema53.properties.pids.properties.limit,data:data24};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data24 < -9223372036854776000 || isNaN(data24)){
const err50 = {instancePath:instancePath+"/pids/limit",schemaPath:"#/properties/pids/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema53.properties.pids.properties.limit,data:data24};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
}
else {
const err51 = {instancePath:instancePath+"/pids",schemaPath:"#/properties/pids/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.pids.type,parentSchema:schema53.properties.pids,data:data23};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data.blockio !== undefined){
let data25 = data.blockio;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key5 in data25){
if(!(((((((key5 === "weight") || (key5 === "leafWeight")) || (key5 === "weightDevice")) || (key5 === "throttleReadBpsDevice")) || (key5 === "throttleWriteBpsDevice")) || (key5 === "throttleReadIOPSDevice")) || (key5 === "throttleWriteIOPSDevice"))){
const err52 = {instancePath:instancePath+"/blockio",schemaPath:"#/properties/blockio/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.blockio,data:data25};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data25.weight !== undefined){
let data26 = data25.weight;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
const err53 = {instancePath:instancePath+"/blockio/weight",schemaPath:"#/properties/blockio/properties/weight/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.weight.type,parentSchema:schema53.properties.blockio.properties.weight,data:data26};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 65535 || isNaN(data26)){
const err54 = {instancePath:instancePath+"/blockio/weight",schemaPath:"#/properties/blockio/properties/weight/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema53.properties.blockio.properties.weight,data:data26};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(data26 < 0 || isNaN(data26)){
const err55 = {instancePath:instancePath+"/blockio/weight",schemaPath:"#/properties/blockio/properties/weight/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.properties.blockio.properties.weight,data:data26};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
if(data25.leafWeight !== undefined){
let data27 = data25.leafWeight;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err56 = {instancePath:instancePath+"/blockio/leafWeight",schemaPath:"#/properties/blockio/properties/leafWeight/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.leafWeight.type,parentSchema:schema53.properties.blockio.properties.leafWeight,data:data27};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
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
const err57 = {instancePath:instancePath+"/blockio/weightDevice/" + i1,schemaPath:"#/properties/blockio/properties/weightDevice/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.blockio.properties.weightDevice.items,data:data29};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data29.major !== undefined){
let data30 = data29.major;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
const err58 = {instancePath:instancePath+"/blockio/weightDevice/" + i1+"/major",schemaPath:"#/properties/blockio/properties/weightDevice/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.weightDevice.items.properties.major.type,parentSchema:schema53.properties.blockio.properties.weightDevice.items.properties.major,data:data30};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data29.minor !== undefined){
let data31 = data29.minor;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
const err59 = {instancePath:instancePath+"/blockio/weightDevice/" + i1+"/minor",schemaPath:"#/properties/blockio/properties/weightDevice/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.weightDevice.items.properties.minor.type,parentSchema:schema53.properties.blockio.properties.weightDevice.items.properties.minor,data:data31};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data29.weight !== undefined){
let data32 = data29.weight;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
const err60 = {instancePath:instancePath+"/blockio/weightDevice/" + i1+"/weight",schemaPath:"#/properties/blockio/properties/weightDevice/items/properties/weight/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.weightDevice.items.properties.weight.type,parentSchema:schema53.properties.blockio.properties.weightDevice.items.properties.weight,data:data32};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data29.leafWeight !== undefined){
let data33 = data29.leafWeight;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err61 = {instancePath:instancePath+"/blockio/weightDevice/" + i1+"/leafWeight",schemaPath:"#/properties/blockio/properties/weightDevice/items/properties/leafWeight/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.blockio.properties.weightDevice.items.properties.leafWeight.type,parentSchema:schema53.properties.blockio.properties.weightDevice.items.properties.leafWeight,data:data33};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
else {
const err62 = {instancePath:instancePath+"/blockio/weightDevice/" + i1,schemaPath:"#/properties/blockio/properties/weightDevice/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.blockio.properties.weightDevice.items.type,parentSchema:schema53.properties.blockio.properties.weightDevice.items,data:data29};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
else {
const err63 = {instancePath:instancePath+"/blockio/weightDevice",schemaPath:"#/properties/blockio/properties/weightDevice/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema53.properties.blockio.properties.weightDevice.type,parentSchema:schema53.properties.blockio.properties.weightDevice,data:data28};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
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
const err64 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2,schemaPath:"#/definitions/throttles/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema54.items,data:data35};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data35.major !== undefined){
let data36 = data35.major;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err65 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/major",schemaPath:"#/definitions/throttles/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.major.type,parentSchema:schema54.items.properties.major,data:data36};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data35.minor !== undefined){
let data37 = data35.minor;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
const err66 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/minor",schemaPath:"#/definitions/throttles/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.minor.type,parentSchema:schema54.items.properties.minor,data:data37};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data35.rate !== undefined){
let data38 = data35.rate;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
const err67 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2+"/rate",schemaPath:"#/definitions/throttles/items/properties/rate/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.rate.type,parentSchema:schema54.items.properties.rate,data:data38};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
}
else {
const err68 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice/" + i2,schemaPath:"#/definitions/throttles/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.items.type,parentSchema:schema54.items,data:data35};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/blockio/throttleReadBpsDevice",schemaPath:"#/definitions/throttles/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema54.type,parentSchema:schema54,data:data34};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
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
const err70 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3,schemaPath:"#/definitions/throttles/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",schema:false,parentSchema:schema54.items,data:data40};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data40.major !== undefined){
let data41 = data40.major;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
const err71 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/major",schemaPath:"#/definitions/throttles/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.major.type,parentSchema:schema54.items.properties.major,data:data41};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data40.minor !== undefined){
let data42 = data40.minor;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
const err72 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/minor",schemaPath:"#/definitions/throttles/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.minor.type,parentSchema:schema54.items.properties.minor,data:data42};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data40.rate !== undefined){
let data43 = data40.rate;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
const err73 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3+"/rate",schemaPath:"#/definitions/throttles/items/properties/rate/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.rate.type,parentSchema:schema54.items.properties.rate,data:data43};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice/" + i3,schemaPath:"#/definitions/throttles/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.items.type,parentSchema:schema54.items,data:data40};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
else {
const err75 = {instancePath:instancePath+"/blockio/throttleWriteBpsDevice",schemaPath:"#/definitions/throttles/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema54.type,parentSchema:schema54,data:data39};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
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
const err76 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4,schemaPath:"#/definitions/throttles/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",schema:false,parentSchema:schema54.items,data:data45};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data45.major !== undefined){
let data46 = data45.major;
if(!(((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46))) && (isFinite(data46)))){
const err77 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/major",schemaPath:"#/definitions/throttles/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.major.type,parentSchema:schema54.items.properties.major,data:data46};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data45.minor !== undefined){
let data47 = data45.minor;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
const err78 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/minor",schemaPath:"#/definitions/throttles/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.minor.type,parentSchema:schema54.items.properties.minor,data:data47};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data45.rate !== undefined){
let data48 = data45.rate;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
const err79 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4+"/rate",schemaPath:"#/definitions/throttles/items/properties/rate/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.rate.type,parentSchema:schema54.items.properties.rate,data:data48};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
}
else {
const err80 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice/" + i4,schemaPath:"#/definitions/throttles/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.items.type,parentSchema:schema54.items,data:data45};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
else {
const err81 = {instancePath:instancePath+"/blockio/throttleReadIOPSDevice",schemaPath:"#/definitions/throttles/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema54.type,parentSchema:schema54,data:data44};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
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
const err82 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5,schemaPath:"#/definitions/throttles/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema54.items,data:data50};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data50.major !== undefined){
let data51 = data50.major;
if(!(((typeof data51 == "number") && (!(data51 % 1) && !isNaN(data51))) && (isFinite(data51)))){
const err83 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/major",schemaPath:"#/definitions/throttles/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.major.type,parentSchema:schema54.items.properties.major,data:data51};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data50.minor !== undefined){
let data52 = data50.minor;
if(!(((typeof data52 == "number") && (!(data52 % 1) && !isNaN(data52))) && (isFinite(data52)))){
const err84 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/minor",schemaPath:"#/definitions/throttles/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.minor.type,parentSchema:schema54.items.properties.minor,data:data52};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data50.rate !== undefined){
let data53 = data50.rate;
if(!(((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53))) && (isFinite(data53)))){
const err85 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5+"/rate",schemaPath:"#/definitions/throttles/items/properties/rate/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema54.items.properties.rate.type,parentSchema:schema54.items.properties.rate,data:data53};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
else {
const err86 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice/" + i5,schemaPath:"#/definitions/throttles/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema54.items.type,parentSchema:schema54.items,data:data50};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
else {
const err87 = {instancePath:instancePath+"/blockio/throttleWriteIOPSDevice",schemaPath:"#/definitions/throttles/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema54.type,parentSchema:schema54,data:data49};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
}
else {
const err88 = {instancePath:instancePath+"/blockio",schemaPath:"#/properties/blockio/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.blockio.type,parentSchema:schema53.properties.blockio,data:data25};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
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
const err89 = {instancePath:instancePath+"/hugepageLimits/" + i6,schemaPath:"#/properties/hugepageLimits/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.hugepageLimits.items,data:data55};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data55.pageSize !== undefined){
let data56 = data55.pageSize;
if(!(((typeof data56 == "number") && (!(data56 % 1) && !isNaN(data56))) && (isFinite(data56)))){
const err90 = {instancePath:instancePath+"/hugepageLimits/" + i6+"/pageSize",schemaPath:"#/properties/hugepageLimits/items/properties/pageSize/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.hugepageLimits.items.properties.pageSize.type,parentSchema:schema53.properties.hugepageLimits.items.properties.pageSize,data:data56};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
if(data55.limit !== undefined){
let data57 = data55.limit;
if(!(((typeof data57 == "number") && (!(data57 % 1) && !isNaN(data57))) && (isFinite(data57)))){
const err91 = {instancePath:instancePath+"/hugepageLimits/" + i6+"/limit",schemaPath:"#/properties/hugepageLimits/items/properties/limit/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.hugepageLimits.items.properties.limit.type,parentSchema:schema53.properties.hugepageLimits.items.properties.limit,data:data57};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath:instancePath+"/hugepageLimits/" + i6,schemaPath:"#/properties/hugepageLimits/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.hugepageLimits.items.type,parentSchema:schema53.properties.hugepageLimits.items,data:data55};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath:instancePath+"/hugepageLimits",schemaPath:"#/properties/hugepageLimits/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema53.properties.hugepageLimits.type,parentSchema:schema53.properties.hugepageLimits,data:data54};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data.network !== undefined){
let data58 = data.network;
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
for(const key12 in data58){
if(!((key12 === "classID") || (key12 === "priorities"))){
const err94 = {instancePath:instancePath+"/network",schemaPath:"#/properties/network/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.network,data:data58};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data58.classID !== undefined){
let data59 = data58.classID;
if(!(((typeof data59 == "number") && (!(data59 % 1) && !isNaN(data59))) && (isFinite(data59)))){
const err95 = {instancePath:instancePath+"/network/classID",schemaPath:"#/properties/network/properties/classID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.network.properties.classID.type,parentSchema:schema53.properties.network.properties.classID,data:data59};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
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
const err96 = {instancePath:instancePath+"/network/priorities/" + i7,schemaPath:"#/properties/network/properties/priorities/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",schema:false,parentSchema:schema53.properties.network.properties.priorities.items,data:data61};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data61.name !== undefined){
let data62 = data61.name;
if(typeof data62 !== "string"){
const err97 = {instancePath:instancePath+"/network/priorities/" + i7+"/name",schemaPath:"#/properties/network/properties/priorities/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema53.properties.network.properties.priorities.items.properties.name.type,parentSchema:schema53.properties.network.properties.priorities.items.properties.name,data:data62};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data61.priority !== undefined){
let data63 = data61.priority;
if(!(((typeof data63 == "number") && (!(data63 % 1) && !isNaN(data63))) && (isFinite(data63)))){
const err98 = {instancePath:instancePath+"/network/priorities/" + i7+"/priority",schemaPath:"#/properties/network/properties/priorities/items/properties/priority/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema53.properties.network.properties.priorities.items.properties.priority.type,parentSchema:schema53.properties.network.properties.priorities.items.properties.priority,data:data63};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if((typeof data63 == "number") && (isFinite(data63))){
if(data63 > 4294967295 || isNaN(data63)){
const err99 = {instancePath:instancePath+"/network/priorities/" + i7+"/priority",schemaPath:"#/properties/network/properties/priorities/items/properties/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema53.properties.network.properties.priorities.items.properties.priority,data:data63};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(data63 < 0 || isNaN(data63)){
const err100 = {instancePath:instancePath+"/network/priorities/" + i7+"/priority",schemaPath:"#/properties/network/properties/priorities/items/properties/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema53.properties.network.properties.priorities.items.properties.priority,data:data63};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
}
}
else {
const err101 = {instancePath:instancePath+"/network/priorities/" + i7,schemaPath:"#/properties/network/properties/priorities/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.network.properties.priorities.items.type,parentSchema:schema53.properties.network.properties.priorities.items,data:data61};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/network/priorities",schemaPath:"#/properties/network/properties/priorities/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema53.properties.network.properties.priorities.type,parentSchema:schema53.properties.network.properties.priorities,data:data60};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
}
else {
const err103 = {instancePath:instancePath+"/network",schemaPath:"#/properties/network/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.properties.network.type,parentSchema:schema53.properties.network,data:data58};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
}
else {
const err104 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema53.type,parentSchema:schema53,data};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
validate17.errors = vErrors;
return errors === 0;
}

const schema63 = {"type":"object","additionalProperties":false,"properties":{"cgroups":{"$ref":"#/definitions/strings"},"mounts":{"$ref":"#/definitions/mounts"},"mkdir":{"$ref":"#/definitions/strings"},"interfaces":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"add":{"type":"string"},"peer":{"type":"string"},"createInRoot":{"type":"boolean"}}}},"bindNS":{"type":"object","additionalProperties":false,"properties":{"cgroup":{"type":"string"},"ipc":{"type":"string"},"mnt":{"type":"string"},"net":{"type":"string"},"pid":{"type":"string"},"user":{"type":"string"},"uts":{"type":"string"}}},"namespace":{"type":"string","description":"containerd namespace of the service."}}};

function validate19(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "cgroups") || (key0 === "mounts")) || (key0 === "mkdir")) || (key0 === "interfaces")) || (key0 === "bindNS")) || (key0 === "namespace"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema63,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.cgroups !== undefined){
let data0 = data.cgroups;
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
const err1 = {instancePath:instancePath+"/cgroups/" + i0,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath:instancePath+"/cgroups",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
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
const err3 = {instancePath:instancePath+"/mkdir/" + i1,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data4};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
else {
const err4 = {instancePath:instancePath+"/mkdir",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data3};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
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
const err5 = {instancePath:instancePath+"/interfaces/" + i2,schemaPath:"#/properties/interfaces/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema63.properties.interfaces.items,data:data6};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data6.name !== undefined){
let data7 = data6.name;
if(typeof data7 !== "string"){
const err6 = {instancePath:instancePath+"/interfaces/" + i2+"/name",schemaPath:"#/properties/interfaces/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.interfaces.items.properties.name.type,parentSchema:schema63.properties.interfaces.items.properties.name,data:data7};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data6.add !== undefined){
let data8 = data6.add;
if(typeof data8 !== "string"){
const err7 = {instancePath:instancePath+"/interfaces/" + i2+"/add",schemaPath:"#/properties/interfaces/items/properties/add/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.interfaces.items.properties.add.type,parentSchema:schema63.properties.interfaces.items.properties.add,data:data8};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data6.peer !== undefined){
let data9 = data6.peer;
if(typeof data9 !== "string"){
const err8 = {instancePath:instancePath+"/interfaces/" + i2+"/peer",schemaPath:"#/properties/interfaces/items/properties/peer/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.interfaces.items.properties.peer.type,parentSchema:schema63.properties.interfaces.items.properties.peer,data:data9};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data6.createInRoot !== undefined){
let data10 = data6.createInRoot;
if(typeof data10 !== "boolean"){
const err9 = {instancePath:instancePath+"/interfaces/" + i2+"/createInRoot",schemaPath:"#/properties/interfaces/items/properties/createInRoot/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema63.properties.interfaces.items.properties.createInRoot.type,parentSchema:schema63.properties.interfaces.items.properties.createInRoot,data:data10};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath:instancePath+"/interfaces/" + i2,schemaPath:"#/properties/interfaces/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.properties.interfaces.items.type,parentSchema:schema63.properties.interfaces.items,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/interfaces",schemaPath:"#/properties/interfaces/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema63.properties.interfaces.type,parentSchema:schema63.properties.interfaces,data:data5};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.bindNS !== undefined){
let data11 = data.bindNS;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key2 in data11){
if(!(((((((key2 === "cgroup") || (key2 === "ipc")) || (key2 === "mnt")) || (key2 === "net")) || (key2 === "pid")) || (key2 === "user")) || (key2 === "uts"))){
const err12 = {instancePath:instancePath+"/bindNS",schemaPath:"#/properties/bindNS/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema63.properties.bindNS,data:data11};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data11.cgroup !== undefined){
let data12 = data11.cgroup;
if(typeof data12 !== "string"){
const err13 = {instancePath:instancePath+"/bindNS/cgroup",schemaPath:"#/properties/bindNS/properties/cgroup/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.cgroup.type,parentSchema:schema63.properties.bindNS.properties.cgroup,data:data12};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data11.ipc !== undefined){
let data13 = data11.ipc;
if(typeof data13 !== "string"){
const err14 = {instancePath:instancePath+"/bindNS/ipc",schemaPath:"#/properties/bindNS/properties/ipc/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.ipc.type,parentSchema:schema63.properties.bindNS.properties.ipc,data:data13};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data11.mnt !== undefined){
let data14 = data11.mnt;
if(typeof data14 !== "string"){
const err15 = {instancePath:instancePath+"/bindNS/mnt",schemaPath:"#/properties/bindNS/properties/mnt/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.mnt.type,parentSchema:schema63.properties.bindNS.properties.mnt,data:data14};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data11.net !== undefined){
let data15 = data11.net;
if(typeof data15 !== "string"){
const err16 = {instancePath:instancePath+"/bindNS/net",schemaPath:"#/properties/bindNS/properties/net/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.net.type,parentSchema:schema63.properties.bindNS.properties.net,data:data15};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data11.pid !== undefined){
let data16 = data11.pid;
if(typeof data16 !== "string"){
const err17 = {instancePath:instancePath+"/bindNS/pid",schemaPath:"#/properties/bindNS/properties/pid/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.pid.type,parentSchema:schema63.properties.bindNS.properties.pid,data:data16};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data11.user !== undefined){
let data17 = data11.user;
if(typeof data17 !== "string"){
const err18 = {instancePath:instancePath+"/bindNS/user",schemaPath:"#/properties/bindNS/properties/user/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.user.type,parentSchema:schema63.properties.bindNS.properties.user,data:data17};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data11.uts !== undefined){
let data18 = data11.uts;
if(typeof data18 !== "string"){
const err19 = {instancePath:instancePath+"/bindNS/uts",schemaPath:"#/properties/bindNS/properties/uts/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.bindNS.properties.uts.type,parentSchema:schema63.properties.bindNS.properties.uts,data:data18};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/bindNS",schemaPath:"#/properties/bindNS/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.properties.bindNS.type,parentSchema:schema63.properties.bindNS,data:data11};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.namespace !== undefined){
let data19 = data.namespace;
if(typeof data19 !== "string"){
const err21 = {instancePath:instancePath+"/namespace",schemaPath:"#/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema63.properties.namespace.type,parentSchema:schema63.properties.namespace,data:data19};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema63.type,parentSchema:schema63,data};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
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
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema35.items.required,parentSchema:schema35.items,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data0.image === undefined){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/required",keyword:"required",params:{missingProperty: "image"},message:"must have required property '"+"image"+"'",schema:schema35.items.required,parentSchema:schema35.items,data:data0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data0){
if(!(func2.call(schema35.items.properties, key0))){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema35.items,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data0.name !== undefined){
let data1 = data0.name;
if(typeof data1 !== "string"){
const err3 = {instancePath:instancePath+"/" + i0+"/name",schemaPath:"#/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.name.type,parentSchema:schema35.items.properties.name,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.image !== undefined){
let data2 = data0.image;
if(typeof data2 !== "string"){
const err4 = {instancePath:instancePath+"/" + i0+"/image",schemaPath:"#/items/properties/image/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.image.type,parentSchema:schema35.items.properties.image,data:data2};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data0.capabilities !== undefined){
let data3 = data0.capabilities;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 !== "string"){
const err5 = {instancePath:instancePath+"/" + i0+"/capabilities/" + i1,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data4};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath:instancePath+"/" + i0+"/capabilities",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0["capabilities.add"] !== undefined){
let data5 = data0["capabilities.add"];
if(Array.isArray(data5)){
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(typeof data6 !== "string"){
const err7 = {instancePath:instancePath+"/" + i0+"/capabilities.add/" + i2,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data6};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/" + i0+"/capabilities.add",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data0.ambient !== undefined){
let data7 = data0.ambient;
if(Array.isArray(data7)){
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
let data8 = data7[i3];
if(typeof data8 !== "string"){
const err9 = {instancePath:instancePath+"/" + i0+"/ambient/" + i3,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data8};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath:instancePath+"/" + i0+"/ambient",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data7};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
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
const err11 = {instancePath:instancePath+"/" + i0+"/binds/" + i4,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data11};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/" + i0+"/binds",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data10};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data0["binds.add"] !== undefined){
let data12 = data0["binds.add"];
if(Array.isArray(data12)){
const len5 = data12.length;
for(let i5=0; i5<len5; i5++){
let data13 = data12[i5];
if(typeof data13 !== "string"){
const err13 = {instancePath:instancePath+"/" + i0+"/binds.add/" + i5,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data13};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/" + i0+"/binds.add",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data12};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
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
const err15 = {instancePath:instancePath+"/" + i0+"/devices/" + i6,schemaPath:"#/definitions/devices/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema45.items,data:data15};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data15.path !== undefined){
let data16 = data15.path;
if(typeof data16 !== "string"){
const err16 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/path",schemaPath:"#/definitions/devices/items/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.items.properties.path.type,parentSchema:schema45.items.properties.path,data:data16};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data15.type !== undefined){
let data17 = data15.type;
if(typeof data17 !== "string"){
const err17 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/type",schemaPath:"#/definitions/devices/items/properties/type/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.items.properties.type.type,parentSchema:schema45.items.properties.type,data:data17};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data15.major !== undefined){
let data18 = data15.major;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err18 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",schemaPath:"#/definitions/devices/items/properties/major/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema45.items.properties.major.type,parentSchema:schema45.items.properties.major,data:data18};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 9223372036854776000 || isNaN(data18)){
const err19 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",schemaPath:"#/definitions/devices/items/properties/major/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema45.items.properties.major,data:data18};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data18 < -9223372036854776000 || isNaN(data18)){
const err20 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/major",schemaPath:"#/definitions/devices/items/properties/major/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema45.items.properties.major,data:data18};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
if(data15.minor !== undefined){
let data19 = data15.minor;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err21 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",schemaPath:"#/definitions/devices/items/properties/minor/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema45.items.properties.minor.type,parentSchema:schema45.items.properties.minor,data:data19};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 9223372036854776000 || isNaN(data19)){
const err22 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",schemaPath:"#/definitions/devices/items/properties/minor/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema45.items.properties.minor,data:data19};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data19 < -9223372036854776000 || isNaN(data19)){
const err23 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/minor",schemaPath:"#/definitions/devices/items/properties/minor/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema45.items.properties.minor,data:data19};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
if(data15.mode !== undefined){
let data20 = data15.mode;
if(typeof data20 !== "string"){
const err24 = {instancePath:instancePath+"/" + i0+"/devices/" + i6+"/mode",schemaPath:"#/definitions/devices/items/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema45.items.properties.mode.type,parentSchema:schema45.items.properties.mode,data:data20};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/" + i0+"/devices/" + i6,schemaPath:"#/definitions/devices/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema45.items.type,parentSchema:schema45.items,data:data15};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath:instancePath+"/" + i0+"/devices",schemaPath:"#/definitions/devices/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema45.type,parentSchema:schema45,data:data14};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data0.tmpfs !== undefined){
let data21 = data0.tmpfs;
if(Array.isArray(data21)){
const len7 = data21.length;
for(let i7=0; i7<len7; i7++){
let data22 = data21[i7];
if(typeof data22 !== "string"){
const err27 = {instancePath:instancePath+"/" + i0+"/tmpfs/" + i7,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data22};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/" + i0+"/tmpfs",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data21};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data0.command !== undefined){
let data23 = data0.command;
if(Array.isArray(data23)){
const len8 = data23.length;
for(let i8=0; i8<len8; i8++){
let data24 = data23[i8];
if(typeof data24 !== "string"){
const err29 = {instancePath:instancePath+"/" + i0+"/command/" + i8,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data24};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/" + i0+"/command",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data23};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data0.env !== undefined){
let data25 = data0.env;
if(Array.isArray(data25)){
const len9 = data25.length;
for(let i9=0; i9<len9; i9++){
let data26 = data25[i9];
if(typeof data26 !== "string"){
const err31 = {instancePath:instancePath+"/" + i0+"/env/" + i9,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data26};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath:instancePath+"/" + i0+"/env",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data25};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data0.cwd !== undefined){
let data27 = data0.cwd;
if(typeof data27 !== "string"){
const err33 = {instancePath:instancePath+"/" + i0+"/cwd",schemaPath:"#/items/properties/cwd/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.cwd.type,parentSchema:schema35.items.properties.cwd,data:data27};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data0.net !== undefined){
let data28 = data0.net;
if(typeof data28 !== "string"){
const err34 = {instancePath:instancePath+"/" + i0+"/net",schemaPath:"#/items/properties/net/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.net.type,parentSchema:schema35.items.properties.net,data:data28};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data0.pid !== undefined){
let data29 = data0.pid;
if(typeof data29 !== "string"){
const err35 = {instancePath:instancePath+"/" + i0+"/pid",schemaPath:"#/items/properties/pid/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.pid.type,parentSchema:schema35.items.properties.pid,data:data29};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data0.ipc !== undefined){
let data30 = data0.ipc;
if(typeof data30 !== "string"){
const err36 = {instancePath:instancePath+"/" + i0+"/ipc",schemaPath:"#/items/properties/ipc/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.ipc.type,parentSchema:schema35.items.properties.ipc,data:data30};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data0.uts !== undefined){
let data31 = data0.uts;
if(typeof data31 !== "string"){
const err37 = {instancePath:instancePath+"/" + i0+"/uts",schemaPath:"#/items/properties/uts/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.uts.type,parentSchema:schema35.items.properties.uts,data:data31};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data0.userns !== undefined){
let data32 = data0.userns;
if(typeof data32 !== "string"){
const err38 = {instancePath:instancePath+"/" + i0+"/userns",schemaPath:"#/items/properties/userns/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.userns.type,parentSchema:schema35.items.properties.userns,data:data32};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data0.hostname !== undefined){
let data33 = data0.hostname;
if(typeof data33 !== "string"){
const err39 = {instancePath:instancePath+"/" + i0+"/hostname",schemaPath:"#/items/properties/hostname/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.hostname.type,parentSchema:schema35.items.properties.hostname,data:data33};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data0.readonly !== undefined){
let data34 = data0.readonly;
if(typeof data34 !== "boolean"){
const err40 = {instancePath:instancePath+"/" + i0+"/readonly",schemaPath:"#/items/properties/readonly/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.items.properties.readonly.type,parentSchema:schema35.items.properties.readonly,data:data34};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data0.maskedPaths !== undefined){
let data35 = data0.maskedPaths;
if(Array.isArray(data35)){
const len10 = data35.length;
for(let i10=0; i10<len10; i10++){
let data36 = data35[i10];
if(typeof data36 !== "string"){
const err41 = {instancePath:instancePath+"/" + i0+"/maskedPaths/" + i10,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data36};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/" + i0+"/maskedPaths",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data35};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data0.readonlyPaths !== undefined){
let data37 = data0.readonlyPaths;
if(Array.isArray(data37)){
const len11 = data37.length;
for(let i11=0; i11<len11; i11++){
let data38 = data37[i11];
if(typeof data38 !== "string"){
const err43 = {instancePath:instancePath+"/" + i0+"/readonlyPaths/" + i11,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data38};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
else {
const err44 = {instancePath:instancePath+"/" + i0+"/readonlyPaths",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data37};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data0.uid !== undefined){
let data39 = data0.uid;
if((typeof data39 !== "string") && (!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39))))){
const err45 = {instancePath:instancePath+"/" + i0+"/uid",schemaPath:"#/definitions/id/type",keyword:"type",params:{type: schema51.type},message:"must be string,integer",schema:schema51.type,parentSchema:schema51,data:data39};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data0.gid !== undefined){
let data40 = data0.gid;
if((typeof data40 !== "string") && (!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40))))){
const err46 = {instancePath:instancePath+"/" + i0+"/gid",schemaPath:"#/definitions/id/type",keyword:"type",params:{type: schema51.type},message:"must be string,integer",schema:schema51.type,parentSchema:schema51,data:data40};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data0.additionalGids !== undefined){
let data41 = data0.additionalGids;
if(Array.isArray(data41)){
const len12 = data41.length;
for(let i12=0; i12<len12; i12++){
let data42 = data41[i12];
if((typeof data42 !== "string") && (!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42))))){
const err47 = {instancePath:instancePath+"/" + i0+"/additionalGids/" + i12,schemaPath:"#/items/properties/additionalGids/items/type",keyword:"type",params:{type: schema35.items.properties.additionalGids.items.type},message:"must be string,integer",schema:schema35.items.properties.additionalGids.items.type,parentSchema:schema35.items.properties.additionalGids.items,data:data42};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/" + i0+"/additionalGids",schemaPath:"#/items/properties/additionalGids/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema35.items.properties.additionalGids.type,parentSchema:schema35.items.properties.additionalGids,data:data41};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data0.noNewPrivileges !== undefined){
let data43 = data0.noNewPrivileges;
if(typeof data43 !== "boolean"){
const err49 = {instancePath:instancePath+"/" + i0+"/noNewPrivileges",schemaPath:"#/items/properties/noNewPrivileges/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema35.items.properties.noNewPrivileges.type,parentSchema:schema35.items.properties.noNewPrivileges,data:data43};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data0.oomScoreAdj !== undefined){
let data44 = data0.oomScoreAdj;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
const err50 = {instancePath:instancePath+"/" + i0+"/oomScoreAdj",schemaPath:"#/items/properties/oomScoreAdj/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema35.items.properties.oomScoreAdj.type,parentSchema:schema35.items.properties.oomScoreAdj,data:data44};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 9223372036854776000 || isNaN(data44)){
const err51 = {instancePath:instancePath+"/" + i0+"/oomScoreAdj",schemaPath:"#/items/properties/oomScoreAdj/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9223372036854776000},message:"must be <= 9223372036854776000",schema:9223372036854776000,parentSchema:schema35.items.properties.oomScoreAdj,data:data44};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data44 < -9223372036854776000 || isNaN(data44)){
const err52 = {instancePath:instancePath+"/" + i0+"/oomScoreAdj",schemaPath:"#/items/properties/oomScoreAdj/minimum",keyword:"minimum",params:{comparison: ">=", limit: -9223372036854776000},message:"must be >= -9223372036854776000",schema:-9223372036854776000,parentSchema:schema35.items.properties.oomScoreAdj,data:data44};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
if(data0.rootfsPropagation !== undefined){
let data45 = data0.rootfsPropagation;
if(typeof data45 !== "string"){
const err53 = {instancePath:instancePath+"/" + i0+"/rootfsPropagation",schemaPath:"#/items/properties/rootfsPropagation/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.rootfsPropagation.type,parentSchema:schema35.items.properties.rootfsPropagation,data:data45};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data0.cgroupsPath !== undefined){
let data46 = data0.cgroupsPath;
if(typeof data46 !== "string"){
const err54 = {instancePath:instancePath+"/" + i0+"/cgroupsPath",schemaPath:"#/items/properties/cgroupsPath/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema35.items.properties.cgroupsPath.type,parentSchema:schema35.items.properties.cgroupsPath,data:data46};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
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
const err55 = {instancePath:instancePath+"/" + i0+"/sysctl/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/texts/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema58.additionalProperties.type,parentSchema:schema58.additionalProperties,data:data49};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/" + i0+"/sysctl",schemaPath:"#/definitions/texts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema58.type,parentSchema:schema58,data:data48};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data0.rlimits !== undefined){
let data50 = data0.rlimits;
if(Array.isArray(data50)){
const len13 = data50.length;
for(let i13=0; i13<len13; i13++){
let data51 = data50[i13];
if(typeof data51 !== "string"){
const err57 = {instancePath:instancePath+"/" + i0+"/rlimits/" + i13,schemaPath:"#/definitions/strings/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema34.items.type,parentSchema:schema34.items,data:data51};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/" + i0+"/rlimits",schemaPath:"#/definitions/strings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema34.type,parentSchema:schema34,data:data50};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
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
const err59 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14,schemaPath:"#/definitions/idMappings/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema41.items,data:data53};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data53.hostID !== undefined){
let data54 = data53.hostID;
if(!(((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54))) && (isFinite(data54)))){
const err60 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/hostID",schemaPath:"#/definitions/idMappings/items/properties/hostID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.hostID.type,parentSchema:schema41.items.properties.hostID,data:data54};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data53.containerID !== undefined){
let data55 = data53.containerID;
if(!(((typeof data55 == "number") && (!(data55 % 1) && !isNaN(data55))) && (isFinite(data55)))){
const err61 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/containerID",schemaPath:"#/definitions/idMappings/items/properties/containerID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.containerID.type,parentSchema:schema41.items.properties.containerID,data:data55};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data53.size !== undefined){
let data56 = data53.size;
if(!(((typeof data56 == "number") && (!(data56 % 1) && !isNaN(data56))) && (isFinite(data56)))){
const err62 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.size.type,parentSchema:schema41.items.properties.size,data:data56};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if((typeof data56 == "number") && (isFinite(data56))){
if(data56 > 4294967295 || isNaN(data56)){
const err63 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema41.items.properties.size,data:data56};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(data56 < 0 || isNaN(data56)){
const err64 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema41.items.properties.size,data:data56};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
}
else {
const err65 = {instancePath:instancePath+"/" + i0+"/uidMappings/" + i14,schemaPath:"#/definitions/idMappings/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema41.items.type,parentSchema:schema41.items,data:data53};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
else {
const err66 = {instancePath:instancePath+"/" + i0+"/uidMappings",schemaPath:"#/definitions/idMappings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema41.type,parentSchema:schema41,data:data52};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
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
const err67 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15,schemaPath:"#/definitions/idMappings/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties",schema:false,parentSchema:schema41.items,data:data58};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data58.hostID !== undefined){
let data59 = data58.hostID;
if(!(((typeof data59 == "number") && (!(data59 % 1) && !isNaN(data59))) && (isFinite(data59)))){
const err68 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/hostID",schemaPath:"#/definitions/idMappings/items/properties/hostID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.hostID.type,parentSchema:schema41.items.properties.hostID,data:data59};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data58.containerID !== undefined){
let data60 = data58.containerID;
if(!(((typeof data60 == "number") && (!(data60 % 1) && !isNaN(data60))) && (isFinite(data60)))){
const err69 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/containerID",schemaPath:"#/definitions/idMappings/items/properties/containerID/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.containerID.type,parentSchema:schema41.items.properties.containerID,data:data60};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data58.size !== undefined){
let data61 = data58.size;
if(!(((typeof data61 == "number") && (!(data61 % 1) && !isNaN(data61))) && (isFinite(data61)))){
const err70 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema41.items.properties.size.type,parentSchema:schema41.items.properties.size,data:data61};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if((typeof data61 == "number") && (isFinite(data61))){
if(data61 > 4294967295 || isNaN(data61)){
const err71 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295",schema:4294967295,parentSchema:schema41.items.properties.size,data:data61};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data61 < 0 || isNaN(data61)){
const err72 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15+"/size",schemaPath:"#/definitions/idMappings/items/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema41.items.properties.size,data:data61};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
}
else {
const err73 = {instancePath:instancePath+"/" + i0+"/gidMappings/" + i15,schemaPath:"#/definitions/idMappings/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema41.items.type,parentSchema:schema41.items,data:data58};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/" + i0+"/gidMappings",schemaPath:"#/definitions/idMappings/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema41.type,parentSchema:schema41,data:data57};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data0.annotations !== undefined){
let data62 = data0.annotations;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key5 in data62){
let data63 = data62[key5];
if(typeof data63 !== "string"){
const err75 = {instancePath:instancePath+"/" + i0+"/annotations/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/texts/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema58.additionalProperties.type,parentSchema:schema58.additionalProperties,data:data63};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
else {
const err76 = {instancePath:instancePath+"/" + i0+"/annotations",schemaPath:"#/definitions/texts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema58.type,parentSchema:schema58,data:data62};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
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
const err77 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema35.items.type,parentSchema:schema35.items,data:data0};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
}
else {
const err78 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema35.type,parentSchema:schema35,data};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema90 = {"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string"},"directory":{"type":"boolean"},"symlink":{"type":"string"},"contents":{"type":"string"},"source":{"type":"string","description":"File on the host."},"metadata":{"type":"string","description":"yaml or json: this file itself."},"optional":{"type":"boolean","description":"Leave it out when the source cannot be read."},"mode":{"type":"string","description":"Octal. Default 0600, directories 0700."},"uid":{"$ref":"#/definitions/id"},"gid":{"$ref":"#/definitions/id"}}}};

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
for(const key0 in data0){
if(!(func2.call(schema90.items.properties, key0))){
const err0 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema90.items,data:data0};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data0.path !== undefined){
let data1 = data0.path;
if(typeof data1 !== "string"){
const err1 = {instancePath:instancePath+"/" + i0+"/path",schemaPath:"#/items/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.path.type,parentSchema:schema90.items.properties.path,data:data1};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data0.directory !== undefined){
let data2 = data0.directory;
if(typeof data2 !== "boolean"){
const err2 = {instancePath:instancePath+"/" + i0+"/directory",schemaPath:"#/items/properties/directory/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema90.items.properties.directory.type,parentSchema:schema90.items.properties.directory,data:data2};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data0.symlink !== undefined){
let data3 = data0.symlink;
if(typeof data3 !== "string"){
const err3 = {instancePath:instancePath+"/" + i0+"/symlink",schemaPath:"#/items/properties/symlink/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.symlink.type,parentSchema:schema90.items.properties.symlink,data:data3};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.contents !== undefined){
let data4 = data0.contents;
if(typeof data4 !== "string"){
const err4 = {instancePath:instancePath+"/" + i0+"/contents",schemaPath:"#/items/properties/contents/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.contents.type,parentSchema:schema90.items.properties.contents,data:data4};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data0.source !== undefined){
let data5 = data0.source;
if(typeof data5 !== "string"){
const err5 = {instancePath:instancePath+"/" + i0+"/source",schemaPath:"#/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.source.type,parentSchema:schema90.items.properties.source,data:data5};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data0.metadata !== undefined){
let data6 = data0.metadata;
if(typeof data6 !== "string"){
const err6 = {instancePath:instancePath+"/" + i0+"/metadata",schemaPath:"#/items/properties/metadata/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.metadata.type,parentSchema:schema90.items.properties.metadata,data:data6};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.optional !== undefined){
let data7 = data0.optional;
if(typeof data7 !== "boolean"){
const err7 = {instancePath:instancePath+"/" + i0+"/optional",schemaPath:"#/items/properties/optional/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema90.items.properties.optional.type,parentSchema:schema90.items.properties.optional,data:data7};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data0.mode !== undefined){
let data8 = data0.mode;
if(typeof data8 !== "string"){
const err8 = {instancePath:instancePath+"/" + i0+"/mode",schemaPath:"#/items/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema90.items.properties.mode.type,parentSchema:schema90.items.properties.mode,data:data8};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data0.uid !== undefined){
let data9 = data0.uid;
if((typeof data9 !== "string") && (!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9))))){
const err9 = {instancePath:instancePath+"/" + i0+"/uid",schemaPath:"#/definitions/id/type",keyword:"type",params:{type: schema51.type},message:"must be string,integer",schema:schema51.type,parentSchema:schema51,data:data9};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data0.gid !== undefined){
let data10 = data0.gid;
if((typeof data10 !== "string") && (!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10))))){
const err10 = {instancePath:instancePath+"/" + i0+"/gid",schemaPath:"#/definitions/id/type",keyword:"type",params:{type: schema51.type},message:"must be string,integer",schema:schema51.type,parentSchema:schema51,data:data10};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/" + i0,schemaPath:"#/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema90.items.type,parentSchema:schema90.items,data:data0};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema90.type,parentSchema:schema90,data};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}

const schema94 = {"type":"object","title":"rule","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$","description":"Name in messages.","x-expected":"must be letters, digits, dots, dashes and underscores"},"path":{"type":"string","description":"Key that it is about, e.g. vm.memory; * stands for any key or list index, e.g. ports[*].address."},"effect":{"anyOf":[{"$ref":"#/definitions/effect"},{"type":"array","items":{"$ref":"#/definitions/effect"}}],"description":"Operations of these effects may not be in a plan; with path, only those that it causes."},"require":{"const":true,"description":"There must be a value, and not an empty one."},"allow":{"description":"Value or list of values; every value at the path must be one of them. Text may have * in it."},"deny":{"description":"Value or list of values that may not be at the path. Text may have * in it."},"min":{"type":["number","string"],"description":"Number, size or duration that is the least."},"max":{"type":["number","string"],"description":"Number, size or duration that is the most."},"matches":{"type":"string","description":"Regular expression that the value must match."},"message":{"type":"string","description":"Why, for whoever breaks it."},"severity":{"enum":["error","warn"],"description":"error (the default) ends with exit code 5; warn only prints a warning."}}};
const schema95 = {"enum":["live","reload","restart-engine","restart-vm","recreate"],"title":"effect"};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'",schema:schema94.required,parentSchema:schema94,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema94.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema94,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern1.test(data0)){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]*$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._-]*$",parentSchema:schema94.properties.name,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.name.type,parentSchema:schema94.properties.name,data:data0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.path !== undefined){
let data1 = data.path;
if(typeof data1 !== "string"){
const err4 = {instancePath:instancePath+"/path",schemaPath:"#/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.path.type,parentSchema:schema94.properties.path,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.effect !== undefined){
let data2 = data.effect;
const _errs7 = errors;
let valid1 = false;
const _errs8 = errors;
if(!(((((data2 === "live") || (data2 === "reload")) || (data2 === "restart-engine")) || (data2 === "restart-vm")) || (data2 === "recreate"))){
const err5 = {instancePath:instancePath+"/effect",schemaPath:"#/definitions/effect/enum",keyword:"enum",params:{allowedValues: schema95.enum},message:"must be equal to one of the allowed values",schema:schema95.enum,parentSchema:schema95,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
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
const err6 = {instancePath:instancePath+"/effect/" + i0,schemaPath:"#/definitions/effect/enum",keyword:"enum",params:{allowedValues: schema95.enum},message:"must be equal to one of the allowed values",schema:schema95.enum,parentSchema:schema95,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/effect",schemaPath:"#/properties/effect/anyOf/1/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema94.properties.effect.anyOf[1].type,parentSchema:schema94.properties.effect.anyOf[1],data:data2};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var _valid0 = _errs10 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err8 = {instancePath:instancePath+"/effect",schemaPath:"#/properties/effect/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema94.properties.effect.anyOf,parentSchema:schema94.properties.effect,data:data2};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
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
const err9 = {instancePath:instancePath+"/require",schemaPath:"#/properties/require/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant",schema:true,parentSchema:schema94.properties.require,data:data4};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.min !== undefined){
let data5 = data.min;
if((!((typeof data5 == "number") && (isFinite(data5)))) && (typeof data5 !== "string")){
const err10 = {instancePath:instancePath+"/min",schemaPath:"#/properties/min/type",keyword:"type",params:{type: schema94.properties.min.type},message:"must be number,string",schema:schema94.properties.min.type,parentSchema:schema94.properties.min,data:data5};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.max !== undefined){
let data6 = data.max;
if((!((typeof data6 == "number") && (isFinite(data6)))) && (typeof data6 !== "string")){
const err11 = {instancePath:instancePath+"/max",schemaPath:"#/properties/max/type",keyword:"type",params:{type: schema94.properties.max.type},message:"must be number,string",schema:schema94.properties.max.type,parentSchema:schema94.properties.max,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.matches !== undefined){
let data7 = data.matches;
if(typeof data7 !== "string"){
const err12 = {instancePath:instancePath+"/matches",schemaPath:"#/properties/matches/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.matches.type,parentSchema:schema94.properties.matches,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.message !== undefined){
let data8 = data.message;
if(typeof data8 !== "string"){
const err13 = {instancePath:instancePath+"/message",schemaPath:"#/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema94.properties.message.type,parentSchema:schema94.properties.message,data:data8};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.severity !== undefined){
let data9 = data.severity;
if(!((data9 === "error") || (data9 === "warn"))){
const err14 = {instancePath:instancePath+"/severity",schemaPath:"#/properties/severity/enum",keyword:"enum",params:{allowedValues: schema94.properties.severity.enum},message:"must be equal to one of the allowed values",schema:schema94.properties.severity.enum,parentSchema:schema94.properties.severity,data:data9};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema94.type,parentSchema:schema94,data};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
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
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'",schema:schema11.required,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties",schema:false,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if("desktop/v1" !== data0){
const err2 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "desktop/v1"},message:"must be equal to constant",schema:"desktop/v1",parentSchema:schema11.properties.apiVersion,data:data0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.name !== undefined){
let data1 = data.name;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,40}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,40}$"+"\"",schema:"^[a-z0-9][a-z0-9._-]{0,40}$",parentSchema:schema11.properties.name,data:data1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.name.type,parentSchema:schema11.properties.name,data:data1};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.requiredVersion !== undefined){
let data2 = data.requiredVersion;
if(typeof data2 !== "string"){
const err5 = {instancePath:instancePath+"/requiredVersion",schemaPath:"#/properties/requiredVersion/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.requiredVersion.type,parentSchema:schema11.properties.requiredVersion,data:data2};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.extends !== undefined){
let data3 = data.extends;
if((typeof data3 !== "string") && (!(Array.isArray(data3)))){
const err6 = {instancePath:instancePath+"/extends",schemaPath:"#/properties/extends/type",keyword:"type",params:{type: schema11.properties.extends.type},message:"must be string,array",schema:schema11.properties.extends.type,parentSchema:schema11.properties.extends,data:data3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(typeof data4 !== "string"){
const err7 = {instancePath:instancePath+"/extends/" + i0,schemaPath:"#/properties/extends/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.extends.items.type,parentSchema:schema11.properties.extends.items,data:data4};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
}
if(data.vm !== undefined){
let data5 = data.vm;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key1 in data5){
if(!((((((key1 === "cpus") || (key1 === "memory")) || (key1 === "swap")) || (key1 === "disk")) || (key1 === "accelerator")) || (key1 === "suspendOnStop"))){
const err8 = {instancePath:instancePath+"/vm",schemaPath:"#/properties/vm/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.vm,data:data5};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data5.cpus !== undefined){
let data6 = data5.cpus;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err9 = {instancePath:instancePath+"/vm/cpus",schemaPath:"#/properties/vm/properties/cpus/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.vm.properties.cpus.type,parentSchema:schema11.properties.vm.properties.cpus,data:data6};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 64 || isNaN(data6)){
const err10 = {instancePath:instancePath+"/vm/cpus",schemaPath:"#/properties/vm/properties/cpus/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64",schema:64,parentSchema:schema11.properties.vm.properties.cpus,data:data6};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err11 = {instancePath:instancePath+"/vm/cpus",schemaPath:"#/properties/vm/properties/cpus/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema11.properties.vm.properties.cpus,data:data6};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
if(data5.memory !== undefined){
let data7 = data5.memory;
if(typeof data7 !== "string"){
const err12 = {instancePath:instancePath+"/vm/memory",schemaPath:"#/definitions/size/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data7};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data5.swap !== undefined){
let data8 = data5.swap;
if(typeof data8 !== "string"){
const err13 = {instancePath:instancePath+"/vm/swap",schemaPath:"#/definitions/size/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data8};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data5.disk !== undefined){
let data9 = data5.disk;
if(typeof data9 !== "string"){
const err14 = {instancePath:instancePath+"/vm/disk",schemaPath:"#/definitions/size/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema12.type,parentSchema:schema12,data:data9};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data5.accelerator !== undefined){
let data10 = data5.accelerator;
if(!((((data10 === "auto") || (data10 === "kvm")) || (data10 === "hvf")) || (data10 === "tcg"))){
const err15 = {instancePath:instancePath+"/vm/accelerator",schemaPath:"#/properties/vm/properties/accelerator/enum",keyword:"enum",params:{allowedValues: schema11.properties.vm.properties.accelerator.enum},message:"must be equal to one of the allowed values",schema:schema11.properties.vm.properties.accelerator.enum,parentSchema:schema11.properties.vm.properties.accelerator,data:data10};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data5.suspendOnStop !== undefined){
let data11 = data5.suspendOnStop;
if(typeof data11 !== "boolean"){
const err16 = {instancePath:instancePath+"/vm/suspendOnStop",schemaPath:"#/properties/vm/properties/suspendOnStop/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema11.properties.vm.properties.suspendOnStop.type,parentSchema:schema11.properties.vm.properties.suspendOnStop,data:data11};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/vm",schemaPath:"#/properties/vm/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.vm.type,parentSchema:schema11.properties.vm,data:data5};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.network !== undefined){
let data12 = data.network;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
for(const key2 in data12){
if(!(func2.call(schema11.properties.network.properties, key2))){
const err18 = {instancePath:instancePath+"/network",schemaPath:"#/properties/network/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network,data:data12};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data12.subnet !== undefined){
let data13 = data12.subnet;
if(typeof data13 !== "string"){
const err19 = {instancePath:instancePath+"/network/subnet",schemaPath:"#/properties/network/properties/subnet/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.subnet.type,parentSchema:schema11.properties.network.properties.subnet,data:data13};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data12.gateway !== undefined){
let data14 = data12.gateway;
if(typeof data14 !== "string"){
const err20 = {instancePath:instancePath+"/network/gateway",schemaPath:"#/properties/network/properties/gateway/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.gateway.type,parentSchema:schema11.properties.network.properties.gateway,data:data14};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data12.address !== undefined){
let data15 = data12.address;
if(typeof data15 !== "string"){
const err21 = {instancePath:instancePath+"/network/address",schemaPath:"#/properties/network/properties/address/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.address.type,parentSchema:schema11.properties.network.properties.address,data:data15};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data12.host !== undefined){
let data16 = data12.host;
if(typeof data16 !== "string"){
const err22 = {instancePath:instancePath+"/network/host",schemaPath:"#/properties/network/properties/host/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.host.type,parentSchema:schema11.properties.network.properties.host,data:data16};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data12.mtu !== undefined){
let data17 = data12.mtu;
const _errs40 = errors;
let valid8 = false;
const _errs41 = errors;
if("auto" !== data17){
const err23 = {instancePath:instancePath+"/network/mtu",schemaPath:"#/properties/network/properties/mtu/anyOf/0/const",keyword:"const",params:{allowedValue: "auto"},message:"must be equal to constant",schema:"auto",parentSchema:schema11.properties.network.properties.mtu.anyOf[0],data:data17};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
var _valid0 = _errs41 === errors;
valid8 = valid8 || _valid0;
if(!valid8){
const _errs42 = errors;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err24 = {instancePath:instancePath+"/network/mtu",schemaPath:"#/properties/network/properties/mtu/anyOf/1/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.network.properties.mtu.anyOf[1].type,parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data17};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 65520 || isNaN(data17)){
const err25 = {instancePath:instancePath+"/network/mtu",schemaPath:"#/properties/network/properties/mtu/anyOf/1/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65520},message:"must be <= 65520",schema:65520,parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data17};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data17 < 576 || isNaN(data17)){
const err26 = {instancePath:instancePath+"/network/mtu",schemaPath:"#/properties/network/properties/mtu/anyOf/1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 576},message:"must be >= 576",schema:576,parentSchema:schema11.properties.network.properties.mtu.anyOf[1],data:data17};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
var _valid0 = _errs42 === errors;
valid8 = valid8 || _valid0;
}
if(!valid8){
const err27 = {instancePath:instancePath+"/network/mtu",schemaPath:"#/properties/network/properties/mtu/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf",schema:schema11.properties.network.properties.mtu.anyOf,parentSchema:schema11.properties.network.properties.mtu,data:data17};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
else {
errors = _errs40;
if(vErrors !== null){
if(_errs40){
vErrors.length = _errs40;
}
else {
vErrors = null;
}
}
}
}
if(data12.ipv6 !== undefined){
let data18 = data12.ipv6;
if(typeof data18 !== "boolean"){
const err28 = {instancePath:instancePath+"/network/ipv6",schemaPath:"#/properties/network/properties/ipv6/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema11.properties.network.properties.ipv6.type,parentSchema:schema11.properties.network.properties.ipv6,data:data18};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data12.subnet6 !== undefined){
let data19 = data12.subnet6;
if(typeof data19 !== "string"){
const err29 = {instancePath:instancePath+"/network/subnet6",schemaPath:"#/properties/network/properties/subnet6/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.subnet6.type,parentSchema:schema11.properties.network.properties.subnet6,data:data19};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data12.dns !== undefined){
let data20 = data12.dns;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key3 in data20){
if(!(((((key3 === "upstreams") || (key3 === "hosts")) || (key3 === "split")) || (key3 === "search")) || (key3 === "cache"))){
const err30 = {instancePath:instancePath+"/network/dns",schemaPath:"#/properties/network/properties/dns/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network.properties.dns,data:data20};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data20.upstreams !== undefined){
let data21 = data20.upstreams;
if(Array.isArray(data21)){
const len1 = data21.length;
for(let i1=0; i1<len1; i1++){
let data22 = data21[i1];
if(typeof data22 !== "string"){
const err31 = {instancePath:instancePath+"/network/dns/upstreams/" + i1,schemaPath:"#/properties/network/properties/dns/properties/upstreams/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.dns.properties.upstreams.items.type,parentSchema:schema11.properties.network.properties.dns.properties.upstreams.items,data:data22};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath:instancePath+"/network/dns/upstreams",schemaPath:"#/properties/network/properties/dns/properties/upstreams/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.network.properties.dns.properties.upstreams.type,parentSchema:schema11.properties.network.properties.dns.properties.upstreams,data:data21};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data20.hosts !== undefined){
let data23 = data20.hosts;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
for(const key4 in data23){
let data24 = data23[key4];
if(typeof data24 !== "string"){
const err33 = {instancePath:instancePath+"/network/dns/hosts/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/network/properties/dns/properties/hosts/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.dns.properties.hosts.additionalProperties.type,parentSchema:schema11.properties.network.properties.dns.properties.hosts.additionalProperties,data:data24};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/network/dns/hosts",schemaPath:"#/properties/network/properties/dns/properties/hosts/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.dns.properties.hosts.type,parentSchema:schema11.properties.network.properties.dns.properties.hosts,data:data23};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data20.split !== undefined){
let data25 = data20.split;
if(Array.isArray(data25)){
const len2 = data25.length;
for(let i2=0; i2<len2; i2++){
let data26 = data25[i2];
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.domain === undefined){
const err35 = {instancePath:instancePath+"/network/dns/split/" + i2,schemaPath:"#/properties/network/properties/dns/properties/split/items/required",keyword:"required",params:{missingProperty: "domain"},message:"must have required property '"+"domain"+"'",schema:schema11.properties.network.properties.dns.properties.split.items.required,parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data26};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data26.servers === undefined){
const err36 = {instancePath:instancePath+"/network/dns/split/" + i2,schemaPath:"#/properties/network/properties/dns/properties/split/items/required",keyword:"required",params:{missingProperty: "servers"},message:"must have required property '"+"servers"+"'",schema:schema11.properties.network.properties.dns.properties.split.items.required,parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data26};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
for(const key5 in data26){
if(!((key5 === "domain") || (key5 === "servers"))){
const err37 = {instancePath:instancePath+"/network/dns/split/" + i2,schemaPath:"#/properties/network/properties/dns/properties/split/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data26};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data26.domain !== undefined){
let data27 = data26.domain;
if(typeof data27 !== "string"){
const err38 = {instancePath:instancePath+"/network/dns/split/" + i2+"/domain",schemaPath:"#/properties/network/properties/dns/properties/split/items/properties/domain/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.dns.properties.split.items.properties.domain.type,parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.domain,data:data27};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data26.servers !== undefined){
let data28 = data26.servers;
if(Array.isArray(data28)){
if(data28.length < 1){
const err39 = {instancePath:instancePath+"/network/dns/split/" + i2+"/servers",schemaPath:"#/properties/network/properties/dns/properties/split/items/properties/servers/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items",schema:1,parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers,data:data28};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
const len3 = data28.length;
for(let i3=0; i3<len3; i3++){
let data29 = data28[i3];
if(typeof data29 !== "string"){
const err40 = {instancePath:instancePath+"/network/dns/split/" + i2+"/servers/" + i3,schemaPath:"#/properties/network/properties/dns/properties/split/items/properties/servers/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.dns.properties.split.items.properties.servers.items.type,parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers.items,data:data29};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath:instancePath+"/network/dns/split/" + i2+"/servers",schemaPath:"#/properties/network/properties/dns/properties/split/items/properties/servers/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.network.properties.dns.properties.split.items.properties.servers.type,parentSchema:schema11.properties.network.properties.dns.properties.split.items.properties.servers,data:data28};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/network/dns/split/" + i2,schemaPath:"#/properties/network/properties/dns/properties/split/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.dns.properties.split.items.type,parentSchema:schema11.properties.network.properties.dns.properties.split.items,data:data26};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
else {
const err43 = {instancePath:instancePath+"/network/dns/split",schemaPath:"#/properties/network/properties/dns/properties/split/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.network.properties.dns.properties.split.type,parentSchema:schema11.properties.network.properties.dns.properties.split,data:data25};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data20.search !== undefined){
let data30 = data20.search;
if(Array.isArray(data30)){
const len4 = data30.length;
for(let i4=0; i4<len4; i4++){
let data31 = data30[i4];
if(typeof data31 !== "string"){
const err44 = {instancePath:instancePath+"/network/dns/search/" + i4,schemaPath:"#/properties/network/properties/dns/properties/search/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.dns.properties.search.items.type,parentSchema:schema11.properties.network.properties.dns.properties.search.items,data:data31};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/network/dns/search",schemaPath:"#/properties/network/properties/dns/properties/search/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.network.properties.dns.properties.search.type,parentSchema:schema11.properties.network.properties.dns.properties.search,data:data30};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data20.cache !== undefined){
let data32 = data20.cache;
if(data32 && typeof data32 == "object" && !Array.isArray(data32)){
for(const key6 in data32){
if(!(((key6 === "max") || (key6 === "minTTL")) || (key6 === "maxTTL"))){
const err46 = {instancePath:instancePath+"/network/dns/cache",schemaPath:"#/properties/network/properties/dns/properties/cache/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network.properties.dns.properties.cache,data:data32};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data32.max !== undefined){
let data33 = data32.max;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err47 = {instancePath:instancePath+"/network/dns/cache/max",schemaPath:"#/properties/network/properties/dns/properties/cache/properties/max/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.network.properties.dns.properties.cache.properties.max.type,parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data33};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 1000000 || isNaN(data33)){
const err48 = {instancePath:instancePath+"/network/dns/cache/max",schemaPath:"#/properties/network/properties/dns/properties/cache/properties/max/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000},message:"must be <= 1000000",schema:1000000,parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data33};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data33 < 0 || isNaN(data33)){
const err49 = {instancePath:instancePath+"/network/dns/cache/max",schemaPath:"#/properties/network/properties/dns/properties/cache/properties/max/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0",schema:0,parentSchema:schema11.properties.network.properties.dns.properties.cache.properties.max,data:data33};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
if(data32.minTTL !== undefined){
let data34 = data32.minTTL;
if(typeof data34 !== "string"){
const err50 = {instancePath:instancePath+"/network/dns/cache/minTTL",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data34};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data32.maxTTL !== undefined){
let data35 = data32.maxTTL;
if(typeof data35 !== "string"){
const err51 = {instancePath:instancePath+"/network/dns/cache/maxTTL",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data35};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath:instancePath+"/network/dns/cache",schemaPath:"#/properties/network/properties/dns/properties/cache/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.dns.properties.cache.type,parentSchema:schema11.properties.network.properties.dns.properties.cache,data:data32};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
else {
const err53 = {instancePath:instancePath+"/network/dns",schemaPath:"#/properties/network/properties/dns/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.dns.type,parentSchema:schema11.properties.network.properties.dns,data:data20};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data12.egress !== undefined){
let data36 = data12.egress;
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
for(const key7 in data36){
if(!(((key7 === "preset") || (key7 === "default")) || (key7 === "rules"))){
const err54 = {instancePath:instancePath+"/network/egress",schemaPath:"#/properties/network/properties/egress/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network.properties.egress,data:data36};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data36.preset !== undefined){
let data37 = data36.preset;
if(!((data37 === "open") || (data37 === "lockdown"))){
const err55 = {instancePath:instancePath+"/network/egress/preset",schemaPath:"#/properties/network/properties/egress/properties/preset/enum",keyword:"enum",params:{allowedValues: schema11.properties.network.properties.egress.properties.preset.enum},message:"must be equal to one of the allowed values",schema:schema11.properties.network.properties.egress.properties.preset.enum,parentSchema:schema11.properties.network.properties.egress.properties.preset,data:data37};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data36.default !== undefined){
let data38 = data36.default;
if(!((data38 === "allow") || (data38 === "deny"))){
const err56 = {instancePath:instancePath+"/network/egress/default",schemaPath:"#/properties/network/properties/egress/properties/default/enum",keyword:"enum",params:{allowedValues: schema11.properties.network.properties.egress.properties.default.enum},message:"must be equal to one of the allowed values",schema:schema11.properties.network.properties.egress.properties.default.enum,parentSchema:schema11.properties.network.properties.egress.properties.default,data:data38};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data36.rules !== undefined){
let data39 = data36.rules;
if(Array.isArray(data39)){
const len5 = data39.length;
for(let i5=0; i5<len5; i5++){
let data40 = data39[i5];
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key8 in data40){
if(!((key8 === "allow") || (key8 === "deny"))){
const err57 = {instancePath:instancePath+"/network/egress/rules/" + i5,schemaPath:"#/properties/network/properties/egress/properties/rules/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.network.properties.egress.properties.rules.items,data:data40};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data40.allow !== undefined){
let data41 = data40.allow;
if(typeof data41 !== "string"){
const err58 = {instancePath:instancePath+"/network/egress/rules/" + i5+"/allow",schemaPath:"#/properties/network/properties/egress/properties/rules/items/properties/allow/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.egress.properties.rules.items.properties.allow.type,parentSchema:schema11.properties.network.properties.egress.properties.rules.items.properties.allow,data:data41};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data40.deny !== undefined){
let data42 = data40.deny;
if(typeof data42 !== "string"){
const err59 = {instancePath:instancePath+"/network/egress/rules/" + i5+"/deny",schemaPath:"#/properties/network/properties/egress/properties/rules/items/properties/deny/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.network.properties.egress.properties.rules.items.properties.deny.type,parentSchema:schema11.properties.network.properties.egress.properties.rules.items.properties.deny,data:data42};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/network/egress/rules/" + i5,schemaPath:"#/properties/network/properties/egress/properties/rules/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.egress.properties.rules.items.type,parentSchema:schema11.properties.network.properties.egress.properties.rules.items,data:data40};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath:instancePath+"/network/egress/rules",schemaPath:"#/properties/network/properties/egress/properties/rules/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.network.properties.egress.properties.rules.type,parentSchema:schema11.properties.network.properties.egress.properties.rules,data:data39};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
else {
const err62 = {instancePath:instancePath+"/network/egress",schemaPath:"#/properties/network/properties/egress/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.properties.egress.type,parentSchema:schema11.properties.network.properties.egress,data:data36};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
else {
const err63 = {instancePath:instancePath+"/network",schemaPath:"#/properties/network/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.network.type,parentSchema:schema11.properties.network,data:data12};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data.ports !== undefined){
let data43 = data.ports;
if(Array.isArray(data43)){
const len6 = data43.length;
for(let i6=0; i6<len6; i6++){
let data44 = data43[i6];
if((typeof data44 !== "string") && (!(data44 && typeof data44 == "object" && !Array.isArray(data44)))){
const err64 = {instancePath:instancePath+"/ports/" + i6,schemaPath:"#/properties/ports/items/type",keyword:"type",params:{type: schema11.properties.ports.items.type},message:"must be string,object",schema:schema11.properties.ports.items.type,parentSchema:schema11.properties.ports.items,data:data44};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.host === undefined){
const err65 = {instancePath:instancePath+"/ports/" + i6,schemaPath:"#/properties/ports/items/required",keyword:"required",params:{missingProperty: "host"},message:"must have required property '"+"host"+"'",schema:schema11.properties.ports.items.required,parentSchema:schema11.properties.ports.items,data:data44};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data44.guest === undefined){
const err66 = {instancePath:instancePath+"/ports/" + i6,schemaPath:"#/properties/ports/items/required",keyword:"required",params:{missingProperty: "guest"},message:"must have required property '"+"guest"+"'",schema:schema11.properties.ports.items.required,parentSchema:schema11.properties.ports.items,data:data44};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
for(const key9 in data44){
if(!(((((key9 === "name") || (key9 === "host")) || (key9 === "guest")) || (key9 === "protocol")) || (key9 === "mode"))){
const err67 = {instancePath:instancePath+"/ports/" + i6,schemaPath:"#/properties/ports/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.ports.items,data:data44};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data44.name !== undefined){
let data45 = data44.name;
if(typeof data45 === "string"){
if(!pattern1.test(data45)){
const err68 = {instancePath:instancePath+"/ports/" + i6+"/name",schemaPath:"#/properties/ports/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]*$"+"\"",schema:"^[A-Za-z0-9][A-Za-z0-9._-]*$",parentSchema:schema11.properties.ports.items.properties.name,data:data45};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
else {
const err69 = {instancePath:instancePath+"/ports/" + i6+"/name",schemaPath:"#/properties/ports/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.ports.items.properties.name.type,parentSchema:schema11.properties.ports.items.properties.name,data:data45};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data44.host !== undefined){
let data46 = data44.host;
if((typeof data46 !== "string") && (!(((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46))) && (isFinite(data46))))){
const err70 = {instancePath:instancePath+"/ports/" + i6+"/host",schemaPath:"#/properties/ports/items/properties/host/type",keyword:"type",params:{type: schema11.properties.ports.items.properties.host.type},message:"must be string,integer",schema:schema11.properties.ports.items.properties.host.type,parentSchema:schema11.properties.ports.items.properties.host,data:data46};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data44.guest !== undefined){
let data47 = data44.guest;
if((typeof data47 !== "string") && (!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47))))){
const err71 = {instancePath:instancePath+"/ports/" + i6+"/guest",schemaPath:"#/properties/ports/items/properties/guest/type",keyword:"type",params:{type: schema11.properties.ports.items.properties.guest.type},message:"must be string,integer",schema:schema11.properties.ports.items.properties.guest.type,parentSchema:schema11.properties.ports.items.properties.guest,data:data47};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data44.protocol !== undefined){
let data48 = data44.protocol;
if(!((data48 === "tcp") || (data48 === "udp"))){
const err72 = {instancePath:instancePath+"/ports/" + i6+"/protocol",schemaPath:"#/properties/ports/items/properties/protocol/enum",keyword:"enum",params:{allowedValues: schema11.properties.ports.items.properties.protocol.enum},message:"must be equal to one of the allowed values",schema:schema11.properties.ports.items.properties.protocol.enum,parentSchema:schema11.properties.ports.items.properties.protocol,data:data48};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data44.mode !== undefined){
let data49 = data44.mode;
if(typeof data49 === "string"){
if(!pattern2.test(data49)){
const err73 = {instancePath:instancePath+"/ports/" + i6+"/mode",schemaPath:"#/properties/ports/items/properties/mode/pattern",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"},message:"must match pattern \""+"^0?[0-7]{3}$"+"\"",schema:"^0?[0-7]{3}$",parentSchema:schema11.properties.ports.items.properties.mode,data:data49};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
else {
const err74 = {instancePath:instancePath+"/ports/" + i6+"/mode",schemaPath:"#/properties/ports/items/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.ports.items.properties.mode.type,parentSchema:schema11.properties.ports.items.properties.mode,data:data49};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
}
}
else {
const err75 = {instancePath:instancePath+"/ports",schemaPath:"#/properties/ports/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.ports.type,parentSchema:schema11.properties.ports,data:data43};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data.publish !== undefined){
let data50 = data.publish;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
for(const key10 in data50){
if(!((key10 === "containers") || (key10 === "bind"))){
const err76 = {instancePath:instancePath+"/publish",schemaPath:"#/properties/publish/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.publish,data:data50};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data50.containers !== undefined){
let data51 = data50.containers;
if(typeof data51 !== "boolean"){
const err77 = {instancePath:instancePath+"/publish/containers",schemaPath:"#/properties/publish/properties/containers/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema11.properties.publish.properties.containers.type,parentSchema:schema11.properties.publish.properties.containers,data:data51};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data50.bind !== undefined){
let data52 = data50.bind;
if(typeof data52 !== "string"){
const err78 = {instancePath:instancePath+"/publish/bind",schemaPath:"#/properties/publish/properties/bind/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.publish.properties.bind.type,parentSchema:schema11.properties.publish.properties.bind,data:data52};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
else {
const err79 = {instancePath:instancePath+"/publish",schemaPath:"#/properties/publish/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.publish.type,parentSchema:schema11.properties.publish,data:data50};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data.names !== undefined){
let data53 = data.names;
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
for(const key11 in data53){
if(!((key11 === "http") || (key11 === "https"))){
const err80 = {instancePath:instancePath+"/names",schemaPath:"#/properties/names/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.names,data:data53};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data53.http !== undefined){
let data54 = data53.http;
if(!(((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54))) && (isFinite(data54)))){
const err81 = {instancePath:instancePath+"/names/http",schemaPath:"#/properties/names/properties/http/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.names.properties.http.type,parentSchema:schema11.properties.names.properties.http,data:data54};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if((typeof data54 == "number") && (isFinite(data54))){
if(data54 > 65535 || isNaN(data54)){
const err82 = {instancePath:instancePath+"/names/http",schemaPath:"#/properties/names/properties/http/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema11.properties.names.properties.http,data:data54};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(data54 < 1 || isNaN(data54)){
const err83 = {instancePath:instancePath+"/names/http",schemaPath:"#/properties/names/properties/http/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema11.properties.names.properties.http,data:data54};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
}
if(data53.https !== undefined){
let data55 = data53.https;
if(!(((typeof data55 == "number") && (!(data55 % 1) && !isNaN(data55))) && (isFinite(data55)))){
const err84 = {instancePath:instancePath+"/names/https",schemaPath:"#/properties/names/properties/https/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.names.properties.https.type,parentSchema:schema11.properties.names.properties.https,data:data55};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if((typeof data55 == "number") && (isFinite(data55))){
if(data55 > 65535 || isNaN(data55)){
const err85 = {instancePath:instancePath+"/names/https",schemaPath:"#/properties/names/properties/https/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535",schema:65535,parentSchema:schema11.properties.names.properties.https,data:data55};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if(data55 < 1 || isNaN(data55)){
const err86 = {instancePath:instancePath+"/names/https",schemaPath:"#/properties/names/properties/https/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema11.properties.names.properties.https,data:data55};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
}
else {
const err87 = {instancePath:instancePath+"/names",schemaPath:"#/properties/names/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.names.type,parentSchema:schema11.properties.names,data:data53};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data.engine !== undefined){
let data56 = data.engine;
if(data56 && typeof data56 == "object" && !Array.isArray(data56)){
for(const key12 in data56){
if(!((((((((key12 === "config") || (key12 === "registryMirrors")) || (key12 === "insecureRegistries")) || (key12 === "trustedCertificates")) || (key12 === "addressPools")) || (key12 === "proxies")) || (key12 === "socket")) || (key12 === "context"))){
const err88 = {instancePath:instancePath+"/engine",schemaPath:"#/properties/engine/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.engine,data:data56};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data56.config !== undefined){
if(!(validate11(data56.config, {instancePath:instancePath+"/engine/config",parentData:data56,parentDataProperty:"config",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
}
if(data56.registryMirrors !== undefined){
let data58 = data56.registryMirrors;
if(Array.isArray(data58)){
const len7 = data58.length;
for(let i7=0; i7<len7; i7++){
let data59 = data58[i7];
if(typeof data59 === "string"){
if(!pattern8.test(data59)){
const err89 = {instancePath:instancePath+"/engine/registryMirrors/" + i7,schemaPath:"daemon.schema.json#/definitions/mirror/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"},message:"must match pattern \""+"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$"+"\"",schema:"^https?://[^\\s/?#@]+(/[^\\s?#]*)?$",parentSchema:schema25,data:data59};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/engine/registryMirrors/" + i7,schemaPath:"daemon.schema.json#/definitions/mirror/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema25.type,parentSchema:schema25,data:data59};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/engine/registryMirrors",schemaPath:"#/properties/engine/properties/registryMirrors/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.engine.properties.registryMirrors.type,parentSchema:schema11.properties.engine.properties.registryMirrors,data:data58};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data56.insecureRegistries !== undefined){
let data60 = data56.insecureRegistries;
if(Array.isArray(data60)){
const len8 = data60.length;
for(let i8=0; i8<len8; i8++){
let data61 = data60[i8];
if(typeof data61 === "string"){
if(!pattern5.test(data61)){
const err92 = {instancePath:instancePath+"/engine/insecureRegistries/" + i8,schemaPath:"daemon.schema.json#/definitions/registry/pattern",keyword:"pattern",params:{pattern: "^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"},message:"must match pattern \""+"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$"+"\"",schema:"^(?!-)[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,3})?(?<!-)$",parentSchema:schema22,data:data61};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
else {
const err93 = {instancePath:instancePath+"/engine/insecureRegistries/" + i8,schemaPath:"daemon.schema.json#/definitions/registry/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema22.type,parentSchema:schema22,data:data61};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
}
else {
const err94 = {instancePath:instancePath+"/engine/insecureRegistries",schemaPath:"#/properties/engine/properties/insecureRegistries/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.engine.properties.insecureRegistries.type,parentSchema:schema11.properties.engine.properties.insecureRegistries,data:data60};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data56.trustedCertificates !== undefined){
let data62 = data56.trustedCertificates;
if(Array.isArray(data62)){
const len9 = data62.length;
for(let i9=0; i9<len9; i9++){
let data63 = data62[i9];
if(typeof data63 !== "string"){
const err95 = {instancePath:instancePath+"/engine/trustedCertificates/" + i9,schemaPath:"#/properties/engine/properties/trustedCertificates/items/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.engine.properties.trustedCertificates.items.type,parentSchema:schema11.properties.engine.properties.trustedCertificates.items,data:data63};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath:instancePath+"/engine/trustedCertificates",schemaPath:"#/properties/engine/properties/trustedCertificates/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.engine.properties.trustedCertificates.type,parentSchema:schema11.properties.engine.properties.trustedCertificates,data:data62};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data56.addressPools !== undefined){
let data64 = data56.addressPools;
if(Array.isArray(data64)){
const len10 = data64.length;
for(let i10=0; i10<len10; i10++){
let data65 = data64[i10];
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
if(data65.base === undefined){
const err97 = {instancePath:instancePath+"/engine/addressPools/" + i10,schemaPath:"daemon.schema.json#/definitions/pool/required",keyword:"required",params:{missingProperty: "base"},message:"must have required property '"+"base"+"'",schema:schema18.required,parentSchema:schema18,data:data65};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(data65.size === undefined){
const err98 = {instancePath:instancePath+"/engine/addressPools/" + i10,schemaPath:"daemon.schema.json#/definitions/pool/required",keyword:"required",params:{missingProperty: "size"},message:"must have required property '"+"size"+"'",schema:schema18.required,parentSchema:schema18,data:data65};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
for(const key13 in data65){
if(!((key13 === "base") || (key13 === "size"))){
const err99 = {instancePath:instancePath+"/engine/addressPools/" + i10,schemaPath:"daemon.schema.json#/definitions/pool/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13},message:"must NOT have additional properties",schema:false,parentSchema:schema18,data:data65};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data65.base !== undefined){
let data66 = data65.base;
if(typeof data66 !== "string"){
const err100 = {instancePath:instancePath+"/engine/addressPools/" + i10+"/base",schemaPath:"daemon.schema.json#/definitions/pool/properties/base/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema18.properties.base.type,parentSchema:schema18.properties.base,data:data66};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data65.size !== undefined){
let data67 = data65.size;
if(!(((typeof data67 == "number") && (!(data67 % 1) && !isNaN(data67))) && (isFinite(data67)))){
const err101 = {instancePath:instancePath+"/engine/addressPools/" + i10+"/size",schemaPath:"daemon.schema.json#/definitions/pool/properties/size/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema18.properties.size.type,parentSchema:schema18.properties.size,data:data67};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if((typeof data67 == "number") && (isFinite(data67))){
if(data67 > 128 || isNaN(data67)){
const err102 = {instancePath:instancePath+"/engine/addressPools/" + i10+"/size",schemaPath:"daemon.schema.json#/definitions/pool/properties/size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 128},message:"must be <= 128",schema:128,parentSchema:schema18.properties.size,data:data67};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(data67 < 1 || isNaN(data67)){
const err103 = {instancePath:instancePath+"/engine/addressPools/" + i10+"/size",schemaPath:"daemon.schema.json#/definitions/pool/properties/size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema18.properties.size,data:data67};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
}
}
else {
const err104 = {instancePath:instancePath+"/engine/addressPools/" + i10,schemaPath:"daemon.schema.json#/definitions/pool/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema18.type,parentSchema:schema18,data:data65};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
}
else {
const err105 = {instancePath:instancePath+"/engine/addressPools",schemaPath:"#/properties/engine/properties/addressPools/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.engine.properties.addressPools.type,parentSchema:schema11.properties.engine.properties.addressPools,data:data64};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data56.proxies !== undefined){
let data68 = data56.proxies;
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
for(const key14 in data68){
if(!(((key14 === "http") || (key14 === "https")) || (key14 === "noProxy"))){
const err106 = {instancePath:instancePath+"/engine/proxies",schemaPath:"#/properties/engine/properties/proxies/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.engine.properties.proxies,data:data68};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
if(data68.http !== undefined){
let data69 = data68.http;
if((typeof data69 !== "string") && (!(data69 && typeof data69 == "object" && !Array.isArray(data69)))){
const err107 = {instancePath:instancePath+"/engine/proxies/http",schemaPath:"#/definitions/secret/type",keyword:"type",params:{type: schema31.type},message:"must be string,object",schema:schema31.type,parentSchema:schema31,data:data69};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
if(data69 && typeof data69 == "object" && !Array.isArray(data69)){
if(Object.keys(data69).length > 1){
const err108 = {instancePath:instancePath+"/engine/proxies/http",schemaPath:"#/definitions/secret/maxProperties",keyword:"maxProperties",params:{limit: 1},message:"must NOT have more than 1 properties",schema:1,parentSchema:schema31,data:data69};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(Object.keys(data69).length < 1){
const err109 = {instancePath:instancePath+"/engine/proxies/http",schemaPath:"#/definitions/secret/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema31,data:data69};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
for(const key15 in data69){
if(!((key15 === "fromEnv") || (key15 === "fromFile"))){
const err110 = {instancePath:instancePath+"/engine/proxies/http",schemaPath:"#/definitions/secret/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data:data69};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data69.fromEnv !== undefined){
let data70 = data69.fromEnv;
if(typeof data70 !== "string"){
const err111 = {instancePath:instancePath+"/engine/proxies/http/fromEnv",schemaPath:"#/definitions/secret/properties/fromEnv/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.fromEnv.type,parentSchema:schema31.properties.fromEnv,data:data70};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
if(data69.fromFile !== undefined){
let data71 = data69.fromFile;
if(typeof data71 !== "string"){
const err112 = {instancePath:instancePath+"/engine/proxies/http/fromFile",schemaPath:"#/definitions/secret/properties/fromFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.fromFile.type,parentSchema:schema31.properties.fromFile,data:data71};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
}
}
if(data68.https !== undefined){
let data72 = data68.https;
if((typeof data72 !== "string") && (!(data72 && typeof data72 == "object" && !Array.isArray(data72)))){
const err113 = {instancePath:instancePath+"/engine/proxies/https",schemaPath:"#/definitions/secret/type",keyword:"type",params:{type: schema31.type},message:"must be string,object",schema:schema31.type,parentSchema:schema31,data:data72};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(data72 && typeof data72 == "object" && !Array.isArray(data72)){
if(Object.keys(data72).length > 1){
const err114 = {instancePath:instancePath+"/engine/proxies/https",schemaPath:"#/definitions/secret/maxProperties",keyword:"maxProperties",params:{limit: 1},message:"must NOT have more than 1 properties",schema:1,parentSchema:schema31,data:data72};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(Object.keys(data72).length < 1){
const err115 = {instancePath:instancePath+"/engine/proxies/https",schemaPath:"#/definitions/secret/minProperties",keyword:"minProperties",params:{limit: 1},message:"must NOT have fewer than 1 properties",schema:1,parentSchema:schema31,data:data72};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
for(const key16 in data72){
if(!((key16 === "fromEnv") || (key16 === "fromFile"))){
const err116 = {instancePath:instancePath+"/engine/proxies/https",schemaPath:"#/definitions/secret/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16},message:"must NOT have additional properties",schema:false,parentSchema:schema31,data:data72};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data72.fromEnv !== undefined){
let data73 = data72.fromEnv;
if(typeof data73 !== "string"){
const err117 = {instancePath:instancePath+"/engine/proxies/https/fromEnv",schemaPath:"#/definitions/secret/properties/fromEnv/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.fromEnv.type,parentSchema:schema31.properties.fromEnv,data:data73};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data72.fromFile !== undefined){
let data74 = data72.fromFile;
if(typeof data74 !== "string"){
const err118 = {instancePath:instancePath+"/engine/proxies/https/fromFile",schemaPath:"#/definitions/secret/properties/fromFile/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema31.properties.fromFile.type,parentSchema:schema31.properties.fromFile,data:data74};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
}
}
if(data68.noProxy !== undefined){
let data75 = data68.noProxy;
if(typeof data75 !== "string"){
const err119 = {instancePath:instancePath+"/engine/proxies/noProxy",schemaPath:"#/properties/engine/properties/proxies/properties/noProxy/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.engine.properties.proxies.properties.noProxy.type,parentSchema:schema11.properties.engine.properties.proxies.properties.noProxy,data:data75};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
}
else {
const err120 = {instancePath:instancePath+"/engine/proxies",schemaPath:"#/properties/engine/properties/proxies/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.engine.properties.proxies.type,parentSchema:schema11.properties.engine.properties.proxies,data:data68};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data56.socket !== undefined){
let data76 = data56.socket;
if(typeof data76 !== "string"){
const err121 = {instancePath:instancePath+"/engine/socket",schemaPath:"#/properties/engine/properties/socket/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.engine.properties.socket.type,parentSchema:schema11.properties.engine.properties.socket,data:data76};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data56.context !== undefined){
let data77 = data56.context;
if(typeof data77 !== "boolean"){
const err122 = {instancePath:instancePath+"/engine/context",schemaPath:"#/properties/engine/properties/context/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema11.properties.engine.properties.context.type,parentSchema:schema11.properties.engine.properties.context,data:data77};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
else {
const err123 = {instancePath:instancePath+"/engine",schemaPath:"#/properties/engine/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.engine.type,parentSchema:schema11.properties.engine,data:data56};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
if(data.shares !== undefined){
let data78 = data.shares;
if(Array.isArray(data78)){
const len11 = data78.length;
for(let i11=0; i11<len11; i11++){
let data79 = data78[i11];
if(data79 && typeof data79 == "object" && !Array.isArray(data79)){
if(data79.source === undefined){
const err124 = {instancePath:instancePath+"/shares/" + i11,schemaPath:"#/properties/shares/items/required",keyword:"required",params:{missingProperty: "source"},message:"must have required property '"+"source"+"'",schema:schema11.properties.shares.items.required,parentSchema:schema11.properties.shares.items,data:data79};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
for(const key17 in data79){
if(!(((key17 === "source") || (key17 === "target")) || (key17 === "writable"))){
const err125 = {instancePath:instancePath+"/shares/" + i11,schemaPath:"#/properties/shares/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key17},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.shares.items,data:data79};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data79.source !== undefined){
let data80 = data79.source;
if(typeof data80 !== "string"){
const err126 = {instancePath:instancePath+"/shares/" + i11+"/source",schemaPath:"#/properties/shares/items/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.shares.items.properties.source.type,parentSchema:schema11.properties.shares.items.properties.source,data:data80};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(data79.target !== undefined){
let data81 = data79.target;
if(typeof data81 === "string"){
if(!pattern10.test(data81)){
const err127 = {instancePath:instancePath+"/shares/" + i11+"/target",schemaPath:"#/properties/shares/items/properties/target/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\"",schema:"^/",parentSchema:schema11.properties.shares.items.properties.target,data:data81};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/shares/" + i11+"/target",schemaPath:"#/properties/shares/items/properties/target/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema11.properties.shares.items.properties.target.type,parentSchema:schema11.properties.shares.items.properties.target,data:data81};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
if(data79.writable !== undefined){
let data82 = data79.writable;
if(typeof data82 !== "boolean"){
const err129 = {instancePath:instancePath+"/shares/" + i11+"/writable",schemaPath:"#/properties/shares/items/properties/writable/type",keyword:"type",params:{type: "boolean"},message:"must be boolean",schema:schema11.properties.shares.items.properties.writable.type,parentSchema:schema11.properties.shares.items.properties.writable,data:data82};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
}
else {
const err130 = {instancePath:instancePath+"/shares/" + i11,schemaPath:"#/properties/shares/items/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.shares.items.type,parentSchema:schema11.properties.shares.items,data:data79};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
}
else {
const err131 = {instancePath:instancePath+"/shares",schemaPath:"#/properties/shares/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.shares.type,parentSchema:schema11.properties.shares,data:data78};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
if(data.guest !== undefined){
let data83 = data.guest;
if(data83 && typeof data83 == "object" && !Array.isArray(data83)){
for(const key18 in data83){
if(!((((key18 === "sysctl") || (key18 === "builder")) || (key18 === "services")) || (key18 === "files"))){
const err132 = {instancePath:instancePath+"/guest",schemaPath:"#/properties/guest/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.guest,data:data83};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data83.sysctl !== undefined){
let data84 = data83.sysctl;
if(data84 && typeof data84 == "object" && !Array.isArray(data84)){
for(const key19 in data84){
let data85 = data84[key19];
if((typeof data85 !== "string") && (!(((typeof data85 == "number") && (!(data85 % 1) && !isNaN(data85))) && (isFinite(data85))))){
const err133 = {instancePath:instancePath+"/guest/sysctl/" + key19.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/guest/properties/sysctl/additionalProperties/type",keyword:"type",params:{type: schema11.properties.guest.properties.sysctl.additionalProperties.type},message:"must be string,integer",schema:schema11.properties.guest.properties.sysctl.additionalProperties.type,parentSchema:schema11.properties.guest.properties.sysctl.additionalProperties,data:data85};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
}
else {
const err134 = {instancePath:instancePath+"/guest/sysctl",schemaPath:"#/properties/guest/properties/sysctl/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.guest.properties.sysctl.type,parentSchema:schema11.properties.guest.properties.sysctl,data:data84};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data83.builder !== undefined){
let data86 = data83.builder;
if(!((data86 === "desktop") || (data86 === "linuxkit"))){
const err135 = {instancePath:instancePath+"/guest/builder",schemaPath:"#/properties/guest/properties/builder/enum",keyword:"enum",params:{allowedValues: schema11.properties.guest.properties.builder.enum},message:"must be equal to one of the allowed values",schema:schema11.properties.guest.properties.builder.enum,parentSchema:schema11.properties.guest.properties.builder,data:data86};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
if(data83.services !== undefined){
if(!(validate25(data83.services, {instancePath:instancePath+"/guest/services",parentData:data83,parentDataProperty:"services",rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
}
if(data83.files !== undefined){
if(!(validate30(data83.files, {instancePath:instancePath+"/guest/files",parentData:data83,parentDataProperty:"files",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
}
else {
const err136 = {instancePath:instancePath+"/guest",schemaPath:"#/properties/guest/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.guest.type,parentSchema:schema11.properties.guest,data:data83};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
if(data.history !== undefined){
let data89 = data.history;
if(data89 && typeof data89 == "object" && !Array.isArray(data89)){
for(const key20 in data89){
if(!((key20 === "keep") || (key20 === "maxAge"))){
const err137 = {instancePath:instancePath+"/history",schemaPath:"#/properties/history/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key20},message:"must NOT have additional properties",schema:false,parentSchema:schema11.properties.history,data:data89};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data89.keep !== undefined){
let data90 = data89.keep;
if(!(((typeof data90 == "number") && (!(data90 % 1) && !isNaN(data90))) && (isFinite(data90)))){
const err138 = {instancePath:instancePath+"/history/keep",schemaPath:"#/properties/history/properties/keep/type",keyword:"type",params:{type: "integer"},message:"must be integer",schema:schema11.properties.history.properties.keep.type,parentSchema:schema11.properties.history.properties.keep,data:data90};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if((typeof data90 == "number") && (isFinite(data90))){
if(data90 > 100000 || isNaN(data90)){
const err139 = {instancePath:instancePath+"/history/keep",schemaPath:"#/properties/history/properties/keep/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000},message:"must be <= 100000",schema:100000,parentSchema:schema11.properties.history.properties.keep,data:data90};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
if(data90 < 1 || isNaN(data90)){
const err140 = {instancePath:instancePath+"/history/keep",schemaPath:"#/properties/history/properties/keep/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1",schema:1,parentSchema:schema11.properties.history.properties.keep,data:data90};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
if(data89.maxAge !== undefined){
let data91 = data89.maxAge;
if(typeof data91 !== "string"){
const err141 = {instancePath:instancePath+"/history/maxAge",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: "string"},message:"must be string",schema:schema15.type,parentSchema:schema15,data:data91};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/history",schemaPath:"#/properties/history/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.properties.history.type,parentSchema:schema11.properties.history,data:data89};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data.policy !== undefined){
let data92 = data.policy;
if(Array.isArray(data92)){
const len12 = data92.length;
for(let i12=0; i12<len12; i12++){
if(!(validate32(data92[i12], {instancePath:instancePath+"/policy/" + i12,parentData:data92,parentDataProperty:i12,rootData}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
}
else {
const err143 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/type",keyword:"type",params:{type: "array"},message:"must be array",schema:schema11.properties.policy.type,parentSchema:schema11.properties.policy,data:data92};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
}
else {
const err144 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object",schema:schema11.type,parentSchema:schema11,data};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

