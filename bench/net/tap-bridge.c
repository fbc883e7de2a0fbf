/*
 * Connects a tap device of this network namespace to a unix socket, so that Linux's own TCP is the guest of a
 * forwarder: a stream with the framing of QEMU's stream netdev (u32 big-endian length, then the frame), or with
 * `bess` the socket of BESS, SOCK_SEQPACKET with one frame in each message.
 *
 *   cc -O2 -pthread -o tap-bridge tap-bridge.c
 *   tap-bridge DEVICE SOCKET [bess]
 *
 * One thread per direction. One system call writes all frames waiting in the tap, and one reads all data waiting in
 * the socket, with either framing.
 */
#define _GNU_SOURCE
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

enum { max_frame = 65600, batch_bytes = 256 * 1024, max_sent = 64, max_received = 16 };

static int tap, sock, is_bess;

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

/* Sends a batch of length-prefixed frames, one message each. */
static void write_messages(uint8_t *bytes, size_t count) {
  static struct mmsghdr messages[max_sent];
  static struct iovec places[max_sent];
  for (size_t at = 0; at < count;) {
    int waiting = 0;
    for (; at < count && waiting < max_sent; waiting += 1) {
      uint32_t length;
      memcpy(&length, bytes + at, 4);
      places[waiting] = (struct iovec){bytes + at + 4, ntohl(length)};
      messages[waiting].msg_hdr = (struct msghdr){.msg_iov = &places[waiting], .msg_iovlen = 1};
      at += 4 + places[waiting].iov_len;
    }
    for (int sent = 0; sent < waiting;) {
      int done = sendmmsg(sock, messages + sent, waiting - sent, 0);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail("send to socket");
      sent += done;
    }
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
    if (is_bess) write_messages(batch, filled);
    else write_all(batch, filled);
  }
  return NULL;
}

/* A device that is down accepts no frames; a guest may drop them. */
static void write_frame(const uint8_t *frame, size_t length) {
  while (write(tap, frame, length) < 0 && errno == EAGAIN) {
    struct pollfd room = {tap, POLLOUT, 0};
    poll(&room, 1, -1);
  }
}

static void messages_to_tap(void) {
  static uint8_t bytes[max_received][max_frame];
  static struct mmsghdr messages[max_received];
  static struct iovec places[max_received];
  for (int i = 0; i < max_received; i += 1) {
    places[i] = (struct iovec){bytes[i], max_frame};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &places[i], .msg_iovlen = 1};
  }
  for (;;) {
    int got = recvmmsg(sock, messages, max_received, MSG_WAITFORONE, NULL);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) exit(0);
    for (int i = 0; i < got; i += 1) {
      if (messages[i].msg_len == 0) exit(0);
      write_frame(bytes[i], messages[i].msg_len);
    }
  }
}

static void stream_to_tap(void) {
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
      write_frame(bytes + at + 4, length);
      at += 4 + length;
    }
    memmove(bytes, bytes + at, have - at);
    have -= at;
  }
}

int main(int count, char **arguments) {
  is_bess = count == 4 && strcmp(arguments[3], "bess") == 0;
  if (count != 3 && !is_bess) {
    fprintf(stderr, "usage: tap-bridge DEVICE SOCKET [bess]\n");
    return 2;
  }
  tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (tap < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, arguments[1], IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  sock = socket(AF_UNIX, is_bess ? SOCK_SEQPACKET : SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, arguments[2], sizeof address.sun_path - 1);
  if (connect(sock, (struct sockaddr *)&address, sizeof address) < 0) fail(arguments[2]);
  int buffer = 4 << 20;
  setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  fprintf(stderr, "up\n");
  pthread_t thread;
  if (pthread_create(&thread, NULL, tap_to_socket, NULL) != 0) fail("thread");
  if (is_bess) messages_to_tap();
  else stream_to_tap();
}
