/*
 * Generates and answers traffic for the benchmarks, cheaply enough not to be the bottleneck. Addresses are IPv4.
 * Results are one line of JSON.
 *
 *   cc -O2 -pthread -o load load.c
 *   load serve PORT                                  TCP echo server on all addresses; closes a
 *                                                    connection when the peer does
 *   load latency ADDRESS PORT COUNT BYTES            one connection; microseconds from request to answer
 *   load connect ADDRESS PORT MILLISECONDS PARALLEL ADDRESSES   connects to ADDRESSES addresses in turn from ADDRESS
 *                                                    on; half-closes and waits for the peer to close
 *   load hold ADDRESS PORT COUNT                     opens connections and echoes a byte over each;
 *                                                    holds them until its input ends
 *   load dial ADDRESS PORT COUNT ADDRESSES           starts connecting to COUNT ports from PORT on, spread over
 *                                                    ADDRESSES addresses from ADDRESS on, and waits
 *   load send ADDRESS PORT BYTES PER_SECOND MILLISECONDS   datagrams, evenly spread
 *   load sink PORT                                   counts datagrams until its input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { max_events = 512, max_samples = 1 << 20 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static struct sockaddr_in address_of(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail(host);
  return address;
}

static int socket_of(int type) {
  int fd = socket(AF_INET, type, 0);
  if (fd < 0) fail("socket");
  return fd;
}

static double samples[max_samples];
static int sample_count;

static void sample(double us) {
  if (sample_count < max_samples) samples[sample_count++] = us;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_samples(void) {
  qsort(samples, sample_count, sizeof *samples, by_value);
#define at(part) (sample_count == 0 ? 0 : samples[(int)((sample_count - 1) * (part))])
  printf("\"count\":%d,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f", sample_count, at(0.5), at(0.9),
         at(0.99), at(1.0));
}

static void watch(int poll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {events, {.u64 = data}};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static void serve(int port) {
  struct sockaddr_in any = address_of("0.0.0.0", port);
  int one = 1, listener = socket_of(SOCK_STREAM | SOCK_NONBLOCK), poll = epoll_create1(0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&any, sizeof any) < 0 || listen(listener, 4096) < 0) fail("listen");
  watch(poll, listener, EPOLLIN, listener);
  for (;;) {
    struct epoll_event events[max_events];
    int count = epoll_wait(poll, events, max_events, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.u64;
      if (fd == listener) {
        int peer;
        while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          watch(poll, peer, EPOLLIN, peer);
        }
        continue;
      }
      char bytes[65536];
      ssize_t got = read(fd, bytes, sizeof bytes);
      if (got > 0 && write(fd, bytes, got) == got) continue;
      if (got < 0 && errno == EAGAIN) continue;
      close(fd);
    }
  }
}

static int latency(struct sockaddr_in to, int count, int bytes) {
  int one = 1, fd = socket_of(SOCK_STREAM);
  char *buffer = calloc(1, bytes);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (int i = 0; i < count; i++) {
    double start = now_us();
    if (write(fd, buffer, bytes) != bytes) fail("write");
    if (recv(fd, buffer, bytes, MSG_WAITALL) != bytes) fail("recv");
    // The first ones warm up both ends.
    if (i >= count / 10) sample(now_us() - start);
  }
  printf("{");
  print_samples();
  printf("}\n");
  return 0;
}

static double started[1 << 20];

/* The address `by` addresses later. */
static struct sockaddr_in further(struct sockaddr_in to, uint32_t by) {
  to.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) + by);
  return to;
}

static void start_connect(int poll, const struct sockaddr_in *to) {
  int fd = socket_of(SOCK_STREAM | SOCK_NONBLOCK);
  started[fd] = now_us();
  if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0 && errno != EINPROGRESS) fail("connect");
  watch(poll, fd, EPOLLOUT | EPOLLET | EPOLLIN | EPOLLRDHUP, fd);
}

static int connects(struct sockaddr_in first, int ms, int parallel, int addresses) {
  int poll = epoll_create1(0), running = 0, failed = 0, done = 0, begun = 0;
  double begin = now_us(), end = begin + ms * 1e3;
  struct sockaddr_in to;
#define start_another() (to = further(first, begun++ % addresses), start_connect(poll, &to))
  for (; running < parallel; running++) start_another();
  while (running > 0) {
    struct epoll_event events[max_events];
    int count = epoll_wait(poll, events, max_events, 10000);
    if (count == 0) break;
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.u64;
      uint32_t what = events[i].events;
      char byte;
      if (what & EPOLLERR) failed++;
      else if (!(what & EPOLLRDHUP)) {
        if (started[fd] == 0) continue;
        sample(now_us() - started[fd]);
        started[fd] = 0;
        shutdown(fd, SHUT_WR);
        continue;
      } else if (read(fd, &byte, 1) == 0) done++;
      else failed++;
      close(fd);
      if (now_us() < end) start_another();
      else running--;
    }
  }
  double seconds = (now_us() - begin) / 1e6;
  printf("{\"perSecond\":%.1f,\"failed\":%d,\"unfinished\":%d,", done / seconds, failed, running);
  print_samples();
  printf("}\n");
  return 0;
}

static void wait_for_end(void) {
  char bytes[64];
  fflush(stdout);
  while (read(0, bytes, sizeof bytes) > 0) continue;
}

static int hold(struct sockaddr_in to, int count) {
  int poll = epoll_create1(0), opened = 0, ready = 0, failed = 0;
  double begin = now_us();
  while (ready + failed < count) {
    // At most as many at once as a backlog holds.
    while (opened < count && opened - ready - failed < 256) {
      start_connect(poll, &to);
      opened++;
    }
    struct epoll_event events[max_events];
    int got = epoll_wait(poll, events, max_events, 10000);
    if (got <= 0) break;
    for (int i = 0; i < got; i++) {
      int fd = events[i].data.u64;
      char byte = 'x';
      if (events[i].events & (EPOLLERR | EPOLLRDHUP)) {
        close(fd);
        failed++;
      } else if (events[i].events & EPOLLIN) {
        if (read(fd, &byte, 1) == 1) ready++;
      } else if (started[fd] != 0) {
        started[fd] = 0;
        if (write(fd, &byte, 1) != 1) failed++;
      }
    }
  }
  printf("{\"ready\":%d,\"failed\":%d,\"ms\":%.0f}\n", ready, failed, (now_us() - begin) / 1e3);
  wait_for_end();
  return 0;
}

static int dial(struct sockaddr_in first, int count, int addresses) {
  int port = ntohs(first.sin_port);
  for (int i = 0; i < count; i++) {
    // A queue of the device may be full for a moment.
    if (i % 100 == 99) usleep(1000);
    struct sockaddr_in to = further(first, i % addresses);
    to.sin_port = htons(port + i % 60000);
    int fd = socket_of(SOCK_STREAM | SOCK_NONBLOCK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fail("connect");
  }
  printf("{\"dials\":%d}\n", count);
  wait_for_end();
  return 0;
}

static int send_datagrams(struct sockaddr_in to, int bytes, double per_second, int ms) {
  static char payload[65536];
  int fd = socket_of(SOCK_DGRAM), buffer = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
  double begin = now_us(), end = begin + ms * 1e3, now;
  long sent = 0, refused = 0;
  while ((now = now_us()) < end) {
    long due = (now - begin) * per_second / 1e6 + 1;
    // Datagrams missed while other processes ran are sent in a burst, limited to 256.
    if (due - sent - refused > 256) refused = due - sent - 256;
    if (sent + refused >= due) {
      struct timespec nap = {0, 20000};
      nanosleep(&nap, NULL);
      continue;
    }
    for (; sent + refused < due; ) {
      if (send(fd, payload, bytes, 0) == bytes) sent++;
      else if (errno != ECONNREFUSED) refused++;
    }
  }
  printf("{\"sent\":%ld,\"seconds\":%.3f}\n", sent, (now_us() - begin) / 1e6);
  return 0;
}

static int sink(int port) {
  struct sockaddr_in any = address_of("0.0.0.0", port);
  int fd = socket_of(SOCK_DGRAM), poll = epoll_create1(0), buffer = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0) fail("bind");
  static char memory[64][65536];
  struct mmsghdr messages[64];
  struct iovec parts[64];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < 64; i++) {
    parts[i] = (struct iovec){memory[i], sizeof memory[i]};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  watch(poll, fd, EPOLLIN, fd);
  watch(poll, 0, EPOLLIN, 0);
  printf("ready\n");
  fflush(stdout);
  long count = 0, bytes = 0;
  double first = 0, last = 0;
  for (;;) {
    struct epoll_event events[2];
    int ready = epoll_wait(poll, events, 2, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.u64 == 0) {
        double seconds = (last - first) / 1e6;
        printf("{\"received\":%ld,\"bytes\":%ld,\"seconds\":%.3f}\n", count, bytes, seconds);
        return 0;
      }
      int got = recvmmsg(fd, messages, 64, MSG_DONTWAIT, NULL);
      last = now_us();
      if (first == 0) first = last;
      for (int j = 0; j < got; j++) bytes += messages[j].msg_len;
      if (got > 0) count += got;
    }
  }
}

int main(int count, char **a) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  signal(SIGPIPE, SIG_IGN);
  const char *what = count > 1 ? a[1] : "";
#define is(name, arguments) (strcmp(what, name) == 0 && count == 2 + (arguments))
  if (is("serve", 1)) serve(atoi(a[2]));
  if (is("sink", 1)) return sink(atoi(a[2]));
  if (is("latency", 4)) return latency(address_of(a[2], atoi(a[3])), atoi(a[4]), atoi(a[5]));
  if (is("connect", 5)) return connects(address_of(a[2], atoi(a[3])), atoi(a[4]), atoi(a[5]), atoi(a[6]));
  if (is("hold", 3)) return hold(address_of(a[2], atoi(a[3])), atoi(a[4]));
  if (is("dial", 4)) return dial(address_of(a[2], atoi(a[3])), atoi(a[4]), atoi(a[5]));
  if (is("send", 5))
    return send_datagrams(address_of(a[2], atoi(a[3])), atoi(a[4]), atof(a[5]), atoi(a[6]));
  fprintf(stderr, "usage: see the top of load.c\n");
  return 2;
}
