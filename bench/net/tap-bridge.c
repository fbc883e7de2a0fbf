/*
 * Joins a tap device of this network namespace to a unix stream socket, with the framing of QEMU's stream
 * netdev (u32 big-endian length, then the frame), so that Linux's own TCP is the guest of a forwarder.
 *
 *   cc -O2 -pthread -o tap-bridge tap-bridge.c
 *   tap-bridge DEVICE SOCKET
 *
 * One thread for each direction. Towards the socket, frames that are waiting in the tap go in one write.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { max_frame = 65600, batch_bytes = 256 * 1024 };

static int tap, sock;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = write(sock, bytes, count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail("write to socket");
    bytes += done;
    count -= done;
  }
}

static void *tap_to_socket(void *unused) {
  static uint8_t batch[batch_bytes];
  (void)unused;
  for (;;) {
    size_t filled = 0;
    struct pollfd ready = {tap, POLLIN, 0};
    if (poll(&ready, 1, -1) < 0 && errno != EINTR) fail("poll");
    while (filled + 4 + max_frame <= batch_bytes) {
      ssize_t bytes = read(tap, batch + filled + 4, max_frame);
      if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (bytes < 0) fail("read from tap");
      uint32_t length = htonl(bytes);
      memcpy(batch + filled, &length, 4);
      filled += 4 + bytes;
    }
    write_all(batch, filled);
  }
  return NULL;
}

static void socket_to_tap(void) {
  static uint8_t bytes[1 << 20];
  size_t have = 0;
  for (;;) {
    ssize_t got = read(sock, bytes + have, sizeof bytes - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) exit(0);
    have += got;
    size_t at = 0;
    while (have - at >= 4) {
      uint32_t length;
      memcpy(&length, bytes + at, 4);
      length = ntohl(length);
      if (have - at - 4 < length) break;
      // A device that is down takes no frames; a guest may lose what it likes.
      while (write(tap, bytes + at + 4, length) < 0 && errno == EAGAIN) {
        struct pollfd room = {tap, POLLOUT, 0};
        poll(&room, 1, -1);
      }
      at += 4 + length;
    }
    memmove(bytes, bytes + at, have - at);
    have -= at;
  }
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: tap-bridge DEVICE SOCKET\n");
    return 2;
  }
  tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tap < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, arguments[1], IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  sock = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, arguments[2], sizeof address.sun_path - 1);
  if (connect(sock, (struct sockaddr *)&address, sizeof address) < 0) fail(arguments[2]);
  int buffer = 4 << 20;
  setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  fprintf(stderr, "up\n");
  pthread_t thread;
  if (pthread_create(&thread, NULL, tap_to_socket, NULL) != 0) fail("thread");
  socket_to_tap();
}
