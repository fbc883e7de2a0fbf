target "default" {
  target = "facts"
  platforms = ["linux/amd64", "linux/arm64"]
  output = ["type=local,dest=baked"]
}
