/** The MAC addresses of the VM's network cards, which QEMU, the DHCP server and the guest agree on. */

/** The first card, on the forwarder's link; the DHCP server gives it `network.address`. */
export const guestMac = '02:50:00:00:00:01'
/** The second card, on the private link of docker.sock and terminals. */
export const channelMac = '02:50:00:00:00:02'
