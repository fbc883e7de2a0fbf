/*
 * A web server for benchmarks, cheap enough not to be the bottleneck: answers each request on PORT with the number of
 * bytes given in its path (`GET /200000000`), over a persistent connection. One process per connection.
 *
 *   cc -O2 -o http-source http-source.c
 *   http-source PORT
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char body[256 * 1024];

static int send_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(fd, bytes, count, 0);
    if (sent <= 0) return -1;
    bytes += sent;
    count -= sent;
  }
  return 0;
}

static void serve(int fd) {
  char request[65536];
  size_t have = 0;
  for (;;) {
    ssize_t got = recv(fd, request + have, sizeof request - 1 - have, 0);
    if (got <= 0) return;
    have += got;
    request[have] = 0;
    char *end = strstr(request, "\r\n\r\n");
    if (end == NULL) continue;
    size_t left = 0;
    sscanf(request, "%*s /%zu", &left);
    char head[256];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n",
                          left);
    if (send_all(fd, head, length) < 0) return;
    while (left > 0) {
      size_t count = left < sizeof body ? left : sizeof body;
      if (send_all(fd, body, count) < 0) return;
      left -= count;
    }
    have -= end + 4 - request;
    memmove(request, end + 4, have);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  signal(SIGCHLD, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 128) < 0) {
    perror("http-source");
    return 1;
  }
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    if (fork() == 0) {
      close(listener);
      serve(fd);
      _exit(0);
    }
    close(fd);
  }
}
