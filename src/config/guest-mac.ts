/** MAC addresses of the VM's network cards, shared by QEMU, the DHCP server and the guest. */

/** First card, on the forwarder's link; the DHCP server assigns it `network.address`. */
export const guestMac = '02:50:00:00:00:01'
/** Second card, on the private link for docker.sock and terminals. */
export const channelMac = '02:50:00:00:00:02'
