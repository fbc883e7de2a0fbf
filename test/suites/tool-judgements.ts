/** What each tool is asked, and what it says when the forwarder is right. */

interface Addresses {
  gateway: string
  gateway6: string
  host: string
  /** Where the host listens; nobody listens at port 1. */
  port: number
}

export interface Judgement {
  program: string
  /** The invariant. */
  name: string
  script: string
  /** All of them. */
  shows: readonly RegExp[]
}

/** Of thc-ipv6, for three seconds each: only that the forwarder survives. */
const floods: readonly [program: string, args: string][] = [
  ['atk6-flood_router26', 'tap0'],
  ['atk6-flood_advertise6', 'tap0'],
  ['atk6-flood_solicitate6', 'tap0'],
  ['atk6-flood_mld26', 'tap0'],
  ['atk6-flood_dhcpc6', 'tap0'],
  ['atk6-smurf6', 'tap0 fd65:1234:5678::77'],
  ['atk6-fuzz_ip6', '-x -1 -2 -3 -4 -5 -6 -7 tap0 GATEWAY6'],
  ['atk6-exploit6', 'tap0 GATEWAY6'],
  ['atk6-fragmentation6', 'tap0 GATEWAY6'],
]

export function judgements({ gateway, gateway6, host, port }: Addresses): Judgement[] {
  const scapy = (text: string): string =>
    `timeout 60 /usr/bin/python3 -c "from scapy.all import *; conf.verb=0; ${text}"`
  return [
    {
      program: 'rdisc6',
      name: 'one advertisement with prefix, MTU and resolver answers a solicitation (RFC 4861, 8106)',
      script: 'rdisc6 -1 tap0',
      shows: [
        /Prefix +: fd65:1234:5678::\/64/,
        /MTU +: +1500/,
        /Recursive DNS server/,
        /Router lifetime +: +1800/,
      ],
    },
    {
      program: 'ndisc6',
      name: 'the gateway answers neighbour solicitations with its MAC',
      script: `ndisc6 -1 ${gateway6} tap0`,
      shows: [/02:50:00:00:00:00/],
    },
    {
      program: 'nmap',
      name: 'a SYN scan sees the open port open and others closed (RFC 9293 3.10.7.1)',
      script: `timeout 60 nmap -n -sS -Pn -p 1,2,3,${port} ${host}`,
      shows: [new RegExp(`${port}/tcp +open`), /^1\/tcp +closed/m, /^3\/tcp +closed/m],
    },
    {
      program: 'nmap',
      name: 'FIN, NULL and Xmas scans see resets',
      script: `for scan in -sF -sN -sX -sA; do timeout 60 nmap -n $scan -Pn -p 1 ${host}; done`,
      shows: [/(1\/tcp +closed[\s\S]*){3}/, /1\/tcp +unfiltered/],
    },
    {
      program: 'nmap',
      name: 'a UDP scan sees services open, and closed ports by ICMP',
      script: `timeout 60 nmap -n -sU -Pn --max-retries 2 -p 9,53,123 ${gateway}`,
      shows: [/^9\/udp +closed/m, /^53\/udp +open /m, /^123\/udp +open /m],
    },
    {
      program: 'nmap',
      name: 'a protocol scan sees ICMP, TCP and UDP, and others refused (RFC 1122 3.2.2.1)',
      script: `timeout 60 nmap -n -sO -Pn --max-retries 2 -p 1,6,17,132,200 ${gateway}`,
      shows: [/^1 +open/m, /^132 +closed/m, /^200 +closed/m],
    },
    {
      program: 'nmap',
      name: 'a scan of a thousand ports over IPv6 ends within a minute',
      script: `timeout 60 nmap -6 -n -sS -Pn -p 1-1000 ${gateway6}`,
      shows: [/Nmap done: 1 IP address \(1 host up\)/],
    },
    {
      program: 'hping3',
      name: 'a SYN to a closed port is answered with RST and ACK, an ACK with RST',
      script: `timeout 10 hping3 -c 1 -S -p 1 ${host}; timeout 10 hping3 -c 1 -A -p 1 ${host}`,
      shows: [/flags=RA/, /flags=R /],
    },
    {
      program: 'hping3',
      name: 'a datagram to a closed port is answered with "port unreachable"',
      script: `timeout 10 hping3 -c 1 --udp -p 9 ${host}`,
      shows: [/Port Unreachable/],
    },
    {
      program: 'hping3',
      name: 'a TTL that runs out at the gateway is answered (RFC 1812 5.3.1)',
      script: 'timeout 10 hping3 -c 1 -S --ttl 1 -p 80 192.0.2.77',
      shows: [/TTL 0 during transit/],
    },
    {
      program: 'hping3',
      name: '20,000 SYNs from made-up addresses harm nobody',
      script: `timeout 30 hping3 -q -c 20000 -i u50 -S --rand-source -p ${port} ${host}`,
      shows: [/20000 packets transmitted/],
    },
    {
      program: 'hping3',
      name: '20,000 SYNs to a port that listens harm nobody',
      script: `timeout 30 hping3 -q -c 20000 -i u50 -S -p ${port} ${host}`,
      shows: [/20000 packets transmitted/],
    },
    {
      program: 'scapy',
      name: 'a ping in fragments is answered, one with fragments that overlap is not (RFC 5722)',
      script: [
        scapy(
          `s=AsyncSniffer(iface='tap0',lfilter=lambda p: ICMP in p and p[ICMP].type==0,count=1,timeout=4); s.start(); time.sleep(.5); send(fragment(IP(dst='${gateway}')/ICMP()/('x'*3000),1000)); s.join(); print('whole', len(s.results or []))`,
        ),
        scapy(
          `e=IPv6(src=get_if_addr6('tap0'),dst='${gateway6}')/ICMPv6EchoRequest(id=5,data='y'*56); b=raw(e)[40:]; f=lambda o,m,p: IPv6(dst='${gateway6}')/IPv6ExtHdrFragment(id=77,offset=o,m=m,nh=58)/p; s=AsyncSniffer(iface='tap0',lfilter=lambda p: ICMPv6EchoReply in p,timeout=3); s.start(); time.sleep(.5); send(f(0,1,b[:32])); send(f(2,0,b[16:])); s.join(); print('overlap', len(s.results or [])); s=AsyncSniffer(iface='tap0',lfilter=lambda p: ICMPv6EchoReply in p,count=1,timeout=3); s.start(); time.sleep(.5); send(f(0,1,b[:32])); send(f(4,0,b[32:])); s.join(); print('apart', len(s.results or []))`,
        ),
      ].join('; '),
      shows: [/whole 1/, /overlap 0/, /apart 1/],
    },
    {
      program: 'scapy',
      name: 'segments with a wrong checksum get no answer (RFC 9293 MUST-3)',
      script: scapy(
        `print('bad', sr1(IP(dst='${host}')/TCP(dport=1,flags='S',chksum=7),timeout=1)); print('good', sr1(IP(dst='${host}')/TCP(dport=1,flags='S'),timeout=3)[TCP].flags)`,
      ),
      shows: [/bad None/, /good RA/],
    },
    {
      program: 'scapy',
      name: '900 mutated packets harm nobody',
      script: scapy(
        `[send(fuzz(IP(dst='${gateway}')/l)) for l in (TCP(),UDP(),ICMP()) for _ in range(150)]; [send(fuzz(IPv6(dst='${gateway6}')/l)) for l in (TCP(),UDP(),ICMPv6EchoRequest()) for _ in range(150)]; print('sent')`,
      ),
      shows: [/sent/],
    },
    ...floods.map(([program, args]) => ({
      program,
      name: 'the forwarder survives three seconds of it',
      script: `timeout 3 ${program} ${args.replace('GATEWAY6', gateway6)}`,
      shows: [],
    })),
  ]
}
