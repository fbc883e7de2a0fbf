/** RFC 8200 section 5: every IPv6 link carries packets of this many bytes, and no router may report less. */
export const minIpv6Mtu = 1280
